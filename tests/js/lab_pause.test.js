"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { Lab } = require("../../assets/lab/lab.js");
const { Pause, lagOf } = require("../../assets/lab/pause.js");
const { outcomeOf } = require("../../assets/lab/outcomes.js");
const { labOf, lookOf, world } = require("./labs.js");

const BEFORE = labOf({
  pause_left_s: 9.4, as_of: { 0: 10, 1: 5 }, ends: { 0: 10, 1: 5 }, totals: { cheers: 12 }, duplicates: 3,
});

test("a pause shows how far the lag rose, and that each record since is one thing or another", () => {
  const pause = new Pause("7-ab", 0);
  const look = lookOf();
  pause.look(labOf({ process: "8-cd" }), 10);
  // An answer that was on its way when the pause began.
  pause.look(labOf(), 20);
  assert.equal(outcomeOf("pause", pause, look, 100), "pausing process=7-ab seconds=10 lag=0");
  pause.look(BEFORE, 600);
  pause.look({ ...BEFORE, pause_left_s: 3.2, ends: { 0: 16, 1: 8 } }, 7000);
  assert.equal(outcomeOf("pause", pause, look, 100), "pausing process=7-ab seconds=4 lag=9");
  pause.look({ ...BEFORE, pause_left_s: 0, as_of: { 0: 15, 1: 8 }, ends: { 0: 16, 1: 8 } }, 10000);
  assert.equal(outcomeOf("pause", pause, look, 100), "catching lag=1");
  pause.look({ ...BEFORE, pause_left_s: 0, state: "catching up", as_of: { 0: 16, 1: 8 }, ends: { 0: 16, 1: 8 } }, 10100);
  assert.equal(pause.isOver, false);
  const ends = { 0: 16, 1: 8 };
  const after = { as_of: ends, ends, totals: { cheers: 17, hate: 2 }, duplicates: 4, unreadable: { broken: 1 } };
  pause.look({ ...BEFORE, ...after, pause_left_s: 0 }, 11000);
  pause.look({ ...BEFORE, ...after, pause_left_s: 0, totals: { cheers: 99 } }, 12000);
  assert.deepEqual(pause.account(), { records: 9, clicks: 7, repeats: 1, unreadable: 1, isExact: true });
  assert.equal(
    outcomeOf("pause", pause, look, 100), "pause_done most=9 records=9 clicks=7 repeats=1 unreadable=1 verdict=exact",
  );
});

test("where records are missing it does not say that the totals are exact", () => {
  const pause = new Pause("7-ab", 0);
  pause.look(BEFORE, 100);
  pause.look({ ...BEFORE, ends: { 0: 13, 1: 5 } }, 200);
  const ends = { 0: 13, 1: 5 };
  pause.look({ ...BEFORE, pause_left_s: 0, as_of: ends, ends, totals: { cheers: 14 } }, 10000);
  assert.match(outcomeOf("pause", pause, lookOf(), 100), /records=3 clicks=2 .* verdict=not_exact/);
});

test("a pause without a tap, or without an answer of its process, says so", () => {
  const idle = new Pause("7-ab", 0);
  idle.look(BEFORE, 100);
  idle.look({ ...BEFORE, pause_left_s: 0 }, 10000);
  assert.equal(outcomeOf("pause", idle, lookOf(), 100), "pause_idle");
  const unseen = new Pause("7-ab", 0);
  unseen.look(labOf({ process: "8-cd" }), 31000);
  assert.equal(outcomeOf("pause", unseen, lookOf(), 100), "pause_unseen process=7-ab");
  const ended = new Pause("7-ab", 0);
  ended.look(BEFORE, 500);
  ended.look(labOf({ process: "8-cd" }), 30000);
  assert.equal(ended.isOver, false);
  ended.look(labOf({ process: "8-cd" }), 31000);
  assert.equal(outcomeOf("pause", ended, lookOf(), 100), "pause_unseen process=7-ab");
});

test("lag is what is behind the ends, and unknown without them", () => {
  assert.equal(lagOf({ ends: { 0: 5, 1: 3 }, as_of: { 0: 2, 1: 4 } }), 3);
  assert.equal(lagOf({ ends: { 0: 5 }, as_of: {} }), 5);
  assert.equal(lagOf({ ends: {}, as_of: { 0: 2 } }), null);
});

test("the button pauses the process that answers, once at a time, and a refusal is said", async () => {
  const { lab, state } = world(Lab);
  await lab.tick();
  state.replies["kafka/lab/pause"] = { status: 403, answer: { message: "Only the presenter may do this" } };
  await lab.experiment("pause", "", 0);
  assert.equal(outcomeOf("pause", lab.outcomes.pause, lookOf(), 100), "not_taken message=no_right");
  state.replies["kafka/lab/pause"] = { status: 200, answer: { process: "7-ab", pause_left_s: 10 } };
  await lab.experiment("pause", "", 0);
  assert.equal(lab.experiment("pause", "", 0), null);
  state.answer = { ...BEFORE, ends: { 0: 12, 1: 5 } };
  state.time += 1000;
  await lab.tick();
  assert.equal(lab.outcomes.pause.most, 2);
});
