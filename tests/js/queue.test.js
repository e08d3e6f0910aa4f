"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { DONE, MAYBE_APPENDED, MemoryStorage, NOT_APPENDED, world } = require("./world.js");

test("a tap that raised no click is sent by the queue itself", async () => {
  const { queue, state, pass } = world();
  queue.tap("cheers");
  assert.equal(state.posted.length, 0);
  await pass(250);
  assert.deepEqual(state.posted.map((body) => [body.client, body.seq, body.clicks.length]), [["me", 0, 1]]);
  assert.deepEqual(state.toasts, ["Event sent: CHEERS 🚀"]);
  assert.equal(queue.waiting(), 0);
});

test("a queue is idle, asks or posts, one at a time", async () => {
  let answer;
  const pending = () => new Promise((done) => (answer = done));
  const { queue, server, settle, pass } = world({ answers: [null, pending] });
  const seen = [queue.activity.name];
  const see = () => seen.push(queue.activity.name);
  server.ask = pending;
  queue.tap("cheers");
  see();
  await pass(250);
  see();
  await pass(1000);
  see();
  answer({ status: 200, json: { repeat_s: 60 }, retryAfter: 0 });
  await settle();
  see();
  queue.tap("hate");
  see();
  answer(DONE);
  await settle();
  see();
  assert.deepEqual(seen, ["idle", "idle", "idle", "asking", "posting", "posting", "idle"]);
});

test("one batch is in flight, taps made meanwhile follow in the next one", async () => {
  let answer;
  const { queue, state, go, settle } = world({ answers: [() => new Promise((done) => (answer = done))] });
  queue.tap("cheers");
  await go();
  for (let tap = 0; tap < 19; tap += 1) queue.tap("hate");
  await go();
  assert.equal(state.posted.length, 1);
  assert.equal(queue.waiting(), 20);
  answer(DONE);
  await settle();
  assert.deepEqual(state.posted.map((body) => [body.seq, body.clicks.length]), [[0, 1], [1, 19]]);
  assert.equal(queue.waiting(), 0);
});

test("nothing appended: the batch counts as never sent, waits and takes further taps", async () => {
  const { queue, state, store, go, pass } = world({ answers: [NOT_APPENDED] });
  queue.tap("cheers");
  await go();
  assert.equal(store.read("me")[0].sent, null);
  queue.tap("cheers");
  await go();
  assert.equal(state.posted.length, 1);
  await pass(1200);
  assert.equal(state.asks, 0);
  assert.deepEqual(state.posted.map((body) => [body.seq, body.clicks.length]), [[0, 1], [0, 2]]);
});

test("too many: the taps wait as long as the server asks, take further ones, and then arrive", async () => {
  const json = { status: "error", message: "Too many clicks; try again in 25 s", appended: false };
  const { queue, state, store, go, pass } = world({ answers: [{ status: 429, json, retryAfter: 25 }] });
  for (let tap = 0; tap < 500; tap += 1) queue.tap("cheers");
  await go();
  assert.equal(store.read("me")[0].sent, null);
  assert.deepEqual(state.toasts, ["toast_repeat Too many clicks; try again in 25 s"]);
  queue.tap("hate");
  await pass(24000);
  assert.equal(state.posted.length, 1);
  await pass(8000);
  assert.equal(state.asks, 0);
  assert.deepEqual(state.posted.map((body) => [body.seq, body.clicks.length]), [[0, 500], [0, 500], [1, 1]]);
  assert.equal(queue.waiting(), 0);
});

test("outcome unknown: the timeline must answer before the same batch is repeated", async () => {
  const { queue, state, go, pass } = world({ answers: [null], asked: [null, null, { repeat_s: 60 }] });
  queue.tap("cheers");
  await go();
  queue.tap("hate");
  assert.equal(queue.delivery, "lost");
  for (let turn = 0; turn < 3; turn += 1) {
    assert.equal(state.posted.length, 1);
    await pass(5000);
  }
  assert.equal(state.asks, 3);
  assert.deepEqual(state.posted.map((body) => [body.seq, body.clicks.length]), [[0, 1], [0, 1], [1, 1]]);
  assert.equal(queue.delivery, "clear");
});

test("a batch of unknown outcome is dropped, and shown, when it may not be repeated any more", async () => {
  const { queue, state, go, pass } = world({ answers: [MAYBE_APPENDED], asked: [null, { repeat_s: 3 }] });
  queue.tap("cheers");
  await go();
  await pass(2000);
  await pass(5000);
  assert.equal(state.posted.length, 1);
  assert.equal(queue.unknown, 1);
  assert.equal(queue.waiting(), 0);
  assert.match(state.toasts.at(-1), /^toast_unknown 1$/);
});

test("only one toast for a series of failures, and the next success speaks again", async () => {
  const { queue, state, go, pass } = world({ answers: [NOT_APPENDED, NOT_APPENDED, NOT_APPENDED] });
  queue.tap("cheers");
  await go();
  for (let turn = 0; turn < 5; turn += 1) await pass(5000);
  assert.deepEqual(state.toasts, ["toast_repeat Failed to send to Kafka", "Event sent: CHEERS 🚀"]);
});

