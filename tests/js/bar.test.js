"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { Bar } = require("../../assets/dashboard/bar.js");

const TALK = {
  id: "talk0001", title: "Kafka", started_at: 1000, ended_at: null, taps: "open", results: "shown", marks: [],
};
const ASKED = "GET kafka/talks?limit=0";
const MARKS = "POST kafka/talks/talk0001/marks";

/** A bar whose server, clock and timers are in the test's hand; the server's clock is 1,700 s ahead. */
function world({ mayChange = true, problem = null, ...more } = {}) {
  const state = { time: 0, sent: [], timers: [], mayChange, problem, trouble: [], ids: 0, listed: [], ...more };
  const answerOf = (method, path, body) => {
    if (path === "kafka/talks?limit=0") return [200, { may_change: state.mayChange, problem: state.problem }];
    if (path.startsWith("kafka/talks?")) return [200, { talks: state.listed }];
    if (method === "POST" && path === "kafka/talks") return [201, { ...TALK, ...body, started_at: 1700 }];
    if (method === "POST") return [201, { at: 0, label: "", ...body }];
    return method === "DELETE" ? [204, null] : [200, { ...TALK, ...body }];
  };
  const send = async (method, path, body) => {
    state.sent.push([`${method} ${path}`, body && { ...body }]);
    const isCheck = path.startsWith("kafka/talks?");
    const [status, answer] = (!isCheck && state.trouble.shift()) || answerOf(method, path, body);
    return { status, answer, retryMs: 0 };
  };
  const later = (work, ms) => state.timers.push({ work, at: state.time + ms });
  const newId = () => `new${(state.ids += 1)}`;
  const bar = new Bar({ send, later, newId, now: () => state.time, show: () => {} });
  const settle = async () => {
    for (let turn = 0; turn < 30; turn += 1) await null;
  };
  const wait = async (ms) => {
    const end = state.time + ms;
    for (;;) {
      const [next] = state.timers.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at);
      if (!next) break;
      state.timers.splice(state.timers.indexOf(next), 1);
      state.time = next.at;
      next.work();
      await settle();
    }
    state.time = end;
  };
  const follow = async (talk, changes = {}) => {
    const server_time = 1700 + state.time / 1000;
    await bar.follow({ server_time, talk, results: talk ? talk.results : "shown", ...changes }, state.time);
    await settle();
  };
  const press = async (...all) => {
    for (const what of all) bar.press(what);
    await settle();
  };
  const sent = () => state.sent.splice(0);
  return { bar, state, follow, press, settle, wait, sent };
}

/** A world in which the talk runs. */
async function running(options) {
  const all = world(options);
  await all.follow(TALK);
  all.sent();
  return all;
}

test("who has no right costs one request, and the bar knows nothing", async () => {
  const { bar, state, follow, press, wait, sent } = world({ mayChange: false });
  for (let poll = 0; poll < 20; poll += 1) {
    await follow(TALK);
    await wait(1000);
  }
  await press("mark", "end");
  assert.deepEqual(sent(), [[ASKED, undefined]]);
  assert.deepEqual([bar.right, bar.talk, state.timers], ["none", null, []]);
});

test("who has the right sees the talk, and another presenter's changes with the next answer", async () => {
  const { bar, follow } = await running();
  assert.deepEqual([bar.right, bar.talk.id], ["here", TALK.id]);
  await follow({ ...TALK, taps: "closed" });
  assert.equal(bar.talk.taps, "closed");
  await follow(null);
  assert.equal(bar.talk, null);
});

test("a mark has the moment of the press by the server's clock, however late it is sent", async () => {
  const { bar, state, press, wait, sent } = await running({ trouble: [[503, { message: "away" }], [0, null], [504, null]] });
  await wait(2500);
  await press("mark");
  assert.equal(bar.changes.failure, "away");
  await wait(600);
  await press("mark");
  assert.equal(bar.changes.failure, "", "a new press tries the first again, in vain");
  await wait(60000);

  const bodies = sent().map(([asked, body]) => (assert.equal(asked, MARKS), body));
  const [first, second] = [{ id: "new1", at: 1702 }, { id: "new2", at: 1703 }];
  assert.deepEqual(bodies, [first, first, first, first, second]);
  assert.deepEqual([bar.changes.waiting, bar.changes.failure, state.timers], [[], null, []]);
});

