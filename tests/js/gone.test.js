"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { MAYBE_APPENDED, MemoryStorage, world } = require("./world.js");

const NO = { status: "error", message: "no", appended: false };
const unoffered = (...types) => ({ status: 400, json: { ...NO, unknown: types }, retryAfter: 0 });
const CLOSED = { status: 409, json: NO, retryAfter: 0 };

/** What was sent: of each request the number of the batch and its types. */
const sent = ({ state }) => state.posted.map(({ seq, clicks }) => [seq, ...clicks.map(({ type }) => type)].join(" "));

/** Taps these types in a world with these answers, and lets so many seconds pass. */
async function tapping(types, answers, seconds, more = {}) {
  const here = world({ answers, ...more });
  for (const type of types) here.queue.tap(type);
  await here.pass(250);
  for (let second = 0; second < seconds; second += 1) await here.pass(1200);
  return here;
}

test("a type that one process of the site does not know yet is sent again until it does", async () => {
  const here = await tapping(["boo", "yes"], [unoffered("boo", "yes"), unoffered("boo")], 4);
  assert.deepEqual(sent(here), ["0 boo yes", "0 boo yes", "0 boo yes"]);
  assert.deepEqual([here.queue.sent, here.queue.refused, here.queue.waiting()], [2, 0, 0]);
  assert.deepEqual([here.state.toasts.length, here.state.hints], [1, 2]);
});

test("taps of a button that is gone are dropped after some seconds, and said; the others of the batch arrive", async () => {
  const here = await tapping(["cheers", "boo", "hate", "boo"], Array(6).fill(unoffered("boo")), 9);
  assert.deepEqual(sent(here).slice(-2), ["0 cheers boo hate boo", "0 cheers hate"]);
  assert.ok(sent(here).length <= 7);
  assert.deepEqual([here.queue.sent, here.queue.refused, here.queue.waiting()], [2, 2, 0]);
  assert.equal(here.state.toasts[0], "toast_no_button 2");
  assert.equal(here.queue.delivery, "clear");

  here.queue.tap("boo");
  here.state.answers.push(unoffered("boo"));
  await here.pass(250);
  await here.pass(1300);
  assert.equal(here.queue.sent, 3, "a type that was gone once has its seconds again");
});

test("a batch that nothing is left of goes, also that of an earlier page", async () => {
  const storage = new MemoryStorage();
  world({ storage, client: "old" }).queue.tap("boo");
  const here = world({ storage, answers: Array(7).fill(unoffered("boo")) });
  here.queue.adopt();
  await here.settle();
  for (let second = 0; second < 9; second += 1) await here.pass(1200);
  assert.deepEqual([here.queue.refused, here.queue.waiting(), storage.length], [1, 0, 0]);
});

test("taps whose earlier sending may have arrived keep their places: all of them are unknown in the end", async () => {
  const here = await tapping(["cheers", "boo"], [MAYBE_APPENDED, ...Array(9).fill(unoffered("boo"))], 12);
  assert.ok(sent(here).every((each) => each === "0 cheers boo"));
  assert.deepEqual([here.queue.unknown, here.queue.refused, here.queue.waiting()], [2, 0, 0]);
});

test("taps made after the closing are dropped and said once, and not sent again", async () => {
  const here = await tapping(["cheers", "cheers"], [CLOSED], 9);
  assert.deepEqual(sent(here), ["0 cheers cheers"]);
  assert.deepEqual([here.queue.refused, here.queue.waiting(), here.state.hints], [2, 0, 1]);
  assert.deepEqual([here.state.toasts, here.queue.delivery], [["toast_closed 2"], "clear"]);

  const unsure = await tapping(["cheers"], [MAYBE_APPENDED, CLOSED], 9);
  assert.deepEqual([unsure.queue.refused, unsure.queue.unknown], [0, 1]);
});

test("a tap that waits goes out with its own type and time, whatever buttons there are by then", async () => {
  const here = await tapping(["boo"], [{ status: 503, json: NO, retryAfter: 9 }], 3);
  here.queue.tap("yes");
  await here.pass(20000);
  assert.deepEqual(sent(here), ["0 boo", "0 boo yes"]);
  assert.deepEqual(here.state.posted[1].clicks.map(({ age_ms: age }) => age), [23850, 20000]);
});
