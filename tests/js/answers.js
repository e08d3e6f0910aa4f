"use strict";
const SKELETON = {
  data: Array.from({ length: 9 }, (_, at) => ({ line: { dash: `dash ${at}` }, marker: {}, x: [], y: [] })),
  layout: {
    uirevision: "constant", margin: { l: 1 }, hoverlabel: { font: {} }, shapes: [{ visible: false, x0: 0, x1: 0 }, { visible: false, x0: 0, x1: 0 }],
    annotations: [{ visible: false, font: { color: "red" } }], xaxis: { type: "date" },
  },
};
const REACTIONS = [{ key: "cheers", label: "Cheers" }, { key: "hate", label: "Hate" }];
const bins = (last) => [...Array(59).fill(0), last];

/** An answer of `GET /kafka/timeline` with 5 cheers and 1 hate in its newest bin. */
function timeline({ cheers = bins(5), hate = bins(1), ...changes } = {}) {
  return {
    log: "L", window: 120, bin: 2, start: 1000, reactions: REACTIONS, totals: { cheers: 1234, hate: 2 }, series: { cheers, hate },
    as_of: { 0: 7, 1: 3 }, state: "live", complete_since: null, incomplete: false, repeat_s: null, server_time: 1119.5,
    ...changes,
  };
}

/** An answer with these counts in its newest bin; the label of each reaction is its key in capitals. */
function answerOf(counts) {
  const keys = Object.keys(counts);
  return timeline({
    reactions: keys.map((key) => ({ key, label: key.toUpperCase() })), totals: counts,
    series: Object.fromEntries(keys.map((key) => [key, bins(counts[key])])),
  });
}

/** An answer while results are hidden: only how many taps there are, without the labels. */
function hidden(count) {
  return {
    results: "hidden", reactions: [{ key: "all", label: "All taps" }], totals: { all: count }, series: { all: bins(count) },
  };
}

/** A running talk of two minutes, of which an answer of `timeline` counts the last 119.5 s. */
function talkOf(changes) {
  return {
    id: "k7wq2m9x", title: "Kafka in an hour", reactions: REACTIONS, started_at: 1000, ended_at: null, taps: "open",
    results: "shown", marks: [], totals: { cheers: 4, hate: 1 }, ...changes,
  };
}

/** A text as its key and its values, so that a test sees both. */
function text(key, values = {}) {
  return [key, ...Object.values(values)].join(" ");
}

module.exports = { REACTIONS, SKELETON, answerOf, hidden, talkOf, text, timeline };
