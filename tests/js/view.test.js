"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { zeroOf } = require("../../assets/dashboard/timeline.js");
const { searchOf, timelinePath, viewOf, windowsOf } = require("../../assets/dashboard/view.js");
const { timeline } = require("./answers.js");
const { WINDOWS } = require("./screen.js");

test("what is shown goes into the address and comes out of it", () => {
  const zero = zeroOf(timeline({ log: "a.b-c_d" }));
  assert.deepEqual(zero, { counts: new Map([["cheers", 1234], ["hate", 2]]), at: 1119, log: "a.b-c_d" });
  const view = { window: 900, zero, presenter: true, overlay: false, code: false };
  const search = searchOf(view, WINDOWS, "?other=1&window=120");
  assert.equal(search, "?other=1&window=900&zero=1119.cheers*1234.hate*2.a.b-c_d&view=presenter&qr=off");
  assert.deepEqual(viewOf(search, WINDOWS), view);
});

test("the view over a stream is a presenter view with an address of its own", () => {
  const view = viewOf("?view=overlay&qr=off", WINDOWS);
  assert.deepEqual([view.presenter, view.overlay, view.code], [true, true, false]);
  assert.equal(searchOf(view, WINDOWS, "?view=overlay"), "?view=overlay&qr=off");
  assert.equal(searchOf({ ...view, presenter: false }, WINDOWS), "?qr=off");
});

test("an address without wishes is short, and one with odd wishes has none", () => {
  // The last zero but one has the form of earlier versions, which knew two numbers.
  for (const zero of ["1.x*2.", "1.X*2.L", "x", "1000.0.1005.L", ""]) {
    assert.equal(viewOf(`?zero=${zero}`, WINDOWS).zero, null, zero);
  }
  const view = viewOf("?window=77&zero=1.2.x.L&view=wall", WINDOWS);
  assert.deepEqual(view, { window: 120, zero: null, presenter: false, overlay: false, code: true });
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
  const plain = { zero: null, presenter: false, overlay: false, code: true };
  const [first, other] = [300, 86400].map((window) => ({ ...plain, window }));
  assert.deepEqual([searchOf(first, windows), searchOf(other, windows)], ["", "?window=86400"]);
  assert.equal(timelinePath(86400, windows), "kafka/timeline?window=86400&bin=1440");
});
