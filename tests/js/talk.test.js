"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { figureOf } = require("../../assets/dashboard/figure.js");
const { isTimeline, labelled } = require("../../assets/dashboard/timeline.js");
const { timesOf } = require("../../assets/dashboard/zone.js");
const { SKELETON, hidden, text, timeline } = require("./answers.js");
const { world } = require("./screen.js");

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
  const dashOf = (answer) => figureOf(SKELETON, labelled(answer, text), { shifted: (ms) => ms }).data[0].line.dash;
  const answer = timeline(hidden(1));
  assert.equal(isTimeline(answer), true);
  assert.equal(dashOf(answer), "dash 8");
  assert.equal(dashOf({ ...answer, results: "shown" }), "dash 0");
});
