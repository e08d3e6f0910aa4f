"use strict";
{
  const isPage = typeof module === "undefined";
  const { lengthOf } = isPage ? window.clickTalk : require("../dashboard/talk.js");
  const { shareOf, sumOf } = isPage ? window.clickTimeline : require("../dashboard/timeline.js");
  const SUM = "all"; // The key of the sum of all reactions, where results are hidden.

  const isObject = (value) => value !== null && typeof value === "object";

  /** Whether a JSON value is a list of talks that the page can show. */
  function areTalks(value) {
    return isObject(value) && Array.isArray(value.talks) && value.talks.every(isTalk);
  }

  function isTalk(talk) {
    if (!isObject(talk) || !Array.isArray(talk.reactions)) return false;
    const { id, title, started_at: start, ended_at: end, totals } = talk;
    const isKnown = totals === null || (isObject(totals) && Object.values(totals).every(Number.isFinite));
    return [id, title].every((text) => typeof text === "string") && isKnown && Number.isFinite(start) &&
      (end === null || Number.isFinite(end));
  }

  /** Whether the answer holds the sum of all reactions only. */
  function isHidden({ reactions, results, totals }) {
    if (results === "hidden") return true;
    return totals !== null && SUM in totals && !reactions.some(({ key }) => key === SUM);
  }

  /** Whether whoever asks may see the report: the presenter also that of a running talk. */
  function hasReport(talk, mayChange) {
    return !isHidden(talk) && (talk.ended_at !== null || mayChange);
  }

  /** When a talk was, in words: the day, from when to when and how long, or since when it runs. */
  function whenOf({ started_at: start, ended_at: end }, text, { day, minute }) {
    if (end === null) return `${day(start)} · ${text("since_time", { time: minute(start) })}`;
    const last = day(start) === day(end) ? minute(end) : `${day(end)} ${minute(end)}`;
    const length = text("length_of_talk", { length: lengthOf(end - start) });
    return `${day(start)} · ${minute(start)} – ${last} · ${length}`;
  }

  /** How many taps a talk has, in words; the process may not know those of long ago. */
  function tapsOf(talk, text, { whole }) {
    if (talk.totals === null) return text("taps_in_report");
    const taps = text("taps", { n: whole(sumOf(Object.values(talk.totals))) });
    return isHidden(talk) ? `${taps} · ${text("results_later")}` : taps;
  }

  /** Label, taps and share of each reaction; none where they are hidden or nobody knows. */
  function partsOf(talk, { percent, whole }) {
    const { reactions, totals } = talk;
    if (totals === null || isHidden(talk)) return [];
    const all = sumOf(Object.values(totals));
    return reactions.map(({ key, label }) => {
      const count = totals[key] || 0;
      return { label, count: whole(count), share: all > 0 ? percent(shareOf(count, all)) : "" };
    });
  }

  const contents = { areTalks, hasReport, isHidden, partsOf, tapsOf, whenOf };
  if (isPage) window.talksContents = contents;
  else module.exports = contents;
}
