"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { Walk } = require("./walk.js");

const WALKS = 150;
const STEPS = 70;
const NEW_MS = 5000;

/** What is wrong with a tap after the walk, in a sentence, or null. */
function wrong(walk, { identity, time, log }) {
  const { site } = walk;
  const counted = site.counted(identity);
  const logs = new Set(counted.map((record) => record.log));
  if (counted.length > logs.size) return `${identity} counts ${counted.length} times`;
  if (logs.size > 1 && log !== undefined) return `${identity} counts in ${[...logs]}`;
  const isEarly = counted.some((record) => log !== undefined && record.start > time + NEW_MS);
  if (isEarly) return `${identity}, tapped for ${log}, counts in ${[...logs]}`;
  const isForAnother = (log !== undefined && log !== site.log) || site.logStart > time;
  const mayBeDropped = site.unheard.has(identity) || isForAnother;
  return counted.length === 0 && !mayBeDropped ? `${identity} is lost` : null;
}

/** Walks at random, then lets all be well until nothing waits; returns what is wrong. */
async function walkOnce(seed) {
  const walk = new Walk(seed);
  const names = [];
  walk.open();
  for (let step = 0; step < STEPS; step += 1) names.push(await walk.step());
  walk.site.fates = ["fine"];
  const last = walk.open();
  await walk.pass(200000);
  const wrongs = walk.taps.map((tap) => wrong(walk, tap)).filter((each) => each !== null);
  if (last.queue.waiting() > 0) wrongs.push(`${last.queue.waiting()} wait for ever`);
  return { wrongs: [...wrongs, ...walk.wrongs], names, walk };
}

test("no path loses a tap that may still be sent, and none counts one twice", async () => {
  const base = Number(process.env.WALK_SEED ?? 1);
  let counted = 0;
  for (let seed = base; seed < base + WALKS; seed += 1) {
    const { wrongs, names, walk } = await walkOnce(seed);
    assert.deepEqual(wrongs, [], `WALK_SEED=${seed}: ${names.join(" ")}`);
    counted += walk.taps.filter(({ identity }) => walk.site.counted(identity).length === 1).length;
  }
  assert.ok(counted > WALKS * 5, `only ${counted} taps were counted`);
});
