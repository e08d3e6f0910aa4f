"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { Presses } = require("../../assets/clicker/presses.js");

const MOUSE = 1;
const FINGER = 7;
const THUMB = 8;

const FIRST = { button: 0, detail: 1, pointerId: FINGER };
const event = (type) => (timeStamp, more = {}) => ({ ...FIRST, type, timeStamp, ...more });
const [down, up, cancel, click] = ["pointerdown", "pointerup", "pointercancel", "click"].map(event);
const gone = "the element below is replaced";
const left = { pointerId: MOUSE };
const right = { pointerId: MOUSE, button: 2 };
const thumb = { pointerId: THUMB };

/** How many taps the events are, one after the other. */
function taps(...events) {
  const presses = new Presses();
  return events.filter((each) => (each === gone ? presses.forget() : presses.isTap(each))).length;
}

// What engines make of a press: the events, and the number of taps that a person would count.
const PRESSES = {
  "a finger": [[down(0), up(80), click(81)], 1],
  "a finger on a browser that waits for a second tap": [[down(0), up(80), click(430)], 1],
  "a finger that is held": [[down(0), up(5000), click(5001)], 1],
  "a finger that the browser takes for scrolling": [[down(0), cancel(90)], 1],
  "a finger on a browser without pointer events": [[click(0), click(150)], 2],
  "two thumbs in overlap, without a click": [[down(0), down(5, thumb), up(90), up(95, thumb)], 2],
  "two thumbs, one held for long, with clicks": [
    [down(0), down(5, thumb), up(90), click(91), up(3000, thumb), click(3001, thumb)],
    2,
  ],
  "a finger under which the button is replaced": [[down(0), gone, up(80), click(81)], 1],
  "two thumbs, one of them after the button was replaced": [
    [down(0), gone, down(20, thumb), up(80), click(81), up(90, thumb), click(91, thumb)],
    2,
  ],
  "a finger under which the button is replaced, and the next one": [
    [down(0), gone, up(80), down(200), up(280), click(281)],
    2,
  ],
  "a mouse": [[down(0, left), up(80, left), click(81, left)], 1],
  "a mouse's other button": [[down(0, right), up(80, right)], 0],
  // While one button is down another raises no pointerdown of its own.
  "a mouse's left button, the right one after it": [[down(0, left), click(50, left), up(80, right)], 1],
  "a mouse's left button while the right one is down": [[down(0, right), click(50, left), up(80, right)], 1],
  "a pen's eraser, which clicks": [[down(0, { button: 5 }), up(80, { button: 5 }), click(81)], 1],
  "assistive technology in Firefox: no pointer": [[click(0), click(300), click(600)], 3],
  "assistive technology elsewhere, and keys: no detail": [[click(0, { detail: 0 })], 1],
  "a key right after a finger": [[down(0), up(80), click(81), click(200, { detail: 0 })], 2],
  "assistive technology a while after a finger that made no click": [[down(0), up(80), click(1500)], 2],
};

for (const [who, [events, count]] of Object.entries(PRESSES)) {
  test(`presses counted once: ${who}`, () => assert.equal(taps(...events), count));
}

test("a finger whose end is never told does not hide what comes after it", () => {
  const presses = new Presses();
  presses.isTap(down(0));
  presses.forget();
  assert.equal(presses.isTap(click(2000)), true);
});
