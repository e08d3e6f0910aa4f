"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { csvOf, nameOf, pictureOf } = require("../../assets/dashboard/files.js");
const { timesOf } = require("../../assets/dashboard/zone.js");
const { answerOf, text, timeline } = require("./answers.js");
const { world } = require("./screen.js");

const HALF = { start: 1782900000, server_time: 1782900119.5 };

/** The lines of the file on a machine that prefers the language, without the byte order mark. */
function linesOf(changes, { tag = "en-US", zero = null } = {}) {
  const content = csvOf({ answer: timeline({ ...HALF, ...changes }), zero, text, tag });
  assert.equal(content[0], "\ufeff");
  return content.slice(1).split("\r\n");
}

test("a file has a line for each bin, and separators as the machine has them", () => {
  const cheers = [...Array(59).fill(0), 3];
  const [heads, , ...english] = linesOf({ cheers });
  const spanish = linesOf({ cheers }, { tag: "es-ES" });
  assert.equal(heads.split(",").slice(-5).join(), '"seconds","Cheers","Hate","share Cheers","complete"');
  assert.match(english[57], /^[-\d]{10} [:\d]{8},2026-07-01T10:01:56,2,0,0,,yes$/);
  assert.match(english[58], /T10:01:58,2,3,1,"0\.7500",no$/);
  assert.match(spanish[60], /T10:01:58;2;3;1;"0,7500";no$/);
  // Mexico writes 1.5, as its spreadsheets do.
  assert.match(linesOf({ cheers }, { tag: "es-MX" })[60], /,"0\.7500",no$/);
  assert.deepEqual([english.length, english.at(-1), spanish.length], [60, "", 62]);
});

test("one reaction, and more than two, have a column each, and no share", () => {
  for (const counts of [{ ok: 3 }, { a: 1, b: 2, c: 3 }]) {
    const [heads, ...lines] = linesOf({ ...answerOf(counts), ...HALF });
    const labels = Object.keys(counts).map((key) => `"${key.toUpperCase()}"`);
    assert.ok(heads.endsWith(`"seconds",${labels},"complete"`), heads);
    assert.match(lines[59], new RegExp(`,2,${Object.values(counts)},no$`));
  }
});

test("bins before zero are left out, and what began before zero or before the log's bins is not complete", () => {
  const zero = { at: HALF.start + 5, log: "L" };
  const cheers = [null, null, ...Array(58).fill(1)];
  const lines = linesOf({ cheers, complete_since: HALF.start + 8 }, { zero });
  assert.deepEqual(lines.slice(1, 5).map((line) => line.split(",").at(-1)), ["no", "no", "yes", "yes"]);
  assert.match(lines[1], /T10:00:04/);
});

test("a label is a cell, whatever it holds, and never a formula", () => {
  const reactions = [{ key: "cheers", label: '=SUM(1,2)"' }, { key: "hate", label: "a;b" }];
  assert.ok(linesOf({ reactions })[0].includes(',"\'=SUM(1,2)""","a;b",'));
});

test("a file is named by the talk and the time, and every system takes the name", () => {
  const ms = Date.UTC(2026, 10, 29, 14, 5, 7);
  const name = (title) => nameOf(title, timesOf("utc"), ms, "csv");
  assert.equal(name('Año "Nuevo" / 2026: Kafka? 👍'), "Año-Nuevo-2026-Kafka-2026-11-29-140507.csv");
  assert.equal(name("Ça va? — «Ελλάδα» ¡3! ☕️ 日本、東京。"), "Ça-va-Ελλάδα-3-日本-東京-2026-11-29-140507.csv");
  assert.equal(name("👍"), "clicks-2026-11-29-140507.csv");
});

test("a picture has the size of a slide, a title and a line, which are no markup", () => {
  const layout = { margin: { l: 1, pad: 7 }, hoverlabel: { font: { color: "red" } }, shapes: [] };
  const picture = pictureOf({ data: [], layout }, { title: "<b>A & B", line: "2 > 1", sizes: { tick: 20, legend: 30 } });
  const { title, width, height, margin } = picture.layout;
  assert.deepEqual([width, height, margin.pad], [1920, 1080, 7]);
  assert.deepEqual([title.text, title.subtitle.text], ["<b>&lt;b&gt;A &amp; B</b>", "2 &gt; 1"]);
});

test("the picture of many lines has their totals in the legend, below the curve", () => {
  const layout = { margin: {}, hoverlabel: { font: {} }, legend: { x: 0, y: 1 } };
  const data = ["A", "B", "C"].map((name) => ({ name }));
  const options = { title: "T", line: "L", totals: ["1", "2,000", "3"], sizes: { tick: 20, legend: 30 } };
  const picture = pictureOf({ data, layout }, options);
  assert.deepEqual(picture.data.map(({ name }) => name), ["A 1", "B 2,000", "C 3"]);
  assert.deepEqual([picture.layout.legend.x, picture.layout.legend.yanchor], [0, "top"]);
  const above = { x: 0, y: 1, yref: "paper", yanchor: "bottom" };
  assert.deepEqual(pictureOf({ data: data.slice(1), layout }, options).layout.legend, above);
});

test("a file holds what is on the screen, also while that stands still", async () => {
  const { poller, page, answer } = world("?zero=1005.cheers*1000.hate*0.L");
  const file = (kind) => poller.display.file(poller, kind, { title: "Talk", tag: "en-US", look: page.look() });
  assert.equal(file("csv"), null);
  poller.refresh();
  await answer({});
  poller.press("pause");
  const { name, content } = file("csv");
  assert.equal(name, "Talk-1970-01-01-001839.csv");
  // The head, 58 bins since zero, and what follows the last line's end.
  assert.equal(content.split("\r\n").length, 60);
  page.layout = () => null;
  page.draw("timeline", { figure: null });
  const { figure } = file("png");
  assert.deepEqual([figure.layout.width, figure.data[0].y.at(-1)], [1920, 5]);
  const line = "1970-01-01 00:18:39 UTC · Cheers 234 · Hate 2 · since 00:16 · curve bin_2 2";
  assert.equal(figure.layout.title.subtitle.text, line);
});
