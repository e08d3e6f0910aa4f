"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { figureOf: drawnOf, styled } = require("../../assets/dashboard/figure.js");
const { peakOf } = require("../../assets/dashboard/timeline.js");
const { timesOf } = require("../../assets/dashboard/zone.js");
const { SKELETON, answerOf, timeline } = require("./answers.js");

const localTime = timesOf("local").shifted;
const figureOf = (figure, answer, options) => (
  drawnOf(figure, answer, { shifted: localTime, sizes: LOOK.sizes, ...options })
);

const LOOK = {
  sizes: { tick: 20, legend: 24, line: 5, top: 60, plot: { width: 800, height: 400 } },
  separators: ",.",
};
const PLAIN = styled(SKELETON, LOOK);

test("each bin stands once in one trace, at its start, and the empty figure stays as it was", () => {
  const { data, layout } = figureOf(PLAIN, timeline());
  assert.deepEqual(data.map((trace) => [trace.name, trace.x.length, trace.y.at(-1)]), [["Cheers", 60, 5], ["Hate", 60, 1]]);
  assert.equal(data[0].x[0], localTime(1000 * 1000));
  assert.equal(data[0].x[1] - data[0].x[0], 2000);
  assert.deepEqual(layout.shapes[0], { visible: true, x0: data[0].x[59], x1: data[0].x[59] + 2000 });
  assert.equal(layout.xaxis.type, "date");
  assert.deepEqual(layout.xaxis.autorangeoptions.include, [data[0].x[0], layout.shapes[0].x1]);
  assert.equal(layout.uirevision, "constant");
  assert.deepEqual(SKELETON.data[0].x, []);
});

test("the ranges of a zoomed drawing are kept, those of an automatic one are not", () => {
  const range = [1, 2];
  const zoomed = { xaxis: { autorange: false, range }, yaxis: { autorange: true, range } };
  const { layout } = figureOf(PLAIN, timeline(), { drawn: zoomed });
  assert.deepEqual([layout.xaxis.autorange, layout.xaxis.range], [false, range]);
  assert.equal(layout.yaxis.range, undefined);
});

test("the time axis shows the viewer's own clock", () => {
  const ms = Date.UTC(2026, 6, 1, 12, 0, 0);
  assert.equal(new Date(localTime(ms)).getUTCHours(), new Date(ms).getHours());
});

test("bins over the change to another offset keep their distances", () => {
  const zone = process.env.TZ;
  process.env.TZ = "Europe/Madrid";
  try {
    for (const change of [Date.UTC(2026, 2, 29, 1), Date.UTC(2026, 9, 25, 1)]) {
      const { x } = figureOf(PLAIN, timeline({ start: change / 1000 - 60 })).data[0];
      assert.deepEqual([...new Set(x.slice(1).map((ms, at) => ms - x[at]))], [2000]);
      assert.equal(x[59], localTime(change + 58000));
    }
  } finally {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  }
});

test("the look gives sizes and separators, and leaves dashes and colours", () => {
  const { data, layout } = PLAIN;
  assert.deepEqual(data.map(({ line }) => line), SKELETON.data.map(({ line: { dash } }) => ({ dash, width: 5 })));
  assert.deepEqual([layout.font.size, layout.separators], [24, ",."]);
  assert.deepEqual(layout.annotations[0].font, { color: "red", size: 20 });
  assert.deepEqual([layout.xaxis.tickfont.size, layout.yaxis.tickfont.size], [20, 20]);
  assert.deepEqual(layout.margin, { l: 1, t: 60, b: 50 });
});

test("over a stream the figure has no ground", () => {
  const { layout } = styled(SKELETON, { ...LOOK, isClear: true });
  const grounds = [layout, PLAIN.layout].map(({ paper_bgcolor: paper, plot_bgcolor: plot }) => [paper, plot]);
  assert.deepEqual(grounds, [["transparent", "transparent"], [undefined, undefined]]);
});

test("the peak is marked above its higher line, and where there is none nothing is", () => {
  const bins = (changes) => Object.assign(Array(60).fill(1), changes);
  const answer = timeline({ cheers: bins({ 7: 4, 30: 9 }), hate: bins({ 30: 2, 41: 5 }) });
  assert.equal(peakOf(answer), 30);
  const { layout } = figureOf(PLAIN, answer, { peak: "Peak 11" });
  const [{ x, y, text, ay, visible }] = layout.annotations;
  assert.deepEqual([x, y, text, ay, visible], [localTime((1000 + 60) * 1000), 9, "Peak 11", -40, true]);
  const beside = timeline({ cheers: bins({ 29: 11, 30: 9 }), hate: bins({ 30: 5 }) });
  assert.deepEqual(figureOf(PLAIN, beside).layout.annotations.map(({ x: at, y: high }) => [at, high]), [[x, 11]]);
  const none = timeline({ cheers: bins({}).fill(0), hate: bins({}).fill(0) });
  assert.equal(peakOf(none), -1);
  assert.equal(figureOf(PLAIN, none).layout.annotations[0].visible, false);
});

test("there is a trace for each reaction of the answer, and its label is no markup", () => {
  const reactions = [{ key: "x", label: "<b>x</b> & y" }, { key: "y", label: "أسرع!" }, { key: "z", label: "1👍567890123456789012" }];
  const answer = { ...answerOf({ x: 1, y: 2, z: 3 }), reactions };
  const { data } = figureOf(PLAIN, answer, { shares: [["1"], ["2"], ["3"]] });
  assert.deepEqual(data.map(({ name }) => name), ["&lt;b&gt;x&lt;/b&gt; &amp; y", "\u2068أسرع!\u2069", "1👍567890123456789…"]);
  assert.deepEqual(data.map(({ line }) => line.dash), ["dash 0", "dash 1", "dash 2"]);
  assert.deepEqual(data.map(({ visible, y, customdata }) => [visible, y.at(-1), customdata]), [[true, 1, ["1"]], [true, 2, ["2"]], [true, 3, ["3"]]]);
});

test("zero is a line in the picture while it lies in the window", () => {
  const shapes = (at) => figureOf(PLAIN, timeline(), { zero: at }).layout.shapes;
  assert.equal(shapes(null)[1].visible, false);
  assert.equal(shapes(900 * 1000)[1].visible, false);
  assert.deepEqual(shapes(1050 * 1000)[1], { visible: true, x0: localTime(1050000), x1: localTime(1050000) });
});
