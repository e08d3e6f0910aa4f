"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const contents = require("../../assets/report/contents.js");
const { frameOf, wholeFigure } = require("../../assets/report/frames.js");
const { Growth } = require("../../assets/report/growth.js");
const { formatsOf } = require("../../assets/dashboard/words.js");
const { timesOf } = require("../../assets/dashboard/zone.js");
const { SKELETON } = require("./answers.js");
const { reportOf, text } = require("./reports.js");

const SIZES = { tick: 10, legend: 12, line: 3, top: 60, plot: { width: 600, height: 400 } };
const LOOK = { sizes: SIZES, ...formatsOf("en"), times: timesOf("utc") };
const FIGURE = {
  ...SKELETON,
  layout: {
    ...SKELETON.layout,
    shapes: Array(3).fill({ visible: false }),
    annotations: Array(2).fill({ visible: false, font: {} }),
  },
};

test("a value is a report only with all that is drawn of it, and in the version that is known", () => {
  assert.equal(contents.isReport(reportOf()), true);
  assert.equal(contents.isReport(reportOf({ talk: null })), true);
  const bad = [
    null, 7, {}, ...[
      { version: 2 }, { reactions: [] }, { reactions: [{ key: "c", label: "C" }] }, { totals: { a: 1, b: null } },
      { series: { a: [] } }, { seconds: null }, { people: null }, { segments: {} }, { clicks: "11" },
    ].map(reportOf),
  ];
  for (const value of bad) assert.equal(contents.isReport(value), false, JSON.stringify(value));
});

test("at each moment the totals are those of the seconds that were over, and at the end those of the report", () => {
  const report = reportOf();
  const growth = new Growth(report);
  const totalsAt = (seconds) => Object.values(growth.totalsAt(seconds));
  assert.deepEqual(growth.totalsAt(growth.length), report.totals);
  assert.deepEqual([0, 0.9, 1, 10.5, 11, 14.9, 15, 119.9, 120].map(totalsAt), [
    [0, 0], [0, 0], [3, 0], [3, 0], [4, 0], [4, 0], [4, 5], [4, 5], [6, 5],
  ]);
});

test("at each moment the bins are over, are filled up to now, or are still to come", () => {
  const report = reportOf();
  const growth = new Growth(report);
  assert.deepEqual(growth.seriesAt(0).a, [0, ...Array(11).fill(null)]);
  assert.deepEqual(growth.seriesAt(13).b.slice(0, 3), [0, 0, null]);
  assert.deepEqual(growth.seriesAt(15).b.slice(0, 3), [0, 5, null]);
  assert.deepEqual(growth.seriesAt(119.5).a, [3, 1, ...Array(9).fill(0), 0]);
  assert.deepEqual(growth.seriesAt(120), report.series);
  for (let second = 0; second <= growth.length; second += 1) {
    const bins = growth.seriesAt(second).a.reduce((sum, count) => sum + count, 0);
    assert.equal(bins, growth.totalsAt(second).a, second);
  }
});

test("the last bin may be shorter than the others", () => {
  const series = { a: [...Array(11).fill(0), 2], b: Array(12).fill(0) };
  const growth = new Growth(reportOf({ to: 1115, seconds: { a: [[114, 2]], b: [] }, series }));
  assert.deepEqual([growth.length, growth.totalsAt(114).a, growth.totalsAt(115).a], [115, 0, 2]);
});

test("the whole curve is the dashboard's, without an unfinished bin", () => {
  const { data, layout } = wholeFigure(FIGURE, reportOf(), LOOK, text);
  assert.deepEqual(data.map(({ name, y }) => [name, y[0], y[1]]), [["A", 3, 1], ["B", 0, 5]]);
  assert.deepEqual(layout.shapes.map(({ visible }) => visible), [false, false, true]);
  assert.equal(layout.annotations[0].text, "peak_of_both 6 00:16:50");
  assert.deepEqual(layout.annotations[1].text, "Slide 7");
});

