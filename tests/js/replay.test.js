"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { Replay } = require("../../assets/report/replay.js");

/** A replay of 60 s whose clock and frames the test moves. */
function replayOf({ isCalm = false } = {}) {
  const world = { ms: 0, waiting: [], shown: [] };
  const replay = new Replay({
    length: 60,
    now: () => world.ms,
    later: (work, ms) => world.waiting.push({ work, ms }),
    isCalm: () => isCalm,
    show: () => world.shown.push(replay.at),
  });
  /** Lets the time pass in frames. */
  const pass = (ms) => {
    const end = world.ms + ms;
    while (world.waiting.length > 0 && world.ms + world.waiting[0].ms <= end) {
      const { work, ms: wait } = world.waiting.shift();
      world.ms += wait;
      work();
    }
    world.ms = end;
  };
  return { pass, replay, world };
}

test("the whole talk is shown at first, and from there it plays from the start to exactly the end", () => {
  const { pass, replay, world } = replayOf();
  assert.deepEqual([replay.at, replay.isPlaying, replay.speed], [60, false, 10]);
  replay.toggle();
  assert.deepEqual([replay.at, replay.isPlaying], [0, true]);
  pass(3000);
  assert.ok(Math.abs(replay.at - 30) < 2, replay.at);
  pass(3200);
  assert.deepEqual([replay.at, replay.isPlaying, world.waiting.length], [60, false, 0]);
  assert.equal(world.shown[world.shown.length - 1], 60);
});

test("a pause holds the moment, and it goes on from there", () => {
  const { pass, replay } = replayOf();
  replay.toggle();
  pass(1000);
  replay.toggle();
  const { at } = replay;
  pass(5000);
  assert.deepEqual([replay.at, replay.isPlaying], [at, false]);
  replay.toggle();
  pass(1000);
  assert.ok(Math.abs(replay.at - at - 10) < 2, replay.at);
});

test("another speed and another moment hold from now on", () => {
  const { pass, replay } = replayOf();
  replay.setSpeed(1);
  replay.goTo(20);
  replay.toggle();
  pass(5000);
  assert.ok(Math.abs(replay.at - 25) < 0.3, replay.at);
  replay.setSpeed(60);
  pass(300);
  assert.ok(replay.at > 40 && replay.at < 47, replay.at);
  replay.goTo(-5);
  assert.equal(replay.at, 0);
  replay.goTo(99);
  assert.equal(replay.at, 60);
});

test("paused and played again between two frames, it goes on in one row of frames", () => {
  const { replay, world } = replayOf();
  replay.toggle();
  replay.toggle();
  replay.toggle();
  for (const { work } of world.waiting.splice(0)) work();
  assert.equal(world.waiting.length, 1);
});

test("for who wants less motion it moves once a second", () => {
  const frames = (isCalm) => {
    const { pass, replay, world } = replayOf({ isCalm });
    replay.toggle();
    pass(2000);
    return world.shown.length;
  };
  assert.deepEqual([frames(true), frames(false)], [3, 21]);
});
