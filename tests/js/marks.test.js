"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { figureOf } = require("../../assets/dashboard/figure.js");
const { emsOf, fitting, legendOf, shortened } = require("../../assets/dashboard/labels.js");
const { marksOf, rowsOf } = require("../../assets/dashboard/marks.js");
const { SKELETON, talkOf, timeline } = require("./answers.js");

const PLOT = { tick: 10, legend: 12, plot: { width: 600, height: 400 } };
const AXIS = { xOf: ({ at }) => at, from: 1000, to: 1120, sizes: PLOT, names: ["Cheers"] };
const drawn = (marks, changes) => marksOf(marks, { line: { line: 1 }, note: { note: 1 } }, { ...AXIS, ...changes });
const mark = (at, label) => ({ id: `m${at}`, at, label });

/** Whether two labels of a row stand on each other. */
function collide(placed) {
  const boxes = placed.filter(({ text }) => text !== "").map(({ text, x, row, isLeft }) => {
    const ems = emsOf(text);
    return { row, start: isLeft ? x - ems : x, end: isLeft ? x : x + ems };
  });
  return boxes.some((one, at) => boxes.some((other, place) =>
    place > at && one.row === other.row && one.start < other.end - 1e-9 && other.start < one.end - 1e-9));
}

test("a mark is a line with its label, which is no markup, on the side that has room", () => {
  const marks = [mark(999, "before"), mark(1010, "<b>&"), mark(1119, "أسرع"), mark(1120, "later")];
  const { shapes, annotations, part } = drawn(marks);
  const lines = shapes.map(({ line, x0, x1, visible }) => [line, x0, x1, visible]);
  assert.deepEqual(lines, [[1, 1010, 1010, true], [1, 1119, 1119, true]]);
  const notes = annotations.map(({ note, x, xanchor, text, visible }) => [note, x, xanchor, text, visible]);
  assert.deepEqual(notes, [[1, 1010, "left", "&lt;b&gt;&amp;", true], [1, 1119, "right", "\u2068أسرع\u2069", true]]);
  // The curve and its peak stay below the labels.
  assert.ok(part > 0.12 && part < 0.2, part);
  assert.deepEqual(drawn([]).shapes, []);
});

test("where the legend leaves no room, the peak's label gives way to those of the marks", () => {
  const hasRoom = (names) => drawn([mark(1010, "x")], { sizes: { ...PLOT, plot: { width: 600, height: 90 } }, names }).hasRoom;
  assert.deepEqual([hasRoom(["a", "b"]), hasRoom(Array(8).fill("W".repeat(40)))], [true, false]);
});

test("a legend of many names has two lines where they can be read, and the plot begins below it", () => {
  const labels = ["Cheers", "Hate", "W".repeat(40), "Too fast", "Too slow", "ok", "What?", "أسرع قليلاً من فضلك!"];
  const legend = (width, names = labels) => legendOf(names, { legend: 10, plot: { width, height: 300 } });
  for (const width of [1200, 600, 480]) {
    const { names, extra } = legend(width);
    const room = width / 10 / 4 - 3.5;
    assert.equal(extra, 13.5);
    assert.ok(names.every((name) => emsOf(name) <= room), names);
    assert.ok(names.every((name, at) => name === labels[at] || name.length > 4), names);
  }
  assert.equal(legend(1200).names[2], `${"W".repeat(17)}…`);
  assert.deepEqual([Math.round(legend(240).extra), legend(240).names[0]], [Math.round(3 * 13.5), "Cheers"]);
  assert.deepEqual(legend(240, labels.slice(2, 4)), { names: labels.slice(2, 4), extra: 0 });
  const sizes = { ...PLOT, top: 60 };
  const reactions = labels.map((label, at) => ({ key: `k${at}`, label }));
  const series = Object.fromEntries(reactions.map(({ key }) => [key, Array(60).fill(1)]));
  const { layout } = figureOf(SKELETON, { ...timeline(), reactions, series }, { shifted: (ms) => ms, sizes });
  assert.equal(layout.margin.t, 60 + legendOf(labels, sizes).extra);
});

test("a mark without a label is a line", () => {
  const { shapes, annotations } = drawn([mark(1010, "")]);
  assert.deepEqual([shapes.length, annotations.map(({ visible }) => visible)], [1, [false]]);
});

test("labels that would stand on each other take rows, and give way where these are full", () => {
  const labels = ["Slide 7", "W".repeat(80), "👩🏽‍🚀👍🏽 emoji", "أسرع قليلاً من فضلك", "x"];
  for (const [count, step] of [[20, 6], [20, 1], [5, 0], [3, 40], [40, 3]]) {
    for (const width of [25, 60, 120]) {
      const xOf = (at) => Math.min(width - 0.5, (at * step * width) / 120);
      const marks = Array.from({ length: count }, (_, at) => ({ x: xOf(at), label: labels[at % 5] }));
      const placed = rowsOf(marks, width, 4);
      assert.equal(collide(placed), false, JSON.stringify([count, step, width]));
      assert.ok(placed.every(({ row }) => row < 4));
      assert.ok(placed.some(({ text }) => text !== ""));
    }
  }
});

test("twenty marks on a wall keep at least some signs of their labels", () => {
  const marks = Array.from({ length: 20 }, (_, at) => mark(1003 + 6 * at, `Slide ${at + 1}`));
  const { annotations } = drawn(marks, { sizes: { tick: 26, legend: 28, plot: { width: 1270, height: 540 } } });
  assert.ok(annotations.every(({ text }) => text.length >= 4), annotations.map(({ text }) => text).join());
});

test("of very many marks the newest are drawn", () => {
  const { shapes } = drawn(Array.from({ length: 100 }, (_, at) => mark(1001 + at, "x")));
  assert.deepEqual([shapes.length, shapes[39].x0], [40, 1100]);
});

test("what does not fit ends in an ellipsis, or is gone", () => {
  assert.deepEqual([fitting("Slide", 9), fitting("Slide", 2.1), fitting("Slide", 2)], ["Slide", "Sl…", ""]);
});

test("marks stand in the figure beside zero and the peak", () => {
  const answer = timeline({ talk: talkOf({ marks: [mark(1050, "Now")] }) });
  const annotations = [...SKELETON.layout.annotations, { note: 1 }];
  const skeleton = { ...SKELETON, layout: { ...SKELETON.layout, annotations } };
  const { layout } = figureOf(skeleton, answer, { shifted: (ms) => ms + 1, sizes: PLOT, peak: "Peak" });
  assert.deepEqual([layout.shapes[2].x0, layout.annotations.map(({ text }) => text)], [1050001, ["Peak", "Now"]]);
  assert.equal(layout.yaxis.autorangeoptions.include[1].toFixed(3), "6.000");
});

test("a family of joined emoji is one sign, which is never cut", () => {
  const family = "👩‍👩‍👧‍👦";
  assert.equal(shortened(family.repeat(20)), `${family.repeat(17)}…`);
  assert.equal(shortened(family.repeat(18)), family.repeat(18));
  assert.equal(fitting(family.repeat(9), 6), `${family.repeat(3)}…`);
});
