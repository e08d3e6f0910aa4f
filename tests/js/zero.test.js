"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { timesOf } = require("../../assets/dashboard/zone.js");
const { answerOf } = require("./answers.js");
const { world } = require("./screen.js");

const ZERO = "?zero=1005.cheers*1000.hate*0.L";

test("the cards say since when they count, in the viewer's zone", async () => {
  const { poller, page, shown, answer } = world(ZERO);
  poller.refresh();
  await answer({});
  assert.deepEqual([shown["since-cheers"].children, shown["since-hate"].children], ["since 00:16", "since 00:16"]);
  const look = page.look();
  page.look = () => ({ ...look, times: { ...timesOf("utc"), minute: () => "01:16" } });
  poller.redraw();
  assert.equal(shown["since-cheers"].children, "since 01:16");
  poller.press("all");
  assert.equal(shown["since-cheers"].children, "");
});

test("all counts give way to the zero that they ended, and back", async () => {
  const { poller, shown, state, answer } = world(ZERO);
  poller.refresh();
  await answer({});
  assert.deepEqual(shown.all, { hidden: false, children: "all" });
  poller.press("all");
  assert.deepEqual([state.search, shown["total-cheers"].children], ["", "1,234"]);
  assert.deepEqual(shown.all, { hidden: false, children: "zero_again 00:16" });
  poller.press("all");
  assert.deepEqual([state.search, shown["total-cheers"].children], [ZERO, "234"]);
});

test("a new zero and another log leave nothing to come back to", async () => {
  for (const [press, changes, hidden] of [["zero", {}, false], ["pause", { log: "M" }, true]]) {
    const { poller, shown, answer } = world(ZERO);
    poller.refresh();
    await answer({});
    poller.press("all");
    await answer({});
    poller.press(press);
    poller.press("live");
    await answer(changes);
    assert.deepEqual(shown.all, { hidden, children: "all" });
  }
});

test("other reactions have cards of their own, each with its share, and end zero", async () => {
  const { poller, shown, state, answer } = world(ZERO);
  poller.refresh();
  await answer({});
  assert.deepEqual([state.cards, state.page.reactions, shown["part-cheers"].children], [undefined, 2, ""]);
  poller.refresh();
  await answer(answerOf({ ok: 3, hate: 1, fast: 0 }));
  assert.deepEqual(state.cards.map(({ key }) => key), ["ok", "hate", "fast"]);
  assert.deepEqual([state.page.reactions, state.search, shown["since-hate"].children], [3, "", ""]);
  const cards = ["ok", "hate", "fast"].map((key) => [shown[`total-${key}`].children, shown[`part-${key}`].children]);
  assert.deepEqual(cards, [["3", "75%"], ["1", "25%"], ["0", "0%"]]);
  assert.equal(shown["share-title"].children, "share OK");
});

test("a peak of both lines is said to be their sum", async () => {
  const { poller, shown, answer } = world();
  poller.refresh();
  await answer({});
  const text = () => shown.timeline.figure.layout.annotations[0].text;
  assert.equal(text(), "peak_of_both 6 00:18:38");
  poller.refresh();
  await answer({ hate: Array(60).fill(0) });
  assert.equal(text(), "peak 5 00:18:38");
  poller.refresh();
  await answer(answerOf({ ok: 5, slow: 0, fast: 2 }));
  assert.equal(text(), "peak_of_all 7 00:18:38");
});

test("a button names what it does next, and the page the zone of its times", async () => {
  const { poller, page, shown } = world();
  const names = () => ["code", "presenter", "zone-switch"].map((id) => shown[id]["data-text"]);
  assert.deepEqual(names(), ["code", "presenter", "local_time"]);
  assert.equal(shown.zone.children, "times_in UTC");
  poller.press("code");
  poller.press("presenter");
  page.zone = () => "local";
  poller.redraw();
  assert.deepEqual(names(), ["show_code", "leave", "utc"]);
});
