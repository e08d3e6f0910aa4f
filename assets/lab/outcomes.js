"use strict";
{
  const isPage = typeof module === "undefined";
  const { refusalOf } = isPage ? window.labRefusals : require("./refusals.js");
  const { msOf, sentenceOf } = isPage ? window.labStations : require("./stations.js");

  const SENTENCES = { again: againOf, broken: brokenOf, old: oldOf, many: manyOf };

  /** What came out of an experiment, in a sentence: of a journey, or of a pause; empty before it was made. */
  function outcomeOf(what, outcome, look, period) {
    if (!outcome) return "";
    if (outcome.state === "refused" || outcome.state === "lost") return refusalOf(outcome, look);
    if (what === "pause") return pauseOf(outcome, look);
    if (what === "many" && outcome.placed.length > 0) return manyOf(outcome, look);
    return outcome.state === "shown" ? SENTENCES[what](outcome, look) : sentenceOf(outcome, look, period);
  }

  function againOf({ place, record, isSameRow }, { say, whole }) {
    const offset = whole(place.offset);
    if (isSameRow) return say("again_row", { offset });
    if (record.decision !== "repeat") return say("again_counted", { offset });
    const first = record.repeat_of;
    return first === null ? say("again_old", { offset }) : say("again_done", { offset, first: whole(first) });
  }

  function brokenOf({ place, record, lab }, { say, text, whole }) {
    const { reason } = record;
    return say("broken_done", { offset: whole(place.offset), reason: text(reason), n: whole(lab.unreadable[reason] || 0) });
  }

  function oldOf({ record }, { say, times }) {
    if (record.drawn_at === null) return say("untimely_done");
    return say("late_done", { time: times.clock(record.drawn_at * 1000) });
  }

  function manyOf(journey, look) {
    const { placed } = journey;
    const offsets = placed.map(({ offset }) => offset);
    const partitions = new Set(placed.map(({ partition }) => partition));
    const [first, last] = [Math.min(...offsets), Math.max(...offsets)].map(look.whole);
    const ms = msOf(journey.spans().broker, look);
    return look.say("many_done", { records: placed.length, partitions: partitions.size, first, last, ms });
  }

  function pauseOf(pause, { say, whole }) {
    const { state, process, left, lag, most } = pause;
    if (state === "unseen") return say("pause_unseen", { process });
    if (state === "pausing") return say("pausing", { process, seconds: Math.ceil(left === null ? 10 : left), lag: whole(lag) });
    if (state === "catching") return say("catching", { lag: whole(lag) });
    if (most === 0) return say("pause_idle");
    const { records, clicks, repeats, unreadable, isExact } = pause.account();
    const verdict = say(isExact ? "exact" : "not_exact");
    const [all, taps] = [records, clicks].map(whole);
    return say("pause_done", {
      most: whole(most), records: all, clicks: taps, repeats: whole(repeats), unreadable: whole(unreadable), verdict,
    });
  }

  const outcomes = { outcomeOf };
  if (isPage) window.labOutcomes = outcomes;
  else module.exports = outcomes;
}