test("not allowed: kept, repeated every 30 s, with the server's own words", async () => {
  const no = { status: 403, json: { status: "error", message: "Not allowed to write to the topic" }, retryAfter: 0 };
  const { queue, state, go, pass } = world({ answers: [no] });
  queue.tap("cheers");
  await go();
  assert.deepEqual(state.toasts, ["toast_forbidden Not allowed to write to the topic"]);
  await pass(29000);
  assert.equal(state.posted.length, 1);
  await pass(1001);
  assert.equal(state.posted.length, 2);
  assert.equal(queue.delivery, "clear");
});

test("refused for good: dropped and said, the rest goes on", async () => {
  const no = { status: 400, json: { status: "error", message: "Invalid click type", appended: false }, retryAfter: 0 };
  const { queue, state, go } = world({ answers: [no] });
  queue.tap("cheers");
  await go();
  assert.deepEqual([queue.refused, queue.waiting()], [1, 0]);
  assert.deepEqual(state.toasts, ["toast_refused Invalid click type"]);
  queue.tap("hate");
  await go();
  assert.equal(state.posted.at(-1).seq, 1);
});

test("leaving hands over all that is unacknowledged, the batch in flight included", async () => {
  const { queue, state, store, go } = world({ answers: [() => new Promise(() => {})] });
  queue.tap("cheers");
  await go();
  queue.tap("hate");
  queue.tap("hate");
  queue.leave();
  assert.deepEqual(state.beacons.map((body) => [body.seq, body.clicks.length]), [[0, 1], [1, 2]]);
  assert.ok(store.read("me").every((batch) => batch.sent !== null));
  queue.tap("hate");
  assert.deepEqual(store.read("me").map((batch) => batch.seq), [0, 1, 2]);
});

test("leaving a page that is offline keeps what was never sent for a later visit", async () => {
  const storage = new MemoryStorage();
  const { queue, state, store } = world({ storage });
  queue.tap("cheers");
  state.online = false;
  queue.leave();
  assert.equal(state.beacons.length, 0);
  assert.equal(store.read("me")[0].sent, null);
  const later = world({ storage, client: "new", asked: [{ repeat_s: 0 }] });
  later.state.time += 23 * 3600 * 1000;
  later.queue.adopt();
  await later.settle();
  assert.deepEqual(later.state.posted.map((body) => [body.client, body.clicks.length]), [["me", 1]]);
});

test("leaving while the server is lost hands over nothing that was never sent", async () => {
  const { queue, state, store, go, pass } = world({ answers: [null], asked: Array(9).fill(null) });
  queue.tap("cheers");
  await go();
  await pass(3000);
  queue.tap("hate");
  queue.leave();
  assert.equal(state.beacons.length, 0);
  assert.deepEqual(store.read("me").map((batch) => batch.sent === null), [false, true]);
});

test("leaving does not repeat a batch of which nobody knows whether it still may be", () => {
  const { queue, state, store } = world();
  store.write("me", [{ seq: 0, taps: [["cheers", 1]], sent: 1, tries: 1 }]);
  queue.leave();
  assert.equal(state.beacons.length, 0);
  assert.equal(queue.waiting(), 1);
});

test("a later visit sends what an earlier one left, under its old id", async () => {
  const storage = new MemoryStorage();
  const before = world({ storage, client: "old" });
  before.queue.tap("cheers");
  before.queue.leave();
  const after = world({ storage, client: "new" });
  after.queue.adopt();
  await after.settle();
  assert.equal(after.state.asks, 1);
  assert.deepEqual(after.state.posted.map((body) => [body.client, body.seq]), [["old", 0]]);
  assert.equal(storage.length, 0);
});

test("two pages that send the same batch each remove it once, and neither brings it back", async () => {
  const storage = new MemoryStorage();
  let answer;
  const one = world({ storage, client: "one", answers: [() => new Promise((done) => (answer = done))] });
  one.queue.tap("cheers");
  await one.go();
  const two = world({ storage, client: "two" });
  two.queue.adopt();
  await two.settle();
  assert.equal(storage.length, 0);
  answer(DONE);
  await one.settle();
  assert.equal(one.queue.waiting(), 0);
  one.queue.tap("hate");
  await one.go();
  assert.deepEqual(one.state.posted.map((body) => body.seq), [0, 1]);
});

test("not appended for one page does not undo another page's unknown try", async () => {
  const storage = new MemoryStorage();
  let answer;
  const one = world({ storage, client: "one", answers: [() => new Promise((done) => (answer = done))] });
  one.queue.tap("cheers");
  await one.go();
  const two = world({ storage, client: "two", answers: [null] });
  two.queue.adopt();
  await two.settle();
  answer(NOT_APPENDED);
  await one.settle();
  assert.notEqual(one.store.read("one")[0].sent, null);
});

test("a long outage does not slow down what comes after it", async () => {
  const { queue, state, go, pass } = world({ answers: [null, NOT_APPENDED], asked: Array(12).fill(null) });
  queue.tap("cheers");
  await go();
  for (let turn = 0; turn < 13; turn += 1) await pass(5000);
  assert.equal(state.posted.length, 2);
  await pass(2000);
  assert.equal(state.posted.length, 3);
});

test("taps from yesterday that were never sent are dropped and said", async () => {
  const { queue, state, go } = world();
  queue.tap("cheers");
  state.time += 25 * 3600 * 1000;
  queue.tap("hate");
  await go();
  assert.deepEqual(state.posted.map((body) => body.clicks.length), [1]);
  assert.equal(queue.refused, 1);
  assert.match(state.toasts[0], /^toast_old 1$/);
});
