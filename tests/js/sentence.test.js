"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { world } = require("./screen.js");

test("the sentence for those who do not see the chart comes at most every 10 s", async () => {
  const { poller, shown, state, answer } = world();
  const said = new Set();
  for (let second = 0; second < 30; second += 1) {
    state.time = second * 1000;
    poller.refresh();
    await answer({ cheers: [...Array(58).fill(0), second, 0] });
    if (shown.sentence) said.add(`${second} ${shown.sentence.children}`.replace(/^.*live/, "live"));
  }
  assert.deepEqual([...said], ["live. lately 10 1 Cheers, 0 Hate", "live. lately 10 11 Cheers, 0 Hate", "live. lately 10 21 Cheers, 0 Hate"]);
});

test("what is not live is said with its age, never with counts of an old window", async () => {
  const { poller, shown, state, answer } = world();
  const sayAt = (ms) => {
    state.time = ms;
    poller.showStatus();
    return shown.sentence && shown.sentence.children;
  };
  poller.refresh();
  assert.equal(sayAt(1000), undefined);
  assert.equal(sayAt(1600), "reconnecting.");
  await answer({});
  assert.equal(sayAt(11700), "stale 10.");
  poller.refresh();
  await answer(null);
  assert.equal(sayAt(21700), "reconnecting. counts_age 20");
  poller.refresh();
  await answer({ state: "catching up" });
  assert.equal(sayAt(31700), "catching up. counts_age 10");
  poller.press("pause");
  assert.equal(sayAt(41700), "paused. counts_age 20");
  poller.press("live");
  await answer({});
  assert.equal(sayAt(51700), "live. lately 10 0 Cheers, 0 Hate");
});

test("counts that newer answers do not renew are not called those of now", async () => {
  const { poller, shown, state, answer } = world();
  poller.refresh();
  await answer({});
  state.time = 12000;
  poller.refresh();
  await answer({ as_of: { 0: 1, 1: 1 } });
  state.time = 22000;
  poller.showStatus();
  assert.deepEqual([shown.status.children, shown.sentence.children], ["live", "live. counts_age 22"]);
});
