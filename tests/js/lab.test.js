"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { Lab } = require("../../assets/lab/lab.js");
const { labOf, placed, recordOf, world } = require("./labs.js");

const CLICK = "kafka/click";
const KAFKA = { isFile: false, isFlink: false };

test("it asks once a second, one request at a time, and never while nobody sees it", async () => {
  const { lab, state, asked } = world(Lab);
  await lab.tick();
  state.time += 999;
  await lab.tick();
  assert.equal(asked(), 1);
  state.time += 1;
  const first = lab.tick();
  await lab.tick();
  await first;
  assert.equal(asked(), 2);
  state.hidden = true;
  state.time += 60000;
  await lab.tick();
  assert.equal(asked(), 2);
});

test("a slow answer holds back the next request", async () => {
  const { lab, state, asked } = world(Lab);
  let release = null;
  state.replies["kafka/lab"] = () => new Promise((resolve) => (release = resolve));
  const first = lab.tick();
  state.time += 5000;
  await lab.tick();
  assert.equal(asked(), 1);
  release({ status: 200, answer: labOf() });
  await first;
  assert.equal(lab.answered, 6000);
});

test("it asks each 100 ms while a tap waits for its record, and for 12 s at most", async () => {
  const { lab, state, asked } = world(Lab);
  state.replies[CLICK] = placed(17);
  await lab.tap("cheers", 990);
  for (let ms = 0; ms < 20000; ms += 50) {
    await lab.tick();
    state.time += 50;
  }
  assert.ok(asked() >= 120 && asked() <= 120 + 10, asked());
  assert.equal(lab.journey.state, "missed");
  assert.equal(lab.journey.whyMissed(), "behind");
});

test("a tap ends at the answer that holds its record, and what it sent is named once", async () => {
  const { lab, state } = world(Lab);
  state.replies[CLICK] = placed(17);
  await lab.tap("hate", 990);
  assert.deepEqual(state.sent[0], [
    "POST", CLICK, { client: "lab-1", seq: 1, clicks: [{ type: "hate", age_ms: 0 }], trace: true },
  ]);
  state.answer = labOf({ records: [recordOf({ offset: 18 }), recordOf({ partition: 1 }), recordOf()] });
  await lab.tick();
  assert.equal(lab.journey.state, "shown");
  assert.deepEqual([lab.journey.record.partition, lab.journey.record.offset], [0, 17]);
  assert.equal(lab.journey.at, 5990);
  assert.deepEqual([...lab.own], ["0/17"]);
  await lab.tap("hate", 1000);
  assert.equal(state.sent[state.sent.length - 1][2].seq, 2);
});

test("in a new log none of the records is this page's, and nothing can be sent again", async () => {
  const { lab, state } = world(Lab);
  await lab.tick();
  state.replies[CLICK] = placed(17);
  await lab.tap("cheers", 1000);
  state.answer = labOf({ log: null });
  state.time += 1000;
  await lab.tick();
  assert.deepEqual([lab.own.size, lab.may("again", KAFKA)], [1, true]);
  state.answer = labOf({ log: "log-2", records: [recordOf()] });
  state.time += 1000;
  await lab.tick();
  assert.deepEqual([lab.own.size, lab.may("again", KAFKA), lab.journey], [0, false, null]);
  state.replies[CLICK] = placed(18);
  await lab.tap("cheers", 1000);
  assert.deepEqual([...lab.own], ["0/18"]);
});

test("sent again it is the same request, and the first stays the one that can be sent again", async () => {
  const { lab, state } = world(Lab);
  await lab.tick();
  assert.equal(lab.may("again", KAFKA), false);
  assert.equal(lab.experiment("again", "", 1000), null);
  state.replies[CLICK] = placed(17);
  await lab.tap("cheers", 1000);
  assert.equal(lab.may("again", KAFKA), true);
  state.replies[CLICK] = placed(18);
  await lab.experiment("again", "", 1000);
  const [first, second] = state.sent.filter(([method]) => method === "POST");
  assert.deepEqual(second, first);
  assert.equal(lab.outcomes.again.first.place.offset, 17);
  await lab.experiment("again", "", 1000);
  assert.equal(lab.outcomes.again.first.place.offset, 17);
});

test("in a file the old row stands, so nothing is waited for", async () => {
  const { lab, state } = world(Lab);
  await lab.tick();
  state.replies[CLICK] = placed(3);
  await lab.tap("cheers", 1000);
  await lab.experiment("again", "", 1000);
  assert.equal(lab.outcomes.again.isSameRow, true);
  assert.equal(lab.outcomes.again.state, "shown");
  assert.equal(lab.outcomes.again.spans().consumer, null);
});

