"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { DONE, MAYBE_APPENDED, MemoryStorage, SITE, TEXTS, world } = require("./world.js");

const HOUR = 3600 * 1000;

/** A storage in which each of these earlier pages has left one tap that was never sent. */
function left(...clients) {
  const storage = new MemoryStorage();
  for (const client of clients) world({ storage, client }).queue.tap("cheers");
  return storage;
}

/** Lets the clock run until all pauses are over. */
async function wait(here, times = 6) {
  for (let turn = 0; turn < times; turn += 1) await here.pass(40000);
}

test("a batch whose outcome stays unknown does not hold up those of other pages", async () => {
  const here = world({ storage: left("a", "b", "c") });
  here.server.post = async (body) => {
    here.state.posted.push(JSON.parse(body));
    return JSON.parse(body).client === "a" ? MAYBE_APPENDED : DONE;
  };
  here.queue.adopt();
  await here.settle();
  await wait(here);
  const order = here.state.posted.map((body) => body.client);
  assert.deepEqual(order.slice(0, 3), ["a", "b", "a"]);
  assert.ok(order.includes("c"));
  assert.equal(here.queue.waiting(), 1);
});

test("while all outcomes are unknown each page has its turn, the own one first", async () => {
  const here = world({ storage: left("a", "b"), answers: Array(7).fill(MAYBE_APPENDED) });
  here.queue.tap("hate");
  here.queue.adopt();
  await here.settle();
  await wait(here, 5);
  const order = here.state.posted.map((body) => body.client);
  assert.deepEqual(order.slice(0, 6), ["me", "a", "b", "me", "a", "b"]);
});

test("after a success the own taps come first again", async () => {
  const here = world({ storage: left("a", "b", "c"), answers: [MAYBE_APPENDED, DONE] });
  here.queue.adopt();
  await here.settle();
  here.queue.tap("hate");
  await wait(here);
  assert.deepEqual(here.state.posted.map((body) => body.client), ["a", "me", "a", "b", "c"]);
});

test("the toast waits until the texts are known, the sending does not", async () => {
  const texts = new Map();
  const here = world({ storage: left("a", "b"), texts });
  here.queue.adopt();
  await here.settle();
  assert.equal(here.state.posted.length, 2);
  assert.deepEqual(here.state.toasts, []);
  for (const [type, toast] of TEXTS) texts.set(type, toast);
  here.queue.announce();
  here.queue.announce();
  assert.deepEqual(here.state.toasts, ["Event sent: CHEERS 🚀 ×2"]);
});

test("what other pages left is read when it is counted anew, not at each tap", () => {
  const storage = left("a", "b");
  const here = world({ storage });
  here.queue.adopt();
  assert.equal(here.queue.waiting(), 2);
  const read = [];
  const getItem = storage.getItem.bind(storage);
  storage.getItem = (key) => read.push(key) && getItem(key);
  here.queue.tap("cheers");
  assert.equal(here.queue.waiting(), 3);
  assert.deepEqual([...new Set(read)], [`clicks:${SITE}:me`]);
});

test("the server may not ask for more than a minute of silence, nor for less than none", async () => {
  for (const retryAfter of [1e12, Infinity, 120, -5]) {
    const here = world({ answers: [{ status: 429, json: null, retryAfter }] });
    here.queue.tap("cheers");
    await here.go();
    assert.ok(here.state.delays.every((ms) => ms >= 0 && ms <= 75000), `${here.state.delays}`);
    await here.pass(75000);
    assert.equal(here.state.posted.length, 2);
  }
});

test("no timer is longer than a timer can be", () => {
  const here = world();
  here.queue.wake(1e15);
  assert.deepEqual(here.state.delays, [2 ** 31 - 1]);
});

test("an answer without a usable repeat_s is none", async () => {
  for (const repeat_s of [undefined, "5", -1, NaN, {}, true]) {
    const here = world({ answers: [null], asked: [{ repeat_s }, { repeat_s: 60 }] });
    here.queue.tap("cheers");
    await here.go();
    await here.pass(1000);
    assert.deepEqual([here.state.asks, here.state.posted.length], [1, 1], String(repeat_s));
    assert.equal(here.queue.known.repeatSeconds, undefined);
    await here.pass(5000);
    assert.deepEqual([here.state.asks, here.state.posted.length], [2, 2], String(repeat_s));
  }
});

test("a clock that jumps changes neither the age nor the life of this page's taps", async () => {
  for (const jump of [25 * HOUR, -25 * HOUR]) {
    const here = world();
    here.queue.tap("cheers");
    here.state.jump = jump;
    await here.pass(3000);
    assert.deepEqual(here.state.posted.map((body) => body.clicks.map((click) => click.age_ms)), [[3000]]);
    assert.equal(here.queue.refused, 0);
  }
});

test("what is left is as old, for a later visit, as the clock on the wall says", async () => {
  const here = world({ storage: left("a"), client: "new" });
  here.state.time = 5;
  here.state.jump = 1000000 + HOUR;
  here.queue.adopt();
  await here.settle();
  assert.deepEqual(here.state.posted.map((body) => body.clicks[0].age_ms), [HOUR + 5]);
});

test("what was sent is not repeated too late when the clock is set back", async () => {
  const here = world({ answers: [null], asked: [null, { repeat_s: 60 }] });
  here.queue.tap("cheers");
  await here.go();
  here.state.jump = -2 * HOUR;
  await here.pass(5000);
  await here.pass(HOUR);
  await here.pass(5000);
  assert.equal(here.state.posted.length, 1);
  assert.equal(here.queue.unknown, 1);
});

test("the time that the server asked for is kept when the network comes back, another pause is not", async () => {
  const asked = world({ answers: [{ status: 429, json: null, retryAfter: 20 }] });
  const lost = world({ answers: [null] });
  for (const here of [asked, lost]) {
    here.queue.tap("cheers");
    await here.go();
    here.queue.adopt();
    await here.settle();
  }
  assert.deepEqual([asked.state.posted.length, lost.state.posted.length], [1, 2]);
  await asked.pass(19000);
  assert.equal(asked.state.posted.length, 1);
  await asked.pass(6000);
  assert.equal(asked.state.posted.length, 2);
});
