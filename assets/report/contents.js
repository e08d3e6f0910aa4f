"use strict";
{
  const isPage = typeof module === "undefined";
  const { lengthOf } = isPage ? window.clickTalk : require("../dashboard/talk.js");
  const { shareOf } = isPage ? window.clickTimeline : require("../dashboard/timeline.js");
  const VERSION = 1;
  const MOST_DRAWN = 8; // So many places the palette has.

  const isObject = (value) => value !== null && typeof value === "object";

  /** Whether a JSON value is a report of the version that the page knows. */
  function isReport(value) {
    if (!isObject(value) || value.version !== VERSION) return false;
    const { from, to, bin, clicks, reactions, totals, series, seconds, segments, moments, people } = value;
    return (
      [from, to, bin, clicks].every(Number.isFinite) && [totals, series, seconds, people].every(isObject) &&
      [reactions, segments, moments].every(Array.isArray) && reactions.length > 0 &&
      reactions.every(({ key, label }) => (
        typeof label === "string" && Number.isFinite(totals[key]) && [series[key], seconds[key]].every(Array.isArray)
      ))
    );
  }

  /** The reactions that the palette has room for; the tables have all. */
  function drawnOf({ reactions }) {
    return reactions.slice(0, MOST_DRAWN);
  }

  /** The report in the form in which the chart of the dashboard takes an answer. */
  function answerOf(report) {
    const { bin, from, series, talk, totals } = report;
    return { bin, start: from, reactions: drawnOf(report), series, talk: { marks: talk ? talk.marks : [] }, totals };
  }

  /** The title: that of the talk, or the one for a range of time. */
  function titleOf({ talk }, text) {
    return talk ? talk.title : text("range");
  }

  /** When it was and how long, with the zone: the day stands once if it is the same. */
  function timeOf({ from, to }, times, text) {
    const isOneDay = times.day(from * 1000) === times.day(to * 1000);
    const last = isOneDay ? times.clock(to * 1000) : momentOf(to, times);
    return `${momentOf(from, times)} – ${last} · ${text("length", { length: lengthOf(to - from) })}`;
  }

  function momentOf(second, { clock, day }) {
    return `${day(second * 1000)} ${clock(second * 1000)}`;
  }

  /** How long a bin is, in words. */
  function binText({ bin }, text) {
    const [n, unit] = bin % 60 === 0 ? [bin / 60, "minute"] : [bin, "second"];
    return text(n === 1 ? `one_${unit}` : `${unit}s_n`, { n });
  }

  /** What the report lacks, in words; empty if it is whole and final. */
  function noteOf({ final, talk, whole, whole_from: from, why }, text, { times }) {
    const notes = [];
    if (talk && talk.running) notes.push(text("still_running"));
    else if (!final) notes.push(text("not_final"));
    if (!whole) notes.push(from ? text("whole_since", { time: momentOf(from, times) }) : text("not_whole"), why);
    return notes.filter(Boolean).join(" ");
  }

  /** How many people tapped, in figures; null where nobody knows. */
  function peopleOf({ clicks, people: { count, more } }, whole) {
    if (!Number.isFinite(count) || (count === 0 && clicks > 0)) return null;
    return `${whole(count)}${more ? "+" : ""}`;
  }

  /** Taps per person in words: the median and the most; empty where nobody knows. */
  function perPersonOf({ people: { median, most } }, text, { decimal, whole }) {
    if (!Number.isFinite(median) || !Number.isFinite(most)) return "";
    const figure = Number.isInteger(median) ? whole(median) : decimal(median);
    return text("per_person", { median: figure, most: whole(most) });
  }

  /** A total as a cell: with its share of all. */
  function partOf(count, all, { percent, whole }) {
    return all > 0 ? `${whole(count)} · ${percent(shareOf(count, all))}` : whole(count);
  }

  /** A table of all reactions, of the segments or of the moments: heads and rows of texts. */
  const tables = {
    totals({ clicks, reactions, totals }, text, look) {
      const rowOf = ({ key, label }) => [label, look.whole(totals[key]), look.percent(shareOf(totals[key], clicks))];
      const rows = reactions.map(rowOf);
      return { heads: [text("reaction"), text("taps_head"), text("share_of")], rows: [...rows, [text("all_taps"), look.whole(clicks), ""]] };
    },
    segments(report, text, look) {
      const { clicks: all, reactions, segments } = report;
      const rows = segments.map(({ label, from, to, totals, clicks, per_minute: perMinute }) => [
        [from, to].map((second) => look.times.clock(second * 1000)).join(" – "),
        segmentText(label, from, text, look),
        look.whole(clicks),
        look.percent(shareOf(clicks, all)),
        look.decimal(perMinute),
        ...reactions.map(({ key }) => partOf(totals[key] || 0, clicks, look)),
      ]);
      const heads = ["time", "part", "taps_head", "share_of", "per_minute"].map((key) => text(key));
      return { heads: [...heads, ...reactions.map(({ label }) => label)], rows };
    },
    moments({ moments, reactions }, text, look) {
      const rows = moments.map(({ at, clicks, totals }) => [
        look.times.clock(at * 1000), look.whole(clicks), ...reactions.map(({ key }) => look.whole(totals[key] || 0)),
      ]);
      return { heads: [text("time"), text("taps_head"), ...reactions.map(({ label }) => label)], rows };
    },
  };

  /** What a segment is called: by its mark, by the mark's time if that has no label, or as the beginning. */
  function segmentText(label, from, text, { times }) {
    if (label === null) return text("from_start");
    return label || text("unnamed_mark", { time: times.clock(from * 1000) });
  }

  /** How many records were read for the report, and what became of those that count nothing. */
  function recordsOf({ duplicates, records }, text, { whole }) {
    return text("records", { records: whole(records), duplicates: whole(duplicates) });
  }

  /** How many taps there were of buttons that the talk does not have; empty without any. */
  function othersOf({ others = {} }, text, { whole }) {
    const taps = Object.values(others).reduce((sum, count) => sum + count, 0);
    return taps === 0 ? "" : text("others", { n: whole(taps) });
  }

  const contents = {
    answerOf, binText, drawnOf, isReport, noteOf, othersOf, peopleOf, perPersonOf, recordsOf, tables, timeOf, titleOf,
  };
  if (isPage) window.reportContents = contents;
  else module.exports = contents;
}
