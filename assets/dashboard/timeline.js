"use strict";
{
  const isPage = typeof module === "undefined";
  const { isTalk } = isPage ? window.clickTalk : require("./talk.js");
  const RECENT_SECONDS = 10;
  const SHARES = { 1: 0, 2: 1 }; // How many shares are shown; else all.
  const MOST_REACTIONS = 8;

  /** Whether the answer shows an earlier state of the same log than the answer that is drawn. */
  function isOlder(drawn, answer) {
    if (drawn === null) return false;
    if (answer.log !== null && answer.log !== drawn.log) return false;
    return Object.keys(drawn.as_of).some(
      (partition) => !(partition in answer.as_of) || answer.as_of[partition] < drawn.as_of[partition],
    );
  }

  /** Whether a JSON value has every field that the page draws. */
  function isTimeline(answer) {
    if (!isObject(answer)) return false;
    const { state, reactions, totals, series, as_of, start, bin, window, server_time } = answer;
    return (
      typeof state === "string" && [start, bin, window, server_time].every(Number.isFinite) &&
      [totals, series, as_of].every(isObject) && areReactions(reactions) &&
      keysOf(answer).every((key) => Number.isFinite(totals[key]) && areBins(series[key])) &&
      isTalk(answer.talk, keysOf(answer)) &&
      new Set(seriesOf(answer).map(({ length }) => length)).size === 1
    );
  }

  function isObject(value) {
    return value !== null && typeof value === "object";
  }

  function areReactions(value) {
    return (
      Array.isArray(value) && value.length > 0 && value.length <= MOST_REACTIONS &&
      value.every((each) => isObject(each) && typeof each.key === "string" && typeof each.label === "string")
    );
  }

  function areBins(value) {
    return Array.isArray(value) && value.length > 0 && value.every(Number.isFinite);
  }

  function keysOf({ reactions }) {
    return reactions.map(({ key }) => key);
  }

  /** The clicks in all bins, reaction by reaction. */
  function seriesOf(answer) {
    return keysOf(answer).map((key) => answer.series[key]);
  }

  /** The totals, reaction by reaction; of a talk they are null where nobody knows them. */
  function totalsOf(answer) {
    return keysOf(answer).map((key) => answer.totals && answer.totals[key]);
  }

  function sumOf(counts) {
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** The clicks of all reactions, bin by bin. */
  function sumsOf(answer) {
    const [first, ...others] = seriesOf(answer);
    return first.map((count, at) => count + sumOf(others.map((counts) => counts[at])));
  }

  /** The baseline from which this answer counts as zero. */
  function zeroOf(answer) {
    const counts = new Map(keysOf(answer).map((key) => [key, answer.totals[key]]));
    return { at: Math.floor(answer.server_time), counts, log: answer.log };
  }

  /** Whether zero is one of the answer's log and of its talk, and knows all of its reactions. */
  function isZeroOf(zero, answer) {
    const isOfTalk = !answer.talk || zero.at >= answer.talk.started_at;
    return isOfTalk && zero.log === answer.log && keysOf(answer).every((key) => zero.counts.has(key));
  }

  /** What is shown of an answer: what came after zero, else the totals of its talk, else those of the log. */
  function shownOf(answer, zero, text) {
    const since = sinceZero(answer, zero);
    const shown = since === answer && answer.talk ? { ...answer, totals: answer.talk.totals } : since;
    return labelled(shown, text);
  }

  /** The answer without the clicks before zero; the bins that ended before zero are null. */
  function sinceZero(answer, zero) {
    if (zero === null || !isZeroOf(zero, answer)) return answer;
    const first = Math.floor((zero.at - answer.start) / answer.bin);
    const totalOf = (key) => Math.max(0, answer.totals[key] - zero.counts.get(key));
    // The bin that holds zero keeps the clicks since zero that are in no later bin.
    const binsOf = (key) => answer.series[key].map((count, at, counts) => {
      if (at !== first) return at < first ? null : count;
      return Math.min(count, Math.max(0, totalOf(key) - sumOf(counts.slice(at + 1))));
    });
    const byKey = (valueOf) => Object.fromEntries(keysOf(answer).map((key) => [key, valueOf(key)]));
    return { ...answer, totals: byKey(totalOf), series: byKey(binsOf) };
  }

  /** The answer with a label of the page's own for the sum, which is all that it has while results are hidden. */
  function labelled(answer, text) {
    if (answer.results !== "hidden") return answer;
    const reactions = answer.reactions.map(({ key }) => ({ key, label: text("all_taps"), isSum: true }));
    return { ...answer, reactions };
  }

  /** The clicks of each reaction in the newest finished bins, and how many seconds these are: 10, or one bin. */
  function recentOf(answer) {
    const bins = Math.max(1, Math.round(RECENT_SECONDS / answer.bin));
    const counts = seriesOf(answer).map((each) => sumOf(each.slice(-bins - 1, -1)));
    return { seconds: bins * answer.bin, counts };
  }

  /** The bin with the most clicks, the newest of several; -1 where there are none. */
  function peakOf(answer) {
    const sums = sumsOf(answer);
    const most = Math.max(...sums);
    return most > 0 ? sums.lastIndexOf(most) : -1;
  }

  /** The share of these clicks in all; null where there are none. */
  function shareOf(count, all) {
    return all > 0 ? count / all : null;
  }

  /** The shares that are shown in each bin: of the first of two reactions, of each of more; of one, none. */
  function sharesOf(answer) {
    const sums = sumsOf(answer);
    const shown = seriesOf(answer).slice(0, SHARES[answer.reactions.length]);
    return shown.map((counts) => counts.map((count, at) => shareOf(count, sums[at])));
  }

  /** The p50 and the p95 of numbers; null where there are none. */
  function quantilesOf(numbers) {
    if (numbers.length === 0) return null;
    const sorted = [...numbers].sort((one, other) => one - other);
    return [0.5, 0.95].map((part) => sorted[Math.ceil(part * sorted.length) - 1]);
  }

  const timeline = {
    isOlder, isTimeline, isZeroOf, labelled, peakOf, quantilesOf, recentOf, seriesOf, shareOf, sharesOf, shownOf,
    sinceZero, sumOf, totalsOf, zeroOf,
  };
  if (isPage) window.clickTimeline = timeline;
  else module.exports = timeline;
}
