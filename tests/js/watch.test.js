"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { TalkWatch, changeOf, talkOf } = require("../../assets/clicker/talk.js");
const { text } = require("./world.js");

const TALK = { id: "k7wq2m9x", title: "Kafka", reactions: [{ key: "ok", label: "OK" }], taps: "open" };
const CLOSED = { ...TALK, taps: "closed" };
const says = (talk) => ({ status: 200, json: { talk } });

/** A watch whose clock and site are in the test's hand; `asked` are the seconds of its questions. */
function watching(first = says(null)) {
  const here = { ms: 0, answer: first, isAway: false, asked: [], told: [], timers: new Map() };
  const clock = {
    ticks: () => here.ms,
    setTimer: (run, ms) => {
      const timer = Symbol("timer");
      here.timers.set(timer, { run, due: here.ms + ms });
      return timer;
    },
    clearTimer: (timer) => here.timers.delete(timer),
  };
  const ask = async () => {
    here.asked.push(here.ms / 1000);
    return here.answer;
  };
  const onTalk = (talk, before) => here.told.push([talk, before]);
  here.watch = new TalkWatch({ ask, clock, isAway: () => here.isAway, onTalk });
  here.pass = async (seconds) => {
    for (const end = here.ms + 1000 * seconds; here.ms < end; here.ms += 100) {
      for (let turn = 0; turn < 9; turn += 1) await null;
      for (const [timer, { run, due }] of here.timers) {
        if (due > here.ms) continue;
        here.timers.delete(timer);
        run();
      }
    }
    for (let turn = 0; turn < 9; turn += 1) await null;
  };
  return here;
}

test("the page asks at load and every eight seconds, and hears of a change once", async () => {
  const here = watching();
  here.watch.look();
  await here.pass(9);
  here.answer = says(TALK);
  await here.pass(16);
  assert.deepEqual(here.asked, [0, 8, 16, 24]);
  assert.deepEqual(here.told, [[null, undefined], [TALK, null]]);
});

test("a hidden page asks nothing, and at once on return, but never twice within a second", async () => {
  const here = watching();
  here.watch.look();
  here.isAway = true;
  await here.pass(60.5);
  here.isAway = false;
  for (let time = 0; time < 9; time += 1) here.watch.look();
  await here.pass(0.5);
  for (let time = 0; time < 9; time += 1) here.watch.look();
  await here.pass(5);
  assert.deepEqual(here.asked, [0, 60.5, 61.5]);
});

test("after a hint it asks each second, until it has heard of a change or four are over", async () => {
  const here = watching();
  here.watch.look();
  await here.pass(2);
  here.watch.hint();
  await here.pass(20);
  assert.deepEqual(here.asked, [0, 2, 3, 4, 5, 6, 14, 22].slice(0, here.asked.length));
  assert.ok(here.asked.length >= 7);

  const lucky = watching();
  lucky.watch.look();
  await lucky.pass(2);
  lucky.watch.hint();
  await lucky.pass(0.5);
  lucky.answer = says(TALK);
  await lucky.pass(12);
  assert.deepEqual(lucky.asked, [0, 2, 3, 11]);
});

test("while one question is under way there is no other, and a hint meanwhile is not forgotten", async () => {
  const here = watching();
  let answer;
  here.watch.ask = () => new Promise((done) => (answer = done) && here.asked.push(here.ms / 1000));
  here.watch.look();
  await here.pass(3);
  here.watch.hint();
  await here.pass(1);
  assert.deepEqual(here.asked, [0]);
  answer(says(null));
  await here.pass(0.5);
  assert.deepEqual(here.asked, [0, 4]);
});

test("an answer that does not say which talk runs changes nothing", async () => {
  const odd = [
    null, { status: 503, json: { status: "error" } }, { status: 200, json: null }, { status: 200, json: [] },
    { status: 503, json: { talk: null } }, ...[7, "x", {}, { ...TALK, title: 7 }, { ...TALK, reactions: [] }].map(says),
    says({ ...TALK, reactions: [{ key: "A", label: "A" }] }), says({ ...TALK, reactions: [null] }),
  ];
  const here = watching(says(TALK));
  here.watch.look();
  await here.pass(1);
  for (const answer of odd) {
    assert.equal(talkOf(answer), undefined, JSON.stringify(answer));
    here.answer = answer;
    await here.pass(8);
  }
  assert.deepEqual(here.told, [[TALK, undefined]]);
  assert.deepEqual(here.watch.talk, TALK);
});

test("the talk that the page came with shows until the site says otherwise, and never after it", async () => {
  const here = watching(says(CLOSED));
  here.watch.begin(null);
  here.watch.begin({ id: 7 });
  here.watch.begin(TALK);
  assert.deepEqual(here.told, [[TALK, undefined]]);
  here.watch.look();
  await here.pass(1);
  here.watch.begin(TALK);
  assert.deepEqual(here.told.slice(1), [[CLOSED, TALK]]);
});

test("a key is any that a talk may have", () => {
  for (const key of ["__proto__", "constructor", "1", "-"]) {
    const talk = { ...TALK, reactions: [{ key, label: key }] };
    assert.deepEqual(talkOf(says({ ...talk, more: 1 })), talk);
  }
});

test("each change is said in its own words, and the state at the first answer in none", () => {
  const say = (talk, before) => changeOf(talk, before) && text(...changeOf(talk, before));
  assert.equal(say(TALK, undefined), null);
  assert.equal(say(null, undefined), null);
  assert.equal(say(TALK, null), "talk_now \u2068Kafka\u2069");
  assert.equal(say({ ...TALK, id: "other-id" }, TALK), "talk_now \u2068Kafka\u2069");
  assert.equal(say({ ...TALK, title: "New" }, TALK), "talk_now \u2068New\u2069");
  assert.equal(say(CLOSED, TALK), "buttons_closed");
  assert.equal(say(TALK, CLOSED), "buttons_open");
  assert.equal(say(null, CLOSED), "talk_over");
  assert.equal(say({ ...TALK, reactions: [] }, TALK), null);
});