test("of a tap without an answer the old row is known by when it was read", async () => {
  const { lab, state } = world(Lab);
  await lab.tick();
  state.replies[CLICK] = { status: 0, answer: null };
  await lab.tap("cheers", 1000);
  state.replies[CLICK] = placed(17);
  const isOld = async (record) => {
    await lab.experiment("again", "", state.time);
    state.answer = labOf({ records: [record] });
    state.time += 100;
    await lab.tick();
    return lab.outcomes.again.isSameRow;
  };
  assert.equal(await isOld(recordOf({ polled_at: 999 })), true);
  assert.equal(await isOld(recordOf({ polled_at: 1000.02 })), false);
});

test("the experiments send what they name, and nothing without the right", async () => {
  const { lab, state } = world(Lab);
  assert.equal(lab.experiment("many", "", 1000), null);
  state.answer = labOf({ may_change: false });
  await lab.tick();
  for (const what of ["again", "broken", "pause", "old", "many"]) {
    assert.equal(lab.experiment(what, "empty", 1000), null);
    assert.equal(lab.may(what, KAFKA), false);
  }
  assert.equal(state.sent.length, 1);
  state.answer = labOf();
  state.time += 1000;
  await lab.tick();
  assert.deepEqual(["broken", "pause", "old"].map((what) => lab.may(what, KAFKA)), [true, true, true]);
  assert.deepEqual(["broken", "pause", "old"].map((what) => lab.may(what, { isFile: true })), [false, true, true]);
  assert.deepEqual(["broken", "pause", "old"].map((what) => lab.may(what, { isFlink: true })), [true, false, true]);
  assert.equal(lab.experiment("rude", "", 1000), null);
  await lab.experiment("old", 1800, 1000);
  await lab.experiment("many", "", 1000);
  await lab.experiment("broken", "not-json", 1000);
  const [old, many, broken] = state.sent.slice(2);
  assert.deepEqual(old[2].clicks, [{ type: "cheers", age_ms: 1800000 }]);
  assert.equal(many[2].clicks.length, 200);
  assert.deepEqual(broken, ["POST", "kafka/lab/broken", { kind: "not-json" }]);
});

test("what fails is kept with its status, until an answer comes", async () => {
  const { lab, state } = world(Lab);
  for (const reply of [{ status: 0, answer: null }, { status: 403, answer: { message: "later" } }, { status: 200, answer: [] }]) {
    state.replies["kafka/lab"] = reply;
    state.time += 1000;
    await lab.tick();
    assert.equal(lab.failure.status, reply.status);
    assert.equal(lab.answer, null);
  }
  delete state.replies["kafka/lab"];
  state.time += 1000;
  await lab.tick();
  assert.equal(lab.failure, null);
  assert.equal(lab.answer.process, "7-ab");
});

test("a request that was refused or got no answer says so", async () => {
  const { lab, state } = world(Lab);
  const states = [];
  const replies = [
    { status: 0, answer: null },
    { status: 503, answer: { message: "Failed to send to Kafka" } },
    { status: 503, answer: { message: "slow", appended: false } },
    { status: 429, answer: { message: "many" }, retryMs: 6000 },
    { status: 200, answer: {} },
  ];
  for (const reply of replies) {
    state.replies[CLICK] = reply;
    await lab.tap("cheers", 1000);
    states.push([lab.journey.state, lab.journey.refusal.seconds]);
  }
  assert.deepEqual(states, [["lost", 0], ["lost", 0], ["refused", 0], ["refused", 6], ["refused", 0]]);
});

test("why a record was not shown: counted and not noted, not counted, or nobody answered", async () => {
  const { lab, state } = world(Lab);
  const missed = async (reply) => {
    state.replies[CLICK] = placed(17);
    await lab.tap("cheers", state.time);
    state.replies["kafka/lab"] = reply;
    state.time += 13000;
    await lab.tick();
    return lab.journey.whyMissed();
  };
  assert.equal(await missed({ status: 0, answer: null }), "silent");
  assert.equal(await missed({ status: 200, answer: labOf({ as_of: { 0: 18 } }) }), "noted");
  assert.equal(await missed({ status: 200, answer: labOf({ as_of: { 0: 17 } }) }), "behind");
});
