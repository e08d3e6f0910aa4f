"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const {
  figureOf: drawnOf, isOlder, isTimeline, peakOf, quantilesOf, recentOf, searchOf, shareOf, sharesOf,
  sinceZero, styled, timelinePath, viewOf, windowsOf, zeroOf,
} = require("../../assets/dashboard/timeline.js");
const { REACTIONS, SKELETON, answerOf, timeline } = require("./answers.js");
const { WINDOWS } = require("./screen.js");
const { timesOf } = require("../../assets/dashboard/zone.js");

const localTime = timesOf("local").shifted;
const figureOf = (figure, answer, options) => drawnOf(figure, answer, { shifted: localTime, ...options });

const LOOK = {
  sizes: { tick: 20, legend: 24, line: 5, top: 60 },
  separators: ",.",
};
const PLAIN = styled(SKELETON, LOOK);

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

test("each bin stands once in one trace, at its start, and the empty figure stays as it was", () => {
  const { data, layout } = figureOf(PLAIN, timeline());
  assert.deepEqual(data.map((trace) => [trace.name, trace.x.length, trace.y.at(-1)]), [["Cheers", 60, 5], ["Hate", 60, 1]]);
  assert.equal(data[0].x[0], localTime(1000 * 1000));
  assert.equal(data[0].x[1] - data[0].x[0], 2000);
  assert.deepEqual(layout.shapes[0], { visible: true, x0: data[0].x[59], x1: data[0].x[59] + 2000 });
  assert.equal(layout.xaxis.type, "date");
  assert.deepEqual(layout.xaxis.autorangeoptions.include, [data[0].x[0], layout.shapes[0].x1]);
  assert.equal(layout.uirevision, "constant");
  assert.deepEqual(SKELETON.data[0].x, []);
});

test("the ranges of a zoomed drawing are kept, those of an automatic one are not", () => {
  const range = [1, 2];
  const zoomed = { xaxis: { autorange: false, range }, yaxis: { autorange: true, range } };
  const { layout } = figureOf(PLAIN, timeline(), { drawn: zoomed });
  assert.deepEqual([layout.xaxis.autorange, layout.xaxis.range], [false, range]);
  assert.equal(layout.yaxis.range, undefined);
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
      const { x } = figureOf(PLAIN, timeline({ start: change / 1000 - 60 })).data[0];
      assert.deepEqual([...new Set(x.slice(1).map((ms, at) => ms - x[at]))], [2000]);
      assert.equal(x[59], localTime(change + 58000));
    }
  } finally {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  }
});

test("only a whole answer is one", () => {
  assert.equal(isTimeline(timeline()), true);
  const { totals, as_of, series, start, state, window, bin, ...rest } = timeline();
  const broken = [
    null, 7, "x", [], {}, rest, timeline({ state: undefined }), timeline({ state: 7 }), timeline({ totals: null }),
    timeline({ totals: { cheers: 1 } }), timeline({ totals: { cheers: "1", hate: 2 } }), timeline({ as_of: null }),
    timeline({ as_of: "x" }), timeline({ cheers: null }), timeline({ cheers: [], hate: [] }), timeline({ hate: [1, 2] }),
    timeline({ hate: "x".repeat(60) }), timeline({ hate: Array(60).fill(null) }), timeline({ start: null }),
    ...[[], null, [null], [{ key: "cheers" }], Array(9).fill(REACTIONS[0])].map((reactions) => timeline({ reactions })),
    timeline({ series: null }), timeline({ series: { cheers: [1] } }),
    timeline({ bin: "2" }), timeline({ window: undefined }), timeline({ server_time: null }),
  ];
  for (const answer of broken) assert.equal(isTimeline(answer), false, JSON.stringify(answer));
});

test("the look gives sizes and separators, and leaves dashes and colours", () => {
  const { data, layout } = PLAIN;
  assert.deepEqual(data.map(({ line }) => line), SKELETON.data.map(({ line: { dash } }) => ({ dash, width: 5 })));
  assert.deepEqual([layout.font.size, layout.separators], [24, ",."]);
  assert.deepEqual(layout.annotations[0].font, { color: "red", size: 20 });
  assert.deepEqual([layout.xaxis.tickfont.size, layout.yaxis.tickfont.size], [20, 20]);
  assert.deepEqual(layout.margin, { l: 1, t: 60, b: 50 });
});