test("what was pressed while the broker was away comes in the order of the presses, also at once", async () => {
  const { bar, press, wait, sent, settle } = await running({ trouble: Array(3).fill([503, null]) });
  await press("mark", "taps");
  await wait(600);
  await press("end");
  await wait(600);
  await press("end");
  assert.deepEqual(bar.changes.waiting.map(({ what }) => what), ["mark", "taps", "end"]);
  sent();
  bar.changes.goOn();
  await settle();
  assert.deepEqual(sent().map(([, body]) => body), [
    { id: "new1", at: 1700 }, { taps: "closed" }, { ended_at: 1702 },
  ]);
  await wait(60000);
  assert.deepEqual(sent(), []);
});

test("a press that comes twice is one, and ending needs two that are apart", async () => {
  const { bar, press, wait, sent } = await running();
  await press("mark", "mark", "taps", "taps", "end", "end");
  assert.deepEqual(sent().map(([asked]) => asked), [MARKS, "PATCH kafka/talks/talk0001"]);
  assert.notEqual(bar.armedAt, null);
  await wait(5999);
  assert.notEqual(bar.armedAt, null);
  await wait(1);
  assert.equal(bar.armedAt, null);

  await press("end");
  await wait(600);
  await press("results");
  assert.equal(bar.armedAt, null);
  await wait(600);
  await press("end");
  await wait(600);
  sent();
  await press("end");
  assert.deepEqual(sent(), [["PATCH kafka/talks/talk0001", { ended_at: 1708 }]]);
});

test("the bar knows at once what it has changed, and takes no older answer for it", async () => {
  const { bar, follow, press, wait } = await running();
  await press("taps");
  assert.equal(bar.talk.taps, "closed");
  await follow(TALK);
  assert.equal(bar.talk.taps, "closed");
  await wait(2000);
  await follow(TALK);
  assert.equal(bar.talk.taps, "open");
});

test("a label that follows takes the mark's place, and a refused one leaves it", async () => {
  const { bar, state, press, settle, sent, wait } = await running();
  await press("mark");
  bar.label("Slide 7");
  await settle();
  assert.deepEqual(sent(), [
    [MARKS, { id: "new1", at: 1700 }],
    [MARKS, { id: "new2", label: "Slide 7", at: 1700 }],
    ["DELETE kafka/talks/talk0001/marks/new1", undefined],
  ]);
  await wait(600);
  await press("mark");
  bar.label("");
  await wait(600);
  await press("mark");
  state.trouble = [[400, { message: "label is bad" }]];
  bar.label("bad");
  await settle();
  assert.deepEqual(sent().map(([asked]) => asked), [MARKS, MARKS, MARKS]);
  assert.equal(bar.refusal, "label is bad");
});

test("a mark that the server's clock has not reached is set at its own time", async () => {
  const { bar, press, sent } = await running({ trouble: [[409, { message: "A mark lies in its talk" }]] });
  await press("mark");
  assert.deepEqual(sent().map(([, body]) => body), [{ id: "new1", at: 1700 }, { id: "new1" }]);
  assert.deepEqual([bar.refusal, bar.changes.waiting, bar.marked.at], [null, [], 0]);
});

test("what the server refuses for good is said in its sentence, and the next one goes on", async () => {
  const full = [409, { message: "A talk has at most 500 marks" }];
  const { bar, press, sent } = await running({ trouble: [full, full] });
  await press("mark", "taps");
  assert.equal(bar.refusal, "A talk has at most 500 marks");
  assert.deepEqual(sent().map(([asked]) => asked), [MARKS, MARKS, "PATCH kafka/talks/talk0001"]);
});

