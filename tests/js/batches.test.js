"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { Store, acknowledge, append, expire, forget, payload } = require("../../assets/clicker/batches.js");
const { backoff, describe, outcomeOf, sentText } = require("../../assets/clicker/delivery.js");
const { DONE, MAYBE_APPENDED, MemoryStorage, NOT_APPENDED, SITE, TEXTS, text } = require("./world.js");

const HOUR = 3600 * 1000;

test("taps go into the last batch until that was sent or is full", () => {
  const batches = [];
  let next = 0;
  for (let tap = 0; tap < 501; tap += 1) next = append(batches, next, ["cheers", tap]);
  assert.deepEqual(batches.map((batch) => [batch.seq, batch.taps.length]), [[0, 500], [1, 1]]);
  batches[1].sent = 5;
  next = append(batches, next, ["hate", 9]);
  assert.deepEqual(batches.map((batch) => batch.seq), [0, 1, 2]);
  assert.equal(next, 3);
});

test("a payload carries the wire names and each tap's age when it is sent", () => {
  const batch = { seq: 7, taps: [["cheers", 100], ["hate", 900]], sent: null, tries: 0 };
  assert.deepEqual(JSON.parse(payload("c", batch, 1000)), {
    client: "c",
    seq: 7,
    clicks: [{ type: "cheers", age_ms: 900 }, { type: "hate", age_ms: 100 }],
  });
});

test("a clock that was set back gives no negative age", () => {
  const batch = { seq: 0, taps: [["cheers", 5000]], sent: null, tries: 0 };
  assert.equal(JSON.parse(payload("c", batch, 1000)).clicks[0].age_ms, 0);
});

test("taps that were never sent expire after a day, sent ones do not", () => {
  const now = 100 * HOUR;
  const batches = [
    { seq: 0, taps: [["cheers", now - 25 * HOUR]], sent: null, tries: 0 },
    { seq: 1, taps: [["cheers", now - 25 * HOUR]], sent: now - 25 * HOUR, tries: 1 },
    { seq: 2, taps: [["hate", now - 25 * HOUR], ["hate", now - 23 * HOUR]], sent: null, tries: 0 },
  ];
  assert.equal(expire(batches, now), 2);
  assert.deepEqual(batches.map((batch) => [batch.seq, batch.taps.length]), [[1, 1], [2, 1]]);
});

test("what was sent longer ago than it may be repeated is forgotten", () => {
  const taps = [["cheers", 0]];
  const batches = [
    { seq: 0, taps, sent: 0, tries: 1 },
    { seq: 1, taps, sent: 9000, tries: 1 },
    { seq: 2, taps, sent: null, tries: 0 },
  ];
  assert.equal(forget(batches, null, 1e12), 0);
  assert.equal(forget(batches, 5, 10000), 1);
  assert.deepEqual(batches.map((batch) => batch.seq), [1, 2]);
});

test("a batch to which its page has added taps meanwhile is not removed by an acknowledgement", () => {
  const batches = [{ seq: 0, taps: [["cheers", 0], ["cheers", 1]], sent: 0, tries: 1 }];
  acknowledge(batches, 0, 1);
  assert.equal(batches.length, 1);
  acknowledge(batches, 0, 2);
  assert.equal(batches.length, 0);
});

test("each answer means one thing for the batch", () => {
  const error = { status: "error", message: "no" };
  const cases = [
    [null, "unknown"],
    [DONE, "done"],
    [{ status: 200, json: null }, "unknown"],
    [{ status: 200, json: { status: "fine" } }, "unknown"],
    [NOT_APPENDED, "unsent"],
    [MAYBE_APPENDED, "unknown"],
    [{ status: 429, json: null }, "unsent"],
    [{ status: 409, json: { ...error, appended: false, log: "b" } }, "moved"],
    [{ status: 409, json: { ...error, appended: false, repeat_s: 3 } }, "late"],
    [{ status: 409, json: { ...error, appended: false } }, "closed"],
    [{ status: 409, json: error }, "unknown"],
    [{ status: 403, json: error }, "forbidden"],
    [{ status: 401, json: error }, "forbidden"],
    [{ status: 403, json: null }, "unknown"],
    [{ status: 400, json: { ...error, appended: false } }, "refused"],
    [{ status: 400, json: { ...error, appended: false, unknown: ["boo"] } }, "unoffered"],
    [{ status: 400, json: error }, "unknown"], // A host's own rule.
    [{ status: 404, json: error }, "unknown"],
    [{ status: 413, json: { ...error, appended: false } }, "refused"],
    [{ status: 415, json: { ...error, appended: false } }, "refused"],
    [{ status: 413, json: error }, "unknown"],
    [{ status: 415, json: null }, "unknown"],
    [{ status: 404, json: null }, "unknown"],
    [{ status: 502, json: null }, "unknown"],
    [{ status: 500, json: error }, "unknown"],
  ];
  for (const [answer, outcome] of cases) assert.equal(outcomeOf(answer), outcome, JSON.stringify(answer));
});