test("the peak is marked above its higher line, and where there is none nothing is", () => {
  const bins = (changes) => Object.assign(Array(60).fill(1), changes);
  const answer = timeline({ cheers: bins({ 7: 4, 30: 9 }), hate: bins({ 30: 2, 41: 5 }) });
  assert.equal(peakOf(answer), 30);
  const { layout } = figureOf(PLAIN, answer, { peak: "Peak 11" });
  const [{ x, y, text, ay, visible }] = layout.annotations;
  assert.deepEqual([x, y, text, ay, visible], [localTime((1000 + 60) * 1000), 9, "Peak 11", -40, true]);
  const beside = timeline({ cheers: bins({ 29: 11, 30: 9 }), hate: bins({ 30: 5 }) });
  assert.deepEqual(figureOf(PLAIN, beside).layout.annotations.map(({ x: at, y: high }) => [at, high]), [[x, 11]]);
  const none = timeline({ cheers: bins({}).fill(0), hate: bins({}).fill(0) });
  assert.equal(peakOf(none), -1);
  assert.equal(figureOf(PLAIN, none).layout.annotations[0].visible, false);
});

test("of several peaks the newest is marked", () => {
  assert.equal(peakOf(timeline({ cheers: [1, 3, 2], hate: [2, 0, 1] })), 2);
});

test("clicks lately are those of the finished bins: five of 2 s, or one", () => {
  const cheers = [9, 1, 2, 3, 4, 5, 100];
  const lately = (bin) => recentOf(timeline({ cheers, hate: cheers, bin }));
  assert.deepEqual(lately(2), { seconds: 10, counts: [15, 15] });
  assert.deepEqual(lately(15), { seconds: 15, counts: [5, 5] });
  assert.deepEqual(lately(60), { seconds: 60, counts: [5, 5] });
});

test("a share needs clicks", () => {
  assert.deepEqual([shareOf(3, 4), shareOf(0, 4), shareOf(0, 0), shareOf(null, 0)], [0.75, 0, null, null]);
});

test("of two reactions the share of the first is shown, of more each, of one none", () => {
  const shares = (counts) => sharesOf(answerOf(counts)).map((each) => each.at(-1));
  assert.deepEqual(shares({ a: 1 }), []);
  assert.deepEqual(shares({ a: 1, b: 3 }), [0.25]);
  assert.deepEqual(shares({ a: 1, b: 1, c: 2 }), [0.25, 0.25, 0.5]);
});

test("there is a trace for each reaction of the answer, and its label is no markup", () => {
  const reactions = [{ key: "x", label: "<b>x</b> & y" }, { key: "y", label: "أسرع!" }, { key: "z", label: "1👍567890123456789012" }];
  const answer = { ...answerOf({ x: 1, y: 2, z: 3 }), reactions };
  const { data } = figureOf(PLAIN, answer, { shares: [["1"], ["2"], ["3"]] });
  assert.deepEqual(data.map(({ name }) => name), ["&lt;b&gt;x&lt;/b&gt; &amp; y", "\u2068أسرع!\u2069", "1👍567890123456789…"]);
  assert.deepEqual(data.map(({ line }) => line.dash), ["dash 0", "dash 1", "dash 2"]);
  assert.deepEqual(data.map(({ visible, y, customdata }) => [visible, y.at(-1), customdata]), [[true, 1, ["1"]], [true, 2, ["2"]], [true, 3, ["3"]]]);
});

test("p50 and p95 are numbers that were there", () => {
  const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);
  assert.deepEqual(quantilesOf(hundred), [50, 95]);
  assert.deepEqual(quantilesOf([7]), [7, 7]);
  assert.equal(quantilesOf([]), null);
});