test("a right that is lost keeps what waits, and sends it when the right is back", async () => {
  const { bar, state, follow, press, wait, sent } = await running({ trouble: [[403, { message: "Only the presenter" }]] });
  state.mayChange = false;
  await press("mark");
  assert.equal(bar.right, "lost");
  await wait(60000);
  await follow(TALK);
  assert.deepEqual(sent().map(([asked]) => asked), [MARKS, ASKED]);
  await bar.comeBack();
  assert.deepEqual([sent(), bar.right], [[[ASKED, undefined]], "lost"]);
  state.mayChange = true;
  await bar.comeBack();
  await wait(0);
  assert.deepEqual(sent(), [[ASKED, undefined], [MARKS, { id: "new1", at: 1700 }]]);
  assert.deepEqual([bar.right, bar.changes.waiting], ["here", []]);
});

test("a refusal that is not about the right is said, and the bar stays", async () => {
  const { bar, press } = await running({ trouble: [[403, { message: "Talks are shown only: read rights" }]] });
  await press("taps");
  assert.deepEqual([bar.right, bar.refusal, bar.talk.taps], ["here", "Talks are shown only: read rights", "open"]);
});

test("why talks cannot be changed now is asked again until they can", async () => {
  const { bar, state, follow, press, wait, sent } = world({ problem: "the talks are not read yet" });
  await follow(TALK);
  await press("mark", "end");
  assert.equal(bar.problem, "the talks are not read yet");
  state.problem = null;
  for (let poll = 0; poll < 9; poll += 1) {
    await wait(1000);
    await follow(TALK);
  }
  assert.deepEqual([bar.problem, sent().map(([asked]) => asked)], [null, [ASKED, ASKED]]);
});

test("a talk is started once, and why it was not is told", async () => {
  const { bar, state, follow, sent } = world();
  await follow(null);
  const buttons = [{ key: "ok", label: "OK" }];
  state.trouble = [[409, { message: "A log counts 32 types" }], [0, null]];
  assert.equal(await bar.start("a", "Kafka", buttons), "A log counts 32 types");
  assert.equal(await bar.start("a", "Kafka", buttons), "");
  assert.equal(await bar.start("a", "Kafka", buttons), null);
  assert.equal(bar.talk.id, "a");
  await follow(null);
  assert.equal(bar.talk.id, "a", "an older answer takes it away");
  assert.equal(new Set(sent().slice(1).map(([, body]) => JSON.stringify(body))).size, 1);
});

test("results that are hidden beyond the end can still be shown", async () => {
  const over = { ...TALK, id: "over0001", results: "hidden", ended_at: 1600 };
  const { bar, follow, press, wait, sent } = world({ listed: [{ ...TALK, id: "range001" }, over] });
  await follow(null, { results: "hidden" });
  assert.equal(bar.hidden.id, "over0001");
  await wait(1000);
  await follow(null, { results: "hidden" });
  await press("results");
  assert.deepEqual(sent().slice(1), [
    ["GET kafka/talks?limit=100", undefined],
    ["PATCH kafka/talks/over0001", { results: "shown" }],
  ]);
});

test("a clock that is ahead at one answer is believed, a kept answer is not", async () => {
  const { bar, state, follow } = await running();
  state.time = 60000;
  await follow(TALK, { server_time: 1700 });
  assert.equal(bar.clock.time(), 1760000);
  state.time = 3600000;
  await follow(TALK, { server_time: 1700 });
  assert.equal(bar.clock.time(), 1700000, "a clock that was set back is followed in the end");
});

test("the talk that has ended leads to its report, until the next one runs", async () => {
  const { bar, follow, press, wait } = await running();
  assert.equal(bar.over, null);
  await press("end");
  await wait(600);
  await press("end");
  await wait(3000);
  await follow(null);
  assert.equal(bar.over.id, TALK.id);
  await follow(null);
  assert.equal(bar.over.id, TALK.id);
  await follow({ ...TALK, id: "talk0002" });
  assert.equal(bar.over, null);
});
