"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { world } = require("./screen.js");

test("a log that went back is shown after 3 s of older live answers, and said to have gone back", async () => {
  const { poller, shown, state, answer } = world("?zero=1005.cheers*1000.hate*0.L");
  const older = (changes) => ({ as_of: { 0: 6, 1: 3 }, totals: { cheers: 1100, hate: 2 }, ...changes });
  const answers = async (time, changes) => {
    state.time = time;
    poller.refresh();
    await answer(changes);
    return shown["total-cheers"].children;
  };
  assert.equal(await answers(0, {}), "234");
  // One process is behind, or has just begun: others go on, or it is not live.
  assert.equal(await answers(1000, older()), "234");
  assert.equal(await answers(5000, {}), "234");
  assert.equal(await answers(6000, older()), "234");
  assert.equal(await answers(8000, older({ state: "catching up" })), "234");
  assert.equal(await answers(20000, older()), "234");
  assert.equal(await answers(22999, older()), "234");
  assert.equal(shown.note.children, "");
  assert.equal(await answers(23000, older({ server_time: 1120 })), "1,100");
  assert.match(shown.note.children, /^went_back \d\d:\d\d:\d\d 1,236$/);
  assert.deepEqual([state.search, shown.status.children], ["", "live"]);
  assert.equal(await answers(24000, older({ totals: { cheers: 1101, hate: 2 } })), "1,101");
});
