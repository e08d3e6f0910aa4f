"use strict";
const assert = require("node:assert");
const { test } = require("node:test");

const { linesOf, pastOf, rangeOf } = require("../../assets/records/range.js");

const HOUR = 60 * 60 * 1000;
const zoomed = (...range) => ({ xaxis: { autorange: false, range } });

test("a zoomed chart names whole seconds of UTC, whatever its zone shows", () => {
  const layout = zoomed("2027-01-15 09:00:00.4", "2027-01-15 09:00:12.2");
  const from = Date.UTC(2027, 0, 15, 8) / 1000;

  assert.deepStrictEqual(rangeOf(layout, HOUR), { from, to: from + 13 });
  assert.deepStrictEqual(rangeOf(zoomed(1000 * from + 0.4, 1000 * from + 2000), 0), { from, to: from + 2 });
});

test("a chart that shows all of it names nothing, nor does a range without a second", () => {
  assert.strictEqual(rangeOf({ xaxis: { autorange: true, range: [0, 1] } }, 0), null);
  assert.strictEqual(rangeOf(undefined, 0), null);
  assert.strictEqual(rangeOf(zoomed(5000, 5000), 0), null);
  assert.strictEqual(rangeOf(zoomed("soon", "later"), 0), null);
});

test("what is still to come has no records", () => {
  assert.deepStrictEqual(pastOf({ from: 10, to: 20 }, 15.9), { from: 10, to: 16 });
  assert.deepStrictEqual(pastOf({ from: 10, to: 12 }, 15.9), { from: 10, to: 12 });
  assert.strictEqual(pastOf({ from: 16, to: 20 }, 15.9), null);
});

test("each partition with records is named with its first and its last offset", () => {
  const text = (key, values = {}) => [key, ...Object.values(values)].join(" ");
  const partitions = [{ partition: 0, first: 4, end: 9 }, { partition: 1, first: 7, end: 7 }];

  assert.deepStrictEqual(linesOf({ broker: "kafka", partitions }, text), ["range_offsets 0 4 8 5"]);
  assert.deepStrictEqual(linesOf({ broker: "embedded", partitions }, text), ["range_rows 0 4 8 5"]);
  assert.deepStrictEqual(linesOf({ broker: "kafka", partitions: [] }, text), ["range_none"]);
});