test("zero takes off the totals, and the bins that ended before it", () => {
  const cheers = Array(60).fill(2);
  const zero = { counts: new Map([["cheers", 1000], ["hate", 1]]), at: 1005, log: "L" };
  const shown = sinceZero(timeline({ cheers, hate: cheers }), zero);
  assert.deepEqual(shown.totals, { cheers: 234, hate: 1 });
  assert.deepEqual(shown.series.cheers.slice(0, 4), [null, null, 2, 2]);
  assert.equal(sinceZero(timeline(), { ...zero, log: "M" }).totals.cheers, 1234);
  assert.equal(sinceZero(timeline(), null).totals.cheers, 1234);
  assert.equal(sinceZero(timeline(), { ...zero, counts: new Map([["cheers", 9999], ["hate", 1]]) }).totals.cheers, 0);
  // A reaction that zero does not know has no count since then.
  assert.equal(sinceZero(timeline(), { ...zero, counts: new Map([["cheers", 9]]) }).totals.cheers, 1234);
});

test("of the bin in which zero falls there is left what came after it", () => {
  const cheers = [...Array(58).fill(0), 5, 3];
  const zeroed = (before, at) => {
    const zero = { counts: new Map([["cheers", before], ["hate", 0]]), at, log: "L" };
    return sinceZero(timeline({ cheers, totals: { cheers: 100, hate: 0 } }), zero).series.cheers.slice(-2);
  };
  assert.deepEqual(zeroed(96, 1117), [1, 3]);
  assert.deepEqual(zeroed(98, 1118), [null, 2]);
  // What a phone tapped before zero and sent later is counted, but no bin gets more than it has.
  assert.deepEqual(zeroed(90, 1117), [5, 3]);
  assert.deepEqual(zeroed(98, 1117), [0, 3]);
});

test("zero is a line in the picture while it lies in the window", () => {
  const shapes = (at) => figureOf(PLAIN, timeline(), { zero: at }).layout.shapes;
  assert.equal(shapes(null)[1].visible, false);
  assert.equal(shapes(900 * 1000)[1].visible, false);
  assert.deepEqual(shapes(1050 * 1000)[1], { visible: true, x0: localTime(1050000), x1: localTime(1050000) });
});

test("what is shown goes into the address and comes out of it", () => {
  const zero = zeroOf(timeline({ log: "a.b-c_d" }));
  assert.deepEqual(zero, { counts: new Map([["cheers", 1234], ["hate", 2]]), at: 1119, log: "a.b-c_d" });
  const view = { window: 900, zero, presenter: true, code: false };
  const search = searchOf(view, WINDOWS, "?other=1&window=120");
  assert.equal(search, "?other=1&window=900&zero=1119.cheers*1234.hate*2.a.b-c_d&view=presenter&qr=off");
  assert.deepEqual(viewOf(search, WINDOWS), view);
});

test("an address without wishes is short, and one with odd wishes has none", () => {
  // The last zero but one has the form of earlier versions, which knew two numbers.
  for (const zero of ["1.x*2.", "1.X*2.L", "x", "1000.0.1005.L", ""]) {
    assert.equal(viewOf(`?zero=${zero}`, WINDOWS).zero, null, zero);
  }
  const view = viewOf("?window=77&zero=1.2.x.L&view=wall", WINDOWS);
  assert.deepEqual(view, { window: 120, zero: null, presenter: false, code: true });
  assert.equal(searchOf(view, WINDOWS, "?window=900&zero=1.ok*0.L"), "");
});

test("what is asked for follows the window", () => {
  assert.equal(timelinePath(3600, WINDOWS), "kafka/timeline?window=3600&bin=60");
});

test("the windows are those of the page, the first one without a wish", () => {
  const windows = windowsOf("[[300, 5], [86400, 1440]]");
  const seconds = ["", "?window=86400", "?window=120", "?window=300.0", "?window=toString"].map(
    (search) => viewOf(search, windows).window,
  );
  assert.deepEqual(seconds, [300, 86400, 300, 300, 300]);
  const [first, other] = [300, 86400].map((window) => ({ window, zero: null, presenter: false, code: true }));
  assert.deepEqual([searchOf(first, windows), searchOf(other, windows)], ["", "?window=86400"]);
  assert.equal(timelinePath(86400, windows), "kafka/timeline?window=86400&bin=1440");
});
