"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { formatsOf } = require("../../assets/dashboard/words.js");
const { areTalks, hasReport, isHidden, partsOf, tapsOf, whenOf } = require("../../assets/talks/contents.js");
const { text } = require("./answers.js");

const DAY = 86400;
const LOOK = formatsOf("en-US");
const TIMES = {
  day: (second) => `day ${Math.floor(second / DAY)}`,
  minute: (second) => `m${Math.floor(second / 60) % 1440}`,
};
const talkOf = (changes = {}) => ({
  id: "k7wq2m9x", title: "Kafka", started_at: 600, ended_at: 4200, results: "shown",
  reactions: [{ key: "a", label: "A" }, { key: "b", label: "B" }], totals: { a: 1500, b: 500 }, ...changes,
});

test("a talk has its day, its times and its length; the day of the end stands where it is another one", () => {
  assert.equal(whenOf(talkOf(), text, TIMES), "day 0 · m10 – m70 · length_of_talk 1:00:00");
  assert.equal(whenOf(talkOf({ ended_at: DAY + 60 }), text, TIMES), "day 0 · m10 – day 1 m1 · length_of_talk 23:51:00");
  assert.equal(whenOf(talkOf({ ended_at: null }), text, TIMES), "day 0 · since_time m10");
});

test("totals are those of all taps, and of each reaction with its share", () => {
  assert.equal(tapsOf(talkOf(), text, LOOK), "taps 2,000");
  assert.deepEqual(partsOf(talkOf(), LOOK), [
    { label: "A", count: "1,500", share: "75%" }, { label: "B", count: "500", share: "25%" },
  ]);
  const shares = partsOf(talkOf({ totals: { a: 0, b: 0 } }), LOOK).map(({ share }) => share);
  assert.deepEqual(shares, ["", ""]);
});

test("totals that the process does not know are in the report", () => {
  const unknown = talkOf({ totals: null });
  assert.deepEqual([tapsOf(unknown, text, LOOK), partsOf(unknown, LOOK)], ["taps_in_report", []]);
  assert.equal(hasReport(unknown, false), true);
});

test("hidden results have a sum, and neither parts nor a report, also for the presenter", () => {
  for (const hidden of [{ results: "hidden", totals: { all: 7 } }, { totals: { all: 7 } }, { results: "hidden", totals: null }]) {
    const talk = talkOf(hidden);
    assert.deepEqual([isHidden(talk), hasReport(talk, true), partsOf(talk, LOOK)], [true, false, []]);
  }
  assert.match(tapsOf(talkOf({ totals: { all: 7 } }), text, LOOK), /^taps 7 · results_later$/);
  const shown = talkOf({ reactions: [{ key: "all", label: "All" }], totals: { all: 7 } });
  assert.equal(isHidden(shown), false);
});

test("only the presenter sees the report of a talk that runs", () => {
  const running = talkOf({ ended_at: null });
  assert.deepEqual([hasReport(running, false), hasReport(running, true)], [false, true]);
});

test("whatever is no list of talks is not shown", () => {
  assert.equal(areTalks({ talks: [talkOf(), talkOf({ totals: null, ended_at: null })] }), true);
  for (const talk of [null, 7, talkOf({ title: 7 }), talkOf({ totals: { a: "7" } }), talkOf({ ended_at: "x" }), talkOf({ reactions: null })]) {
    assert.equal(areTalks({ talks: [talk] }), false);
  }
  for (const value of [null, [], {}, { talks: {} }]) assert.equal(areTalks(value), false);
});
