"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { WakeLock } = require("../../assets/dashboard/wall.js");

/** A display whose locks the test sees; answer() lets the browser answer the next request. */
function display() {
  const locks = [];
  const waiting = [];
  const request = (kind) => new Promise((resolve, reject) => {
    waiting.push((error) => {
      if (error) return reject(error);
      const lock = { kind, released: false, release: () => (lock.released = true) };
      locks.push(lock);
      return resolve(lock);
    });
  });
  const answer = async (error = null) => {
    waiting.shift()(error);
    for (let turn = 0; turn < 10; turn += 1) await null;
  };
  return { wakeLock: new WakeLock({ request }), locks, waiting, answer };
}

test("the display stays awake while that is wanted, with one lock", async () => {
  const { wakeLock, locks, waiting, answer } = display();
  wakeLock.want(true);
  wakeLock.want(true);
  assert.equal(waiting.length, 1);
  await answer();
  wakeLock.want(true);
  assert.deepEqual([waiting.length, locks.map(({ kind, released }) => [kind, released])], [0, [["screen", false]]]);
  await wakeLock.want(false);
  assert.equal(locks[0].released, true);
});

test("a lock that the browser took back is asked for again, and so is one that it refused", async () => {
  const { wakeLock, locks, waiting, answer } = display();
  wakeLock.want(true);
  await answer(new Error("NotAllowedError"));
  wakeLock.want(true);
  await answer();
  locks[0].released = true;
  wakeLock.want(true);
  await answer();
  assert.deepEqual([locks.map(({ released }) => released), waiting.length], [[true, false], 0]);
});

test("a lock that comes when nobody wants it any more is given back", async () => {
  const { wakeLock, locks, answer } = display();
  wakeLock.want(true);
  wakeLock.want(false);
  await answer();
  assert.deepEqual(locks.map(({ released }) => released), [true]);
});

test("a browser without wake locks is asked for none", async () => {
  await new WakeLock(undefined).want(true);
});
