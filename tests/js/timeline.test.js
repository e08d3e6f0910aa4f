"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const {
  isOlder, isTimeline, peakOf, quantilesOf, recentOf, shareOf, sharesOf, sinceZero,
} = require("../../assets/dashboard/timeline.js");
const { REACTIONS, answerOf, timeline } = require("./answers.js");

test("an answer is older when one partition went back or is missing, in the same log only", () => {
  const drawn = timeline();
  const cases = [
    [{ 0: 7, 1: 3 }, "L", false],
    [{ 0: 8, 1: 3 }, "L", false],
    [{ 0: 9, 1: 2 }, "L", true],
    [{ 0: 9 }, "L", true],
    [{ 0: 7, 1: 3, 2: 1 }, "L", false],
    [{}, null, true],
    [{}, "M", false],
    [{ 0: 1, 1: 1 }, "M", false],
  ];
  for (const [as_of, log, older] of cases) {
    assert.equal(isOlder(drawn, timeline({ as_of, log })), older, JSON.stringify([as_of, log]));
  }
  assert.equal(isOlder(null, timeline({ as_of: {}, log: null })), false);
});

test("only a whole answer is one", () => {
  assert.equal(isTimeline(timeline()), true);
  const { totals, as_of, series, start, state, window, bin, ...rest } = timeline();
  const broken = [
    null, 7, "x", [], {}, rest, timeline({ state: undefined }), timeline({ state: 7 }), timeline({ totals: null }),
    timeline({ totals: { cheers: 1 } }), timeline({ totals: { cheers: "1", hate: 2 } }), timeline({ as_of: null }),
    timeline({ as_of: "x" }), timeline({ cheers: null }), timeline({ cheers: [], hate: [] }), timeline({ hate: [1, 2] }),
    timeline({ hate: "x".repeat(60) }), timeline({ hate: Array(60).fill(null) }), timeline({ start: null }),
    ...[[], null, [null], [{ key: "cheers" }], Array(9).fill(REACTIONS[0])].map((reactions) => timeline({ reactions })),
    timeline({ series: null }), timeline({ series: { cheers: [1] } }),
    timeline({ bin: "2" }), timeline({ window: undefined }), timeline({ server_time: null }),
  ];
  for (const answer of broken) assert.equal(isTimeline(answer), false, JSON.stringify(answer));
});

test("of several peaks the newest is marked", () => {
  assert.equal(peakOf(timeline({ cheers: [1, 3, 2], hate: [2, 0, 1] })), 2);
});

test("clicks lately are those of the finished bins: five of 2 s, or one", () => {
  const cheers = [9, 1, 2, 3, 4, 5, 100];
  const lately = (bin) => recentOf(timeline({ cheers, hate: cheers, bin }));
  assert.deepEqual(lately(2), { seconds: 10, counts: [15, 15] });
  assert.deepEqual(lately(15), { seconds: 15, counts: [5, 5] });
  assert.deepEqual(lately(60), { seconds: 60, counts: [5, 5] });
});

test("a share needs clicks", () => {
  assert.deepEqual([shareOf(3, 4), shareOf(0, 4), shareOf(0, 0), shareOf(null, 0)], [0.75, 0, null, null]);
});

test("of two reactions the share of the first is shown, of more each, of one none", () => {
  const shares = (counts) => sharesOf(answerOf(counts)).map((each) => each.at(-1));
  assert.deepEqual(shares({ a: 1 }), []);
  assert.deepEqual(shares({ a: 1, b: 3 }), [0.25]);
  assert.deepEqual(shares({ a: 1, b: 1, c: 2 }), [0.25, 0.25, 0.5]);
});

test("p50 and p95 are numbers that were there", () => {
  const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);
  assert.deepEqual(quantilesOf(hundred), [50, 95]);
  assert.deepEqual(quantilesOf([7]), [7, 7]);
  assert.equal(quantilesOf([]), null);
});

test("zero takes off the totals, and the bins that ended before it", () => {
  const cheers = Array(60).fill(2);
  const zero = { counts: new Map([["cheers", 1000], ["hate", 1]]), at: 1005, log: "L" };
  const shown = sinceZero(timeline({ cheers, hate: cheers }), zero);
  assert.deepEqual(shown.totals, { cheers: 234, hate: 1 });
  assert.deepEqual(shown.series.cheers.slice(0, 4), [null, null, 2, 2]);
  assert.equal(sinceZero(timeline(), { ...zero, log: "M" }).totals.cheers, 1234);
  assert.equal(sinceZero(timeline(), null).totals.cheers, 1234);
  assert.equal(sinceZero(timeline(), { ...zero, counts: new Map([["cheers", 9999], ["hate", 1]]) }).totals.cheers, 0);
  // A reaction that zero does not know has no count since then.
  assert.equal(sinceZero(timeline(), { ...zero, counts: new Map([["cheers", 9]]) }).totals.cheers, 1234);
});

test("of the bin in which zero falls there is left what came after it", () => {
  const cheers = [...Array(58).fill(0), 5, 3];
  const zeroed = (before, at) => {
    const zero = { counts: new Map([["cheers", before], ["hate", 0]]), at, log: "L" };
    return sinceZero(timeline({ cheers, totals: { cheers: 100, hate: 0 } }), zero).series.cheers.slice(-2);
  };
  assert.deepEqual(zeroed(96, 1117), [1, 3]);
  assert.deepEqual(zeroed(98, 1118), [null, 2]);
  // What a phone tapped before zero and sent later is counted, but no bin gets more than it has.
  assert.deepEqual(zeroed(90, 1117), [5, 3]);
  assert.deepEqual(zeroed(98, 1117), [0, 3]);
});
