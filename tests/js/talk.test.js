"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { figureOf } = require("../../assets/dashboard/figure.js");
const { isTimeline, labelled } = require("../../assets/dashboard/timeline.js");
const { timesOf } = require("../../assets/dashboard/zone.js");
const { SKELETON, hidden, talkOf, text, timeline } = require("./answers.js");
const { world } = require("./screen.js");

const SIZES = { tick: 10, legend: 12, plot: { width: 600, height: 400 } };

test("while results are hidden there is one card and one line of all taps, and the page says why", async () => {
  const { poller, shown, state, answer } = world();
  poller.refresh();
  await answer(hidden(7));
  assert.deepEqual([state.cards, state.page.reactions], [[{ key: "all", label: "all_taps", isSum: true }], 1]);
  assert.deepEqual([shown["total-all"].children, shown["part-all"].children], ["7", ""]);
  assert.equal(shown.note.children, "results_later");
  assert.deepEqual(shown.timeline.figure.data.map(({ name, y }) => [name, y.at(-1)]), [["all_taps", 7]]);
  const { content } = poller.display.file(poller, "csv", { title: "T", tag: "en-US", look: { times: timesOf("utc") } });
  assert.match(content.split("\r\n")[0], /"seconds","all_taps","complete"$/);
  poller.refresh();
  await answer({});
  assert.deepEqual([state.page.reactions, shown.note.children, shown["total-cheers"].children], [2, "", "1,234"]);
});

test("the line of all taps has a colour of its own, also beside a reaction whose key is all", () => {
  const options = { shifted: (ms) => ms, sizes: SIZES };
  const dashOf = (answer) => figureOf(SKELETON, labelled(answer, text), options).data[0].line.dash;
  const answer = timeline(hidden(1));
  assert.equal(isTimeline(answer), true);
  assert.equal(dashOf(answer), "dash 8");
  assert.equal(dashOf({ ...answer, results: "shown" }), "dash 0");
});

test("a talk has a strip with title, time, taps and phones, and the cards have its totals", async () => {
  const { poller, shown, state, answer } = world();
  poller.refresh();
  await answer({ people: 7 });
  assert.deepEqual([shown.talk, state.page.talk, shown.people.children], [{ hidden: true }, "off", "phones_lately 7"]);
  poller.refresh();
  await answer({ talk: talkOf({ people: 100000, more_people: true }), people: 90000, more_people: true });
  assert.deepEqual([shown.talk, state.page.talk, shown.people.children], [{ hidden: false }, "on", "phones_lately 90,000+"]);
  assert.equal(shown["talk-name"].children, "Kafka in an hour");
  assert.equal(shown["talk-facts"].children, "taps 5 · phones 100,000+");
  assert.deepEqual([shown["talk-closed"].children, shown["talk-time"].children], ["", "0:01:59"]);
  assert.deepEqual(["cheers", "hate"].map((key) => shown[`total-${key}`].children), ["4", "1"]);
  poller.refresh();
  await answer({ talk: talkOf({ people: null, taps: "closed" }) });
  assert.deepEqual([shown["talk-facts"].children, shown["talk-closed"].children], ["taps 5", "taps_closed"]);
  poller.refresh();
  await answer({ talk: null, people: null });
  assert.deepEqual([shown.talk.hidden, shown["total-cheers"].children, shown.people.children], [true, "1,234", ""]);
});

test("the time of the talk goes on between answers by the server's clock, and stands still in a pause", async () => {
  const { poller, shown, state, answer } = world();
  const at = (ms) => {
    state.time = ms;
    poller.showStatus();
    return shown["talk-time"].children;
  };
  poller.refresh();
  await answer({ talk: talkOf() });
  assert.deepEqual([at(400), at(500), at(3600500)], ["0:01:59", "0:02:00", "1:02:00"]);
  state.time = 4000;
  poller.refresh();
  // An answer that the browser kept says an earlier time: the clock does not go back.
  await answer({ talk: talkOf() });
  assert.equal(at(5000), "0:02:04");
  poller.press("pause");
  assert.equal(at(9000), "0:01:59");
});

test("totals of a talk that nobody knows yet are called unknown, and nothing is called empty", async () => {
  const { poller, shown, answer } = world();
  poller.refresh();
  await answer({ talk: talkOf({ totals: null }) });
  const numbers = ["total-cheers", "total-hate", "share"].map((id) => shown[id].children);
  assert.deepEqual([numbers, shown.empty.children], [["…", "…", "–"], ""]);
  assert.equal(shown["talk-facts"].children, "taps …");
  poller.refresh();
  await answer({ talk: talkOf({ totals: { cheers: 0, hate: 0 } }) });
  // The curve has clicks from before the talk.
  assert.deepEqual([shown["total-cheers"].children, shown.empty.children], ["0", ""]);
  poller.refresh();
  const none = Array(60).fill(0);
  await answer({ talk: talkOf({ totals: { cheers: 0, hate: 0 } }), cheers: none, hate: none });
  assert.equal(shown.empty.children, "nothing_yet");
});

test("zero counts within the talk, and one from before the talk ends with its start", async () => {
  const { poller, shown, state, answer } = world("?zero=1005.cheers*1000.hate*0.L");
  poller.refresh();
  await answer({ talk: talkOf() });
  assert.deepEqual([shown["total-cheers"].children, shown["since-cheers"].children], ["234", "since 00:16"]);
  poller.refresh();
  await answer({ talk: talkOf({ started_at: 1006 }) });
  assert.deepEqual([shown["total-cheers"].children, shown["since-cheers"].children, state.search], ["4", "", ""]);
});

test("files are called after the talk, and hold its totals", async () => {
  const { poller, page, answer } = world();
  poller.refresh();
  await answer({ talk: talkOf({ title: "<b>Ñu</b> 2" }) });
  const { name, figure } = poller.display.file(poller, "png", { title: "T", tag: "en-US", look: page.look() });
  assert.match(name, /^b-Ñu-b-2-1970-01-01-/);
  assert.match(figure.layout.title.text, /&lt;b&gt;Ñu/);
  assert.match(figure.layout.title.subtitle.text, /Cheers 4 · Hate 1 · /);
});

test("an answer with a broken talk is none", () => {
  const isWhole = (talk) => isTimeline(timeline({ talk }));
  assert.equal(isWhole(talkOf({ totals: null, marks: [{ id: "m", at: 1001, label: "" }] })), true);
  const changes = [{ title: 7 }, { started_at: null }, { totals: { cheers: 1 } }, { marks: [{}] }, { marks: null }];
  for (const talk of [7, {}, ...changes.map(talkOf)]) assert.equal(isWhole(talk), false, JSON.stringify(talk));
});
