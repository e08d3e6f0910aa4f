"use strict";
const { text } = require("./answers.js");

/** A report of two minutes in bins of 10 s: 3 clicks in the first second, 2 in the last, some between. */
function reportOf(changes = {}) {
  const seconds = { a: [[0, 3], [10, 1], [119, 2]], b: [[14, 5]] };
  const binOf = (pairs, at) => sumOf(pairs.filter(([second]) => Math.floor(second / 10) === at));
  const bins = (pairs) => Array.from({ length: 12 }, (_, at) => binOf(pairs, at));
  return {
    version: 1, log: "L", from: 1000, to: 1120, bin: 10,
    talk: { id: "k7wq2m9x", title: "Kafka", running: false, marks: [{ id: "m1", at: 1014, label: "Slide 7" }] },
    reactions: [{ key: "a", label: "A" }, { key: "b", label: "B" }], totals: { a: 6, b: 5 }, clicks: 11,
    people: { count: 4, more: false, median: 2.5, most: 7 },
    series: { a: bins(seconds.a), b: bins(seconds.b) }, seconds,
    segments: [
      { label: null, from: 1000, to: 1014, totals: { a: 4, b: 0 }, clicks: 4, per_minute: 17.14 },
      { label: "Slide 7", from: 1014, to: 1120, totals: { a: 2, b: 5 }, clicks: 7, per_minute: 3.96 },
    ],
    moments: [{ at: 1010, to: 1020, clicks: 6, totals: { a: 1, b: 5 } }],
    records: 12, duplicates: 1, unreadable: {}, whole: true, whole_from: null, why: null, final: true, as_of: { 0: 12 },
    ...changes,
  };
}

function sumOf(pairs) {
  return pairs.reduce((sum, [, count]) => sum + count, 0);
}

module.exports = { reportOf, text };
