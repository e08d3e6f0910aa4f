"use strict";
{
  const isPage = typeof module === "undefined";
  const { peakOf, seriesOf, sumOf } = isPage ? window.clickTimeline : require("./timeline.js");
  const SLOW_MS = 1500;
  const SILENT_MS = 2500;
  const STALE_MS = 10000;
  const LONG_NUMBER_EMS = 6;
  const STATES = ["live", "connecting", "catching up", "reconnecting", "disabled"];

  /** The text and the CSS class of the status, and the age beside it; times in milliseconds of one clock. */
  function statusOf({ state, paused, failing, started, answered, now, text }) {
    const age = answered === null ? 0 : now - answered;
    const slow = started !== null && now - started > SLOW_MS;
    const silent = slow && (answered === null || age > SILENT_MS);
    const stale = age > STALE_MS ? text("stale", { seconds: Math.floor(age / 1000) }) : "";
    if (paused) return { text: text("paused"), kind: "paused", age: stale };
    const kind = failing || silent ? "reconnecting" : state;
    // Whatever REFRESH_MS is: an answer older than 10 s is stale, and a stale picture is not live.
    if (stale && kind === "live") return { text: stale, kind: "stale", age: "" };
    return { text: STATES.includes(kind) ? text(kind) : kind, kind: kind.replace(" ", "-"), age: stale };
  }

  /** The sentence for screen readers: the state with new counts, or with their age (ms; null: no counts). */
  function sentenceOf({ status, kind, age, counts, text }) {
    const state = /[.…]$/.test(status) ? status : `${status}.`;
    if (age === null || kind === "stale") return state;
    if (kind === "live" && age <= STALE_MS) return `${state} ${counts()}`;
    return age < 1000 ? state : `${state} ${text("counts_age", { seconds: Math.floor(age / 1000) })}`;
  }

  /** A number as text and its width in a wide font, by which the style makes room, or the number smaller. */
  function numberOf(children) {
    const ems = [...children].map((sign) => (/\d/.test(sign) ? 0.68 : sign === "%" ? 1 : 0.36));
    const width = ems.reduce((sum, each) => sum + each, 0);
    const className = `total-number${width > LONG_NUMBER_EMS ? " long" : ""}`;
    return { children, className, style: { "--ems": width.toFixed(2) } };
  }

  /** What the answer lacks, in words; empty if it lacks nothing. */
  function noteOf(answer, text, { whole, decimal, times }) {
    const { lag = null } = answer.measured || {};
    const notes = [];
    if (answer.state === "disabled") notes.push(text("not_counting"));
    if (answer.state === "reconnecting") notes.push(text("broker_away"));
    if (answer.state !== "live" && lag > 0) notes.push(text("lag", { records: whole(lag) }));
    if (answer.results === "hidden") notes.push(text("results_later"));
    notes.push(skewOf(answer, text, decimal));
    if (answer.wentBack) {
      const { at, before } = answer.wentBack;
      notes.push(text("went_back", { time: times.clock(at * 1000), before: whole(before) }));
    }
    if (answer.incomplete) notes.push(text("incomplete"));
    if (answer.complete_since !== null && answer.complete_since > answer.start) {
      notes.push(text("complete_since", { time: times.clock(answer.complete_since * 1000) }));
    }
    return notes.filter(Boolean).join(" ");
  }

  /** How far the broker's clock is from the server's, in words; empty if they agree or nobody knows. */
  function skewOf({ clock_skew_s: skew = null }, text, decimal) {
    if (skew === null) return "";
    return text(skew > 0 ? "clock_ahead" : "clock_behind", { seconds: decimal(Math.abs(skew)) });
  }

  /** The highest bin in words; empty where there are no clicks. */
  function peakTextOf(answer, { whole, times }, text) {
    const peak = peakOf(answer);
    if (peak < 0) return "";
    const counts = seriesOf(answer).map((each) => each[peak]);
    const time = times.clock((answer.start + peak * answer.bin) * 1000);
    // No line is as high as the sum of several.
    const several = counts.length > 2 ? "peak_of_all" : "peak_of_both";
    const key = counts.filter((count) => count > 0).length > 1 ? several : "peak";
    return text(key, { clicks: whole(sumOf(counts)), time });
  }

  /** How many records are no clicks, by reason, in words; empty if all are clicks or nobody knows. */
  function unreadableOf({ unreadable }, text, whole) {
    const counts = Object.entries(unreadable || {}).filter(([, count]) => count > 0);
    if (counts.length === 0) return "";
    const records = whole(counts.reduce((sum, [, count]) => sum + count, 0));
    const reasons = counts.map(([reason, count]) => `${whole(count)} × ${text(reason)}`).join(", ");
    return text("unreadable", { records, reasons });
  }

  /** The time from tap to screen in words: the server's measures and the page's p50 and p95 (ms; null: none). */
  function delayOf(measured, drawn, refreshMs, { text, seconds }) {
    const wait = seconds(refreshMs);
    const none = (key) => ({ total: text(key), legs: text("not_measured", { wait }) });
    if (measured && measured.clicks === null) return none("unmeasurable");
    if (!measured || !(measured.clicks > 0) || drawn === null) return none("unmeasured");
    const both = (leg) => leg.map(seconds).join(" / ");
    const [p50, p95] = measured.tap_to_counted_ms.map((ms, at) => seconds(ms + drawn[at]));
    const [sent, counted] = [measured.age_ms, measured.counted_ms].map(both);
    const legs = { sent, counted, drawn: both(drawn), wait };
    return { total: text("measured", { p50, p95 }), legs: `${text("legs", legs)} ${text("not_measured", legs)}` };
  }

  /** The number formats of a language; a share may be null. */
  function formatsOf(locale) {
    const number = (options) => new Intl.NumberFormat(locale, { useGrouping: true, ...options });
    const digits = (count) => number({ minimumFractionDigits: count, maximumFractionDigits: count });
    const [whole, decimal, fine, percent] = [number({}), digits(1), digits(2), number({ style: "percent" })];
    const parts = decimal.formatToParts(1e6);
    return {
      whole: (value) => whole.format(value),
      decimal: (value) => decimal.format(value),
      percent: (share) => (share === null ? "–" : percent.format(share)),
      seconds: (ms) => `${fine.format(ms / 1000)} s`,
      separators: ["decimal", "group"].map((type) => parts.find((part) => part.type === type).value).join(""),
    };
  }

  const words = { delayOf, formatsOf, noteOf, numberOf, peakTextOf, sentenceOf, statusOf, unreadableOf };
  if (isPage) window.clickWords = words;
  else module.exports = words;
}