test("a frame lacks what came later, and its axes are those of the whole curve", () => {
  const report = reportOf();
  const growth = new Growth(report);
  const figure = wholeFigure(FIGURE, report, LOOK, text);
  const early = frameOf(figure, report, growth, 12);
  assert.deepEqual(early.data.map(({ y }) => y.slice(0, 3)), [[3, 1, null], [0, 0, null]]);
  assert.deepEqual(early.layout.shapes.map(({ visible }) => visible), [true, false, false]);
  assert.deepEqual(early.layout.annotations.map(({ visible }) => visible), [false, false]);
  assert.deepEqual([early.layout.xaxis, early.layout.yaxis], [figure.layout.xaxis, figure.layout.yaxis]);
  const [open] = early.layout.shapes;
  assert.deepEqual([open.x0, open.x1], [1010000, 1020000]);
  const later = frameOf(figure, report, growth, 20);
  assert.deepEqual(later.layout.annotations.map(({ visible }) => visible), [true, true]);
  assert.equal(frameOf(figure, report, growth, growth.length), figure);
});

test("more reactions than the palette has stand in the tables only", () => {
  const keys = Array.from({ length: 10 }, (_, at) => `k${at}`);
  const byKey = (value) => Object.fromEntries(keys.map((key) => [key, value]));
  const report = reportOf({
    reactions: keys.map((key) => ({ key, label: key })), totals: byKey(1), clicks: 10,
    series: byKey(Array(12).fill(0)), seconds: byKey([]),
  });
  assert.equal(contents.drawnOf(report).length, 8);
  assert.equal(contents.tables.totals(report, text, LOOK).rows.length, 11);
});

test("the tables say each number once, and name a part without a label by its time", () => {
  const report = reportOf();
  assert.deepEqual(contents.tables.totals(report, text, LOOK).rows, [["A", "6", "55%"], ["B", "5", "45%"], ["all_taps", "11", ""]]);
  assert.deepEqual(contents.tables.segments(report, text, LOOK).rows, [
    ["00:16:40 – 00:16:54", "from_start", "4", "36%", "17.1", "4 · 100%", "0 · 0%"],
    ["00:16:54 – 00:18:40", "Slide 7", "7", "64%", "4.0", "2 · 29%", "5 · 71%"],
  ]);
  assert.deepEqual(contents.tables.moments(report, text, LOOK).rows, [["00:16:50", "6", "1", "5"]]);
  const [segment] = report.segments;
  const unnamed = { ...report, segments: [{ ...segment, label: "" }] };
  assert.equal(contents.tables.segments(unnamed, text, LOOK).rows[0][1], "unnamed_mark 00:16:40");
});

test("taps of other buttons are said outside of the totals, and nothing without any", () => {
  const othersOf = (others) => contents.othersOf(reportOf({ others }), text, LOOK);
  assert.deepEqual([undefined, {}, { cheers: 0 }].map(othersOf), ["", "", ""]);
  assert.equal(othersOf({ cheers: 1000, hate: 234 }), "others 1,234");
});

test("what the report lacks is said, and nothing if it lacks nothing", () => {
  const noteOf = (changes) => contents.noteOf(reportOf(changes), text, LOOK);
  assert.equal(noteOf({}), "");
  assert.equal(noteOf({ final: false }), "not_final");
  assert.equal(noteOf({ final: false, talk: { running: true } }), "still_running");
  assert.equal(noteOf({ whole: false, why: "The head is gone." }), "not_whole The head is gone.");
  assert.equal(noteOf({ whole: false, whole_from: 1010, why: null }), "whole_since 1970-01-01 00:16:50");
});

test("people are named where they are known", () => {
  const peopleOf = (count, more = false) => contents.peopleOf(reportOf({ people: { count, more } }), LOOK.whole);
  assert.deepEqual([peopleOf(4), peopleOf(100000, true), peopleOf(0), peopleOf(null)], ["4", "100,000+", null, null]);
  assert.equal(contents.perPersonOf(reportOf(), text, LOOK), "per_person 2.5 7");
  assert.equal(contents.perPersonOf(reportOf({ people: { median: null, most: null } }), text, LOOK), "");
});

test("time and length are those of the zone, and the day stands once", () => {
  assert.equal(contents.timeOf(reportOf(), LOOK.times, text), "1970-01-01 00:16:40 – 00:18:40 · length 0:02:00");
  const night = reportOf({ from: 86400 - 60, to: 86400 + 60 });
  assert.equal(contents.timeOf(night, LOOK.times, text), "1970-01-01 23:59:00 – 1970-01-02 00:01:00 · length 0:02:00");
});

test("a bin's width is said in seconds or minutes", () => {
  const binText = (bin) => contents.binText({ bin }, text);
  assert.deepEqual([1, 10, 60, 300].map(binText), ["one_second 1", "seconds_n 10", "one_minute 1", "minutes_n 5"]);
});
