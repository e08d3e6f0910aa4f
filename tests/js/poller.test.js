"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { Poller, figureOf, isOlder, isTimeline, localTime, noteOf, statusOf } = require("../../assets/dashboard.js");

const SKELETON = {
  data: [{ name: "Cheers", x: [], y: [] }, { name: "Hate", x: [], y: [] }],
  layout: { uirevision: "constant", shapes: [{ visible: false, x0: 0, x1: 0 }] },
};

function timeline(changes = {}) {
  const bins = (last) => [...Array(59).fill(0), last];
  return {
    log: "L", window: 120, bin: 2, start: 1000, totals: { cheers: 1234, hate: 2 }, cheers: bins(5), hate: bins(1),
    as_of: { 0: 7, 1: 3 }, state: "live", complete_since: null, incomplete: false, repeat_s: null, server_time: 1119,
    ...changes,
  };
}

test("an answer is older when one partition went back or is missing, in the same log only", () => {
  const drawn = timeline();
  const cases = [
    [{ 0: 7, 1: 3 }, "L", false],
    [{ 0: 8, 1: 3 }, "L", false],
    [{ 0: 9, 1: 2 }, "L", true],
    [{ 0: 9 }, "L", true],
    [{ 0: 7, 1: 3, 2: 1 }, "L", false],
    [{}, null, true],
    [{}, "M", false],
    [{ 0: 1, 1: 1 }, "M", false],
  ];
  for (const [as_of, log, older] of cases) {
    assert.equal(isOlder(drawn, timeline({ as_of, log })), older, JSON.stringify([as_of, log]));
  }
  assert.equal(isOlder(null, timeline({ as_of: {}, log: null })), false);
});

test("each bin stands once in one trace, at its start, and the skeleton stays as it was", () => {
  const { data, layout } = figureOf(SKELETON, timeline());
  assert.deepEqual(data.map((trace) => [trace.name, trace.x.length, trace.y.at(-1)]), [["Cheers", 60, 5], ["Hate", 60, 1]]);
  assert.equal(data[0].x[0], localTime(1000 * 1000));
  assert.equal(data[0].x[1] - data[0].x[0], 2000);
  assert.deepEqual(layout.shapes, [{ visible: true, x0: data[0].x[59], x1: data[0].x[59] + 2000 }]);
  assert.deepEqual(layout.xaxis.autorangeoptions.include, [data[0].x[0], layout.shapes[0].x1]);
  assert.equal(layout.uirevision, "constant");
  assert.deepEqual(SKELETON.data[0].x, []);
});

test("the ranges of a zoomed drawing are kept, those of an automatic one are not", () => {
  const range = [1, 2];
  const zoomed = { xaxis: { autorange: false, range }, yaxis: { autorange: true, range } };
  const { layout } = figureOf(SKELETON, timeline(), zoomed);
  assert.deepEqual([layout.xaxis.autorange, layout.xaxis.range], [false, range]);
  assert.equal(layout.yaxis, undefined);
});

test("the time axis shows the viewer's own clock", () => {
  const ms = Date.UTC(2026, 6, 1, 12, 0, 0);
  assert.equal(new Date(localTime(ms)).getUTCHours(), new Date(ms).getHours());
});

test("bins over the change to another offset keep their distances", () => {
  const zone = process.env.TZ;
  process.env.TZ = "Europe/Madrid";
  try {
    for (const change of [Date.UTC(2026, 2, 29, 1), Date.UTC(2026, 9, 25, 1)]) {
      const { x } = figureOf(SKELETON, timeline({ start: change / 1000 - 60 })).data[0];
      assert.deepEqual([...new Set(x.slice(1).map((ms, at) => ms - x[at]))], [2000]);
      assert.equal(x[59], localTime(change + 58000));
    }
  } finally {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  }
});

test("the status is the consumer's while the server answers", () => {
  const calm = { failing: false, started: null, answered: 0, now: 500 };
  const texts = ["live", "connecting", "catching up", "reconnecting", "disabled"].map((state) => statusOf({ ...calm, state }).text);
  assert.deepEqual(texts, ["Live", "Connecting…", "Catching up…", "Reconnecting…", "Disabled"]);
});

test("the status is reconnecting when a request fails", () => {
  const calm = { state: "live", failing: true, started: null, answered: 0, now: 100 };
  assert.equal(statusOf(calm).text, "Reconnecting…");
});

test("the status is reconnecting when a request is slow and the last answer 2.5 s old", () => {
  const calm = { state: "live", failing: false, answered: 0 };
  assert.equal(statusOf({ ...calm, started: 1000, now: 2501 }).text, "Reconnecting…");
  assert.equal(statusOf({ ...calm, started: 1000, now: 2499 }).text, "Live");
  assert.equal(statusOf({ ...calm, started: 100, now: 2000 }).text, "Live");
  assert.equal(statusOf({ ...calm, started: 9000, now: 9900 }).text, "Live");
  assert.equal(statusOf({ ...calm, answered: null, started: 0, now: 1600 }).text, "Reconnecting…");
});

test("an answer older than 10 s is called stale, with its age", () => {
  const calm = { state: "live", failing: true, started: null, answered: 0 };
  assert.equal(statusOf({ ...calm, now: 10000 }).age, "");
  assert.equal(statusOf({ ...calm, now: 12300 }).age, "Stale: 12 s");
  assert.equal(statusOf({ ...calm, answered: null, now: 99000 }).age, "");
});