test("the pauses grow, are spread and have a cap", () => {
  assert.equal(backoff(0, 30000, 0), 250);
  assert.equal(backoff(0, 30000, 1), 500);
  assert.equal(backoff(3, 30000, 1), 4000);
  assert.equal(backoff(99, 30000, 1), 30000);
});

test("a toast has one line for each type and says how many", () => {
  assert.equal(sentText([["cheers", 0]], TEXTS), "Event sent: CHEERS 🚀");
  assert.equal(sentText([["hate", 0], ["hate", 1]], TEXTS), "Event sent: HATE 🚀 ×2");
  assert.equal(
    sentText([["hate", 0], ["cheers", 1], ["hate", 2]], TEXTS),
    "Event sent: CHEERS 🚀\nEvent sent: HATE 🚀 ×2",
  );
  // Of an earlier page with other reactions.
  assert.equal(sentText([["ok", 0], ["hate", 1], ["ok", 2]], TEXTS), "Event sent: HATE 🚀\nok ×2");
});

test("the status says the worst that is true", () => {
  const calm = {
    delivery: "clear", online: true, waiting: 0, moment: false, sent: 0, unknown: 0, refused: 0,
  };
  const cases = [
    [{}, "ready", "ready 0"],
    [{ sent: 3 }, "sent", "sent 3"],
    [{ sent: 3, waiting: 2 }, "waiting", "waiting 2"],
    [{ sent: 3, waiting: 2, moment: true }, "sent", "sent 3"],
    [{ waiting: 2, moment: true }, "ready", "ready 2"],
    [{ delivery: "lost", waiting: 2, moment: true }, "offline", "offline 2"],
    [{ online: false, waiting: 2 }, "offline", "offline 2"],
    [{ online: false, sent: 3 }, "sent", "sent 3"],
    [{ delivery: "delayed", waiting: 2 }, "waiting", "waiting 2"],
    [{ delivery: "forbidden", online: false, waiting: 2 }, "forbidden", "forbidden 2"],
    [{ delivery: "forbidden", sent: 3 }, "sent", "sent 3"],
    [{ delivery: "lost", sent: 3 }, "sent", "sent 3"],
    [{ sent: 3, unknown: 4 }, "doubtful", "sent 3 · unknown 4"],
    [{ waiting: 2, unknown: 4 }, "waiting", "waiting 2 · unknown 4"],
    [{ closed: true }, "closed", "closed 0"],
    [{ closed: true, sent: 4, refused: 1 }, "closed", "closed 0 · sent 4 · refused 1"],
    [{ closed: true, waiting: 2 }, "waiting", "waiting 2"],
    [{ refused: 1, unknown: 4 }, "doubtful", "ready 0 · refused 1 · unknown 4"],
  ];
  for (const [changes, kind, line] of cases) {
    assert.deepEqual(describe({ ...calm, ...changes }, text), { kind, text: line }, JSON.stringify(changes));
  }
});

test("a broken or full storage falls back to memory", () => {
  const full = new MemoryStorage();
  full.setItem = () => {
    throw new Error("QuotaExceededError");
  };
  for (const storage of [null, full]) {
    const store = new Store(storage, SITE);
    store.write("c", [{ seq: 0, taps: [["cheers", 1]], sent: null, tries: 0 }]);
    assert.equal(store.read("c").length, 1);
    store.write("c", []);
    assert.deepEqual(store.read("c"), []);
  }
});

test("foreign or damaged entries in the storage are passed over", () => {
  const storage = new MemoryStorage();
  const store = new Store(storage, SITE);
  for (const entry of ["", "{", "null", "7", '[null, {"seq": 1}, {"seq": 1, "taps": [["Not a key", 1]], "sent": null, "tries": 0}]']) {
    storage.setItem(`clicks:${SITE}:c`, entry);
    assert.deepEqual(store.read("c"), []);
    assert.equal(storage.length, 0, `${entry} stays in the storage`);
  }
});

test("an entry with one batch that can be read stays", () => {
  const storage = new MemoryStorage();
  storage.setItem(`clicks:${SITE}:c`, '[null, {"seq": 1, "taps": [["hate", 1]], "sent": null, "tries": 0}]');
  assert.deepEqual(new Store(storage, SITE).read("c").map((batch) => batch.seq), [1]);
  assert.equal(storage.length, 1);
});
