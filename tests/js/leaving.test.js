"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { MAYBE_APPENDED, MemoryStorage, NOT_APPENDED, world } = require("./world.js");

const FORBIDDEN = { status: 401, json: { status: "error", message: "This needs the access code" }, retryAfter: 0 };
const TOO_MANY = { status: 429, json: { status: "error", message: "Too many", appended: false }, retryAfter: 5 };

test("what the server did not take waits over a closing and a reload, as never sent", async () => {
  for (const refusal of [NOT_APPENDED, TOO_MANY, FORBIDDEN]) {
    const storage = new MemoryStorage();
    const { queue, state, store, go } = world({ storage, answers: [refusal] });
    queue.tap("cheers");
    await go();
    queue.tap("hate");
    queue.leave();
    assert.deepEqual([state.beacons.length, store.read("me")[0].sent], [0, null], String(refusal.status));
    const later = world({ storage, client: "new", asked: [{ repeat_s: 0 }] });
    later.state.time += 8 * 3600 * 1000;
    later.queue.adopt();
    await later.settle();
    assert.deepEqual(later.state.posted.map((body) => body.clicks.length), [2], String(refusal.status));
  }
});

test("a request that the browser cancels because the page ends is handed over, with all that waits", async () => {
  let reject;
  const { queue, state, store, go, settle, pass } = world({
    answers: [() => new Promise((resolve) => (reject = () => resolve(null)))],
  });
  queue.tap("cheers");
  await go();
  queue.tap("hate");
  queue.tap("hate");
  await pass(300);
  reject();
  await settle();
  await pass(200);
  queue.leave();
  const handed = state.beacons.map((body) => [body.seq, body.clicks.length, body.first_sent_ms]);
  assert.deepEqual(handed, [[0, 1, 500], [1, 2, undefined]]);
  assert.ok(store.read("me").every((batch) => batch.sent !== null));
});

test("an answer that is unclear is not the page's own end", async () => {
  const { queue, state, go } = world({ answers: [MAYBE_APPENDED] });
  queue.tap("cheers");
  await go();
  queue.tap("hate");
  queue.leave();
  assert.deepEqual(state.beacons, []);
});

test("a loss after which a proxy has answered is not the page's own end", async () => {
  const { queue, server, state, store, go, pass } = world({ answers: [null] });
  server.ask = async () => ({ status: 502, json: null, retryAfter: 0 });
  queue.tap("cheers");
  await go();
  await pass(500);
  queue.tap("hate");
  queue.leave();
  assert.deepEqual(state.beacons, []);
  assert.deepEqual(store.read("me").map((batch) => batch.sent === null), [false, true]);
});

test("a beacon that the browser does not take leaves the taps as they were", () => {
  const { queue, server, store } = world();
  queue.tap("cheers");
  server.beacon = () => false;
  queue.leave();
  assert.deepEqual(store.read("me").map(({ sent, tries }) => [sent, tries]), [[null, 0]]);
});

test("a batch is noted as sent before the browser has the beacon", () => {
  const { queue, server, store } = world();
  queue.tap("cheers");
  const seen = [];
  server.beacon = () => seen.push(store.read("me")[0].sent) > 0;
  queue.leave();
  assert.notEqual(seen[0], null);
});