test("what is stale is not called live", () => {
  const calm = { state: "live", failing: false, started: null, answered: 0, now: 12300 };
  assert.deepEqual(statusOf(calm), { text: "Stale: 12 s", kind: "stale", age: "" });
  assert.equal(statusOf({ ...calm, now: 10000 }).text, "Live");
  assert.deepEqual(statusOf({ ...calm, state: "connecting" }), { text: "Connecting…", kind: "connecting", age: "Stale: 12 s" });
});

test("only a whole answer is one", () => {
  assert.equal(isTimeline(timeline()), true);
  const { totals, as_of, cheers, start, state, window, bin, ...rest } = timeline();
  const broken = [
    null, 7, "x", [], {}, rest, timeline({ state: undefined }), timeline({ state: 7 }), timeline({ totals: null }),
    timeline({ totals: { cheers: 1 } }), timeline({ totals: { cheers: "1", hate: 2 } }), timeline({ as_of: null }),
    timeline({ as_of: "x" }), timeline({ cheers: null }), timeline({ cheers: [], hate: [] }), timeline({ hate: [1, 2] }),
    timeline({ hate: "x".repeat(60) }), timeline({ hate: Array(60).fill(null) }), timeline({ start: null }),
    timeline({ bin: "2" }), timeline({ window: undefined }),
  ];
  for (const answer of broken) assert.equal(isTimeline(answer), false, JSON.stringify(answer));
});

test("what is not whole is said", () => {
  assert.equal(noteOf(timeline()), "");
  assert.equal(noteOf(timeline({ complete_since: 900 })), "");
  assert.match(noteOf(timeline({ complete_since: 1050 })), /complete since \d\d:\d\d:\d\d/);
  assert.match(noteOf(timeline({ incomplete: true })), /lack clicks/);
});

/** A poller whose clock, page and server are in the test's hand. */
function world() {
  const shown = {};
  const state = { time: 0, waiting: [], shown, draws: 0, hidden: false };
  const poller = new Poller({
    ask: () => new Promise((answer) => state.waiting.push(answer)),
    show: (id, props) => Object.assign((shown[id] = shown[id] || {}), props),
    draw: (id, props) => {
      state.draws += 1;
      shown[id] = props;
    },
    layout: () => null,
    now: () => state.time,
    hidden: () => state.hidden,
  });
  poller.skeleton = SKELETON;
  const answer = async (changes) => {
    state.waiting.shift()({ answer: changes === null ? null : timeline(changes), message: "" });
    for (let turn = 0; turn < 10; turn += 1) await null;
  };
  return { poller, state, shown, answer };
}

test("never more than one request is in flight, and each answer is drawn", async () => {
  const { poller, state, shown, answer } = world();
  for (let tick = 0; tick < 5; tick += 1) poller.refresh();
  assert.equal(state.waiting.length, 1);
  await answer({});
  assert.equal(shown["total-cheers"].children, "1,234");
  assert.equal(state.draws, 1);
  poller.refresh();
  assert.equal(state.waiting.length, 1);
});

test("nothing is asked while the page is hidden", () => {
  const { poller, state } = world();
  state.hidden = true;
  poller.refresh();
  assert.equal(state.waiting.length, 0);
});

test("of an older answer the state counts, not the numbers", async () => {
  const { poller, shown, state, answer } = world();
  poller.refresh();
  await answer({});
  poller.refresh();
  await answer({ log: null, as_of: {}, totals: { cheers: 0, hate: 0 }, state: "connecting" });
  assert.equal(shown["total-cheers"].children, "1,234");
  assert.equal(shown.status.children, "Connecting…");
  assert.equal(state.draws, 1);
});

test("another log resets the page", async () => {
  const { poller, shown, answer } = world();
  poller.refresh();
  await answer({});
  poller.refresh();
  await answer({ log: "M", as_of: { 0: 1 }, totals: { cheers: 1, hate: 0 } });
  assert.equal(shown["total-cheers"].children, "1");
});

test("a failure is shown at once and over with the next answer", async () => {
  const { poller, shown, answer } = world();
  poller.refresh();
  await answer({});
  poller.refresh();
  await answer(null);
  assert.equal(shown.status.children, "Reconnecting…");
  poller.refresh();
  await answer({});
  assert.equal(shown.status.children, "Live");
});

test("a total tells how wide it is, so that it fits", async () => {
  const { poller, shown, answer } = world();
  poller.refresh();
  await answer({ totals: { cheers: 1234567890123, hate: 2 } });
  assert.deepEqual(shown["total-cheers"], { children: "1,234,567,890,123", style: { "--ems": "10.28" } });
});

test("an error anywhere stops the polling for one tick only, and is not called live", async () => {
  const { poller, state, shown, answer } = world();
  const { ask, draw, show } = poller;
  const broken = () => {
    throw new Error("broken");
  };
  for (const part of [{ ask: async () => broken() }, { ask: async () => undefined }, { draw: broken }]) {
    Object.assign(poller, part);
    const failed = assert.rejects(poller.refresh());
    if (state.waiting.length > 0) await answer({});
    await failed;
    assert.equal(shown.status.children, "Reconnecting…");
    Object.assign(poller, { ask, draw });
    poller.refresh();
    await answer({});
    assert.equal(shown.status.children, "Live");
  }
  poller.show = broken;
  const unshown = assert.rejects(poller.refresh());
  await unshown;
  assert.equal(state.waiting.length, 1);
  poller.show = show;
});
