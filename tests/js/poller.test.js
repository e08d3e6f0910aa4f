"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { windowsOf } = require("../../assets/dashboard/view.js");
const { world } = require("./screen.js");

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

test("an answer without news is not drawn again", async () => {
  const { poller, state, answer } = world();
  for (let tick = 0; tick < 5; tick += 1) {
    poller.refresh();
    await answer({ server_time: 1119.5 + tick });
  }
  assert.equal(state.draws, 1);
  state.time += 5000;
  poller.display.drawTimes.end();
  assert.deepEqual(poller.display.drawTimes.measured, []);
  poller.refresh();
  await answer({ start: 1002 });
  assert.equal(state.draws, 2);
});

test("a tick right after the page was seen again asks nothing more", async () => {
  const { poller, state, answer } = world();
  state.time = 50000;
  poller.refresh();
  await answer({});
  for (const [later, asked] of [[1, 1], [499, 1], [500, 2], [1500, 3]]) {
    state.time = 50000 + later;
    poller.tick();
    assert.equal(state.asked.length, asked, `${later} ms later`);
    if (state.waiting.length > 0) await answer({});
  }
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
  assert.equal(shown.status.children, "connecting");
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
  assert.equal(shown.status.children, "reconnecting");
  poller.refresh();
  await answer({});
  assert.equal(shown.status.children, "live");
});

test("an error anywhere stops the polling for one tick only, and is not called live", async () => {
  const { poller, page, state, shown, answer } = world();
  const { ask } = poller;
  const { draw, show } = page;
  const broken = () => {
    throw new Error("broken");
  };
  for (const part of [{ ask: async () => broken() }, { ask: async () => undefined }, { draw: broken }]) {
    poller.ask = part.ask || ask;
    page.draw = part.draw || draw;
    const failed = assert.rejects(poller.refresh());
    if (state.waiting.length > 0) await answer({ start: 1100 });
    await failed;
    assert.equal(shown.status.children, "reconnecting");
    poller.ask = ask;
    page.draw = draw;
    poller.refresh();
    await answer({});
    assert.equal(shown.status.children, "live");
  }
  page.show = broken;
  const unshown = assert.rejects(poller.refresh());
  await unshown;
  assert.equal(state.waiting.length, 1);
  page.show = show;
});

test("zero is taken from the next answer, goes into the address, and ends with another log", async () => {
  const { poller, shown, state, answer } = world();
  poller.refresh();
  await answer({});
  poller.press("zero");
  await answer({ totals: { cheers: 1300, hate: 2 } });
  assert.equal(state.search, "?zero=1119.cheers*1300.hate*2.L");
  assert.equal(shown["total-cheers"].children, "0");
  assert.equal(shown.all.hidden, false);
  poller.refresh();
  await answer({ totals: { cheers: 1301, hate: 2 } });
  assert.equal(shown["total-cheers"].children, "1");
  poller.refresh();
  await answer({ log: "M", totals: { cheers: 9, hate: 2 } });
  assert.deepEqual([state.search, shown["total-cheers"].children, shown.all.hidden], ["", "9", true]);
});

test("whoever opens the address counts from the same zero, and all counts come back", async () => {
  const { poller, shown, state, answer } = world("?zero=1005.cheers*1000.hate*0.L");
  poller.refresh();
  await answer({});
  assert.equal(shown["total-cheers"].children, "234");
  assert.equal(shown.timeline.figure.data[0].y[0], null);
  poller.press("all");
  assert.deepEqual([shown["total-cheers"].children, state.search], ["1,234", ""]);
});

test("a pause stops asking and drawing, and going to live asks at once", async () => {
  const { poller, shown, state, answer } = world();
  poller.refresh();
  await answer({});
  poller.refresh();
  poller.press("pause");
  await answer({ totals: { cheers: 9999, hate: 0 } });
  poller.refresh();
  assert.deepEqual([shown["total-cheers"].children, state.waiting.length, shown.live.hidden], ["1,234", 0, false]);
  assert.equal(shown.status.children, "paused");
  poller.press("live");
  await answer({ totals: { cheers: 9999, hate: 0 } });
  assert.deepEqual([shown["total-cheers"].children, shown.status.children, shown.live.hidden], ["9,999", "live", true]);
});

test("going to live ends the zoom, which is kept otherwise", async () => {
  const { poller, shown, state, answer } = world();
  state.layout = { xaxis: { autorange: false, range: [1, 2] } };
  poller.refresh();
  await answer({});
  assert.deepEqual([shown.timeline.figure.layout.xaxis.range, shown.live.hidden], [[1, 2], false]);
  poller.press("live");
  state.layout = null;
  await answer({});
  const { layout } = shown.timeline.figure;
  assert.deepEqual([layout.xaxis.range, layout.uirevision, shown.live.hidden], [undefined, "jump 1", true]);
});

