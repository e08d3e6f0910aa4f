"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { bytesFigure, lagFigure } = require("../../assets/lab/charts.js");
const { History, endIn, lagIn } = require("../../assets/lab/history.js");
const { labOf, lookOf } = require("./labs.js");

const at = (second, offset, changes = {}) => labOf({
  server_time: 1000 + second, as_of: { 0: offset }, ends: { 0: offset + 2 },
  read: { records: offset, bytes: 50 * offset }, ...changes,
});

const trace = (name) => ({ name, line: { color: name }, x: [], y: [] });
const EMPTY = { data: [trace("1"), trace("2"), trace("sum")], layout: { font: {}, margin: {}, xaxis: {}, yaxis: {}, uirevision: "constant" } };

test("rates are those between two answers of one process", () => {
  const history = new History();
  history.take(at(0, 10));
  assert.equal(history.rateOf("0"), null);
  history.take(at(2, 16));
  assert.equal(history.rateOf("0"), 3);
  assert.equal(history.samples[1].bytes, 150);
  history.take(at(3, 4, { process: "8-cd" }));
  assert.equal(history.rateOf("0"), null);
  history.take(at(4, 20));
  assert.equal(history.rateOf("0"), 2);
  assert.deepEqual(history.processes(), ["7-ab", "8-cd"]);
  history.take(at(20, 20));
  assert.deepEqual(history.processes(), ["7-ab"]);
});

test("a process that has not answered for five minutes is forgotten", () => {
  const history = new History();
  for (let start = 0; start < 400; start += 1) history.take(at(start, 1, { process: `1-${start}` }));
  assert.equal(history.newest.size, 300);
  assert.equal(history.newest.has("1-399"), true);
});

test("a partition ends where it was read to at least, and an unknown end gives no lag", () => {
  const ends = (end, offset) => [endIn, lagIn].map((of) => of({ ends: end, as_of: offset }, "0"));
  assert.deepEqual(ends({ 0: 5 }, { 0: 3 }), [5, 2]);
  assert.deepEqual(ends({ 0: 5 }, { 0: 7 }), [7, 0]);
  assert.deepEqual(ends({}, { 0: 7 }), [null, null]);
  assert.deepEqual(ends({ 0: 0 }, {}), [0, 0]);
});

test("quick answers change nothing, old ones go, and another log begins anew", () => {
  const history = new History();
  for (let second = 0; second < 2; second += 0.1) history.take(at(second, 1));
  assert.ok(history.samples.length <= 3, history.samples.length);
  for (let second = 2; second < 400; second += 1) history.take(at(second, 1));
  assert.equal(history.samples.length, 300);
  history.take(at(401, 1, { log: "log-2" }));
  assert.equal(history.samples.length, 1);
});

test("a process that begins to note anew has no rates", () => {
  const history = new History();
  history.take(at(0, 10));
  history.take(at(1, 11, { read: { records: 1, bytes: 50 } }));
  assert.equal(history.samples[1].bytes, null);
});

test("the chart has a line for each partition, and one for all where they are many", () => {
  const history = new History();
  history.take(at(0, 10, { ends: { 0: 12, 1: 5 } }));
  history.take(at(1, 10, { ends: { 0: 13, 1: 5 } }));
  const { data } = lagFigure(EMPTY, history, lookOf());
  assert.deepEqual(data.map(({ name, y }) => [name, y]), [["line_partition partition=0", [2, 3]], ["line_partition partition=1", [5, 5]]]);
  assert.deepEqual(data[0].x, [1000000, 1001000]);
  history.take(at(2, 10, { ends: { 0: 12, 1: 5, 2: 1 } }));
  assert.deepEqual(lagFigure(EMPTY, history, lookOf()).data.map(({ name, y }) => [name, y]), [["head_lag", [7, 8, 8]]]);
  const [bytes] = bytesFigure(EMPTY, history, lookOf()).data;
  assert.deepEqual(bytes.y, [null, 0, 0]);
  assert.equal(bytesFigure(EMPTY, history, lookOf()).layout.uirevision, "constant");
});
