"use strict";
const SKELETON = {
  data: [{ name: "Cheers", line: { dash: "solid" }, x: [], y: [] }, { name: "Hate", line: { dash: "dash" }, x: [], y: [] }],
  layout: {
    uirevision: "constant", margin: { l: 1 }, hoverlabel: { font: {} }, shapes: [{ visible: false, x0: 0, x1: 0 }, { visible: false, x0: 0, x1: 0 }],
    annotations: [{ visible: false, font: { color: "red" } }], xaxis: { type: "date" },
  },
};

/** An answer of `GET /kafka/timeline` with 5 and 1 clicks in its newest bin. */
function timeline(changes = {}) {
  const bins = (last) => [...Array(59).fill(0), last];
  return {
    log: "L", window: 120, bin: 2, start: 1000, totals: { cheers: 1234, hate: 2 }, cheers: bins(5), hate: bins(1),
    as_of: { 0: 7, 1: 3 }, state: "live", complete_since: null, incomplete: false, repeat_s: null, server_time: 1119.5,
    ...changes,
  };
}

/** A text as its key and its values, so that a test sees both. */
function text(key, values = {}) {
  return [key, ...Object.values(values)].join(" ");
}

module.exports = { SKELETON, text, timeline };