test("another window is asked for at once, and answers of the old one are not drawn", async () => {
  const { poller, shown, state, answer } = world();
  poller.refresh();
  await answer({});
  poller.refresh();
  poller.press("window", 900);
  assert.equal(state.search, "?window=900");
  const { draws } = state;
  await answer({ totals: { cheers: 7, hate: 0 } });
  assert.equal(state.draws, draws);
  poller.refresh();
  assert.equal(state.asked.at(-1), "kafka/timeline?window=900&bin=15");
  await answer({ window: 900, bin: 15, totals: { cheers: 8, hate: 0 } });
  assert.deepEqual([shown["total-cheers"].children, shown["window-900"]["aria-pressed"]], ["8", "true"]);
});

test("the drawings of the last minute are measured, from the answer on", async () => {
  const { poller, state, answer } = world();
  for (let second = 0; second < 120; second += 1) {
    state.time = second * 1000;
    poller.refresh();
    await answer({ start: 1000 + second });
    state.time += 30;
    poller.display.drawTimes.end();
    poller.display.drawTimes.end();
  }
  assert.equal(poller.display.drawTimes.measured.length, 60);
  assert.deepEqual([...new Set(poller.display.drawTimes.measured.map(({ ms }) => ms))], [30]);
});

test("what fails is explained by the server's words, else by ours", async () => {
  const { poller, shown, state } = world();
  poller.refresh();
  state.waiting.shift()({ answer: null, message: "Consumer not loaded" });
  for (let turn = 0; turn < 10; turn += 1) await null;
  assert.deepEqual([shown.note.children, shown.status.children], ["Consumer not loaded", "reconnecting"]);
  poller.refresh();
  state.waiting.shift()({ answer: null, message: "" });
  for (let turn = 0; turn < 10; turn += 1) await null;
  assert.equal(shown.note.children, "server_away");
});

test("of very many drawings in a minute the newest are measured", async () => {
  const { poller, state, answer } = world();
  for (let turn = 0; turn < 700; turn += 1) {
    poller.refresh();
    await answer({ start: 1000 + turn });
    state.time += 30;
    poller.display.drawTimes.end();
  }
  assert.equal(poller.display.drawTimes.measured.length, 600);
});

test("a zero that waits is taken back by all counts", async () => {
  const { poller, state, answer } = world("?zero=1005.cheers*1000.hate*0.L");
  poller.refresh();
  await answer({ state: "catching up" });
  poller.press("zero");
  await answer({ state: "catching up" });
  poller.press("all");
  await answer({});
  assert.equal(state.search, "");
});

test("zero waits until all is counted", async () => {
  const { poller, shown, state, answer } = world();
  poller.press("zero");
  await answer({ state: "catching up" });
  assert.equal(state.search, "");
  poller.refresh();
  await answer({ totals: { cheers: 2000, hate: 7 } });
  assert.equal(state.search, "?zero=1119.cheers*2000.hate*7.L");
  poller.refresh();
  await answer({ totals: { cheers: 2001, hate: 7 } });
  assert.equal(shown["total-cheers"].children, "1");
});

test("what is not known is not called none", async () => {
  const { poller, shown, answer } = world();
  poller.refresh();
  await answer({ log: null, as_of: {}, totals: { cheers: 0, hate: 0 }, state: "connecting" });
  assert.deepEqual([shown["total-cheers"].children, shown.rate.children], ["–", "–"]);
  assert.equal(shown.empty.children, "waiting_for_log");
  poller.refresh();
  await answer({ totals: { cheers: 0, hate: 0 } });
  assert.deepEqual([shown["total-cheers"].children, shown.empty.children], ["0", "nothing_yet"]);
});

test("the page shows the windows that it has got, whichever these are", () => {
  const { poller, shown, state } = world("?window=86400", windowsOf("[[300, 5], [86400, 1440]]"));
  assert.deepEqual([shown["window-300"]["aria-pressed"], shown["window-86400"]["aria-pressed"]], ["false", "true"]);
  assert.equal(shown["panel-title"].children, "curve bin_1440 1440");
  poller.refresh();
  assert.deepEqual(state.asked, ["kafka/timeline?window=86400&bin=1440"]);
});

test("a poller is idle, polls, pauses or is pausing, one at a time", async () => {
  const { poller, answer } = world();
  const seen = [poller.state];
  const see = () => seen.push(poller.state);
  poller.refresh();
  see();
  poller.press("pause");
  see();
  poller.press("live");
  see();
  poller.press("pause");
  await answer({});
  see();
  poller.press("pause");
  see();
  await answer({});
  see();
  assert.deepEqual(seen, ["idle", "polling", "pausing", "polling", "paused", "polling", "idle"]);
});
