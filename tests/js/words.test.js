"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { delayOf, formatsOf, noteOf, numberOf, sentenceOf, statusOf, unreadableOf } = require("../../assets/dashboard/words.js");
const { timesOf } = require("../../assets/dashboard/zone.js");
const { text, timeline } = require("./answers.js");

test("the status is the consumer's while the server answers", () => {
  const calm = { text, paused: false, failing: false, started: null, answered: 0, now: 500 };
  const texts = ["live", "connecting", "catching up", "reconnecting", "disabled"].map((state) => statusOf({ ...calm, state }).text);
  assert.deepEqual(texts, ["live", "connecting", "catching up", "reconnecting", "disabled"]);
});

test("the status is reconnecting when a request fails", () => {
  const calm = { text, paused: false, state: "live", failing: true, started: null, answered: 0, now: 100 };
  assert.equal(statusOf(calm).text, "reconnecting");
});

test("the status is reconnecting when a request is slow and the last answer 2.5 s old", () => {
  const calm = { text, paused: false, state: "live", failing: false, answered: 0 };
  assert.equal(statusOf({ ...calm, started: 1000, now: 2501 }).text, "reconnecting");
  assert.equal(statusOf({ ...calm, started: 1000, now: 2499 }).text, "live");
  assert.equal(statusOf({ ...calm, started: 100, now: 2000 }).text, "live");
  assert.equal(statusOf({ ...calm, started: 9000, now: 9900 }).text, "live");
  assert.equal(statusOf({ ...calm, answered: null, started: 0, now: 1600 }).text, "reconnecting");
});

test("an answer older than 10 s is called stale, with its age", () => {
  const calm = { text, paused: false, state: "live", failing: true, started: null, answered: 0 };
  assert.equal(statusOf({ ...calm, now: 10000 }).age, "");
  assert.equal(statusOf({ ...calm, now: 12300 }).age, "stale 12");
  assert.equal(statusOf({ ...calm, answered: null, now: 99000 }).age, "");
});

test("what is stale is not called live", () => {
  const calm = { text, paused: false, state: "live", failing: false, started: null, answered: 0, now: 12300 };
  assert.deepEqual(statusOf(calm), { text: "stale 12", kind: "stale", age: "" });
  assert.equal(statusOf({ ...calm, now: 10000 }).text, "live");
  assert.deepEqual(statusOf({ ...calm, state: "connecting" }), { text: "connecting", kind: "connecting", age: "stale 12" });
});

test("what is paused is called so, with the age of what is shown", () => {
  const calm = { text, paused: true, state: "live", failing: true, started: 0, answered: 0 };
  assert.deepEqual(statusOf({ ...calm, now: 12300 }), { text: "paused", kind: "paused", age: "stale 12" });
});

test("a state that is not known is shown as it is", () => {
  const calm = { text, paused: false, state: "on leave", failing: false, started: null, answered: 0, now: 1 };
  assert.deepEqual(statusOf(calm), { text: "on leave", kind: "on-leave", age: "" });
});

test("the sentence has the counts of now, or says how old they are", () => {
  const said = (status, kind, age) => sentenceOf({ status, kind, age, counts: () => "7 cheers", text });
  assert.equal(said("Live", "live", 10000), "Live. 7 cheers");
  assert.equal(said("Live", "live", 10001), "Live. counts_age 10");
  assert.equal(said("Connecting…", "connecting", null), "Connecting…");
  assert.equal(said("Reconnecting…", "reconnecting", 3999), "Reconnecting… counts_age 3");
  assert.equal(said("Catching up…", "catching-up", 400), "Catching up…");
  assert.equal(said("Stale: 12 s", "stale", 12000), "Stale: 12 s.");
});

test("what is not whole is said", () => {
  const note = (changes) => noteOf(timeline(changes), text, { whole: String, decimal: String, times: timesOf("local") });
  assert.equal(note(), "");
  assert.equal(note({ complete_since: 900 }), "");
  assert.match(note({ complete_since: 1050 }), /^complete_since \d\d:\d\d:\d\d$/);
  assert.equal(note({ incomplete: true }), "incomplete");
  assert.equal(note({ state: "disabled" }), "not_counting");
  assert.equal(note({ state: "reconnecting", measured: { lag: null } }), "broker_away");
  assert.equal(note({ state: "catching up", measured: { lag: 17 } }), "lag 17");
  assert.equal(note({ measured: { lag: 17 } }), "");
  assert.equal(note({ clock_skew_s: -5.1 }), "clock_behind 5.1");
  assert.equal(note({ clock_skew_s: 10, incomplete: true }), "clock_ahead 10 incomplete");
  assert.equal(note({ clock_skew_s: null }), "");
});

test("records that are no clicks are said to be none, with the reasons", () => {
  const said = (unreadable) => unreadableOf(timeline({ unreadable }), text, String);
  assert.deepEqual([said(undefined), said({}), said({ "not JSON": 0 })], ["", "", ""]);
  assert.equal(said({ "not JSON": 5, "unknown type": 7, "no value": 0 }), "unreadable 12 5 × not JSON, 7 × unknown type");
});

test("a number tells how wide it is, so that it fits", () => {
  const long = { children: "1,234,567,890,123", className: "total-number long", style: { "--ems": "10.28" } };
  assert.deepEqual(numberOf("1,234,567,890,123"), long);
  assert.equal(numberOf("1,234,567").className, "total-number");
  assert.equal(numberOf("93%").style["--ems"], "2.36");
});

test("the time from tap to screen is that of the server and that of the page", () => {
  const measured = { clicks: 3, age_ms: [10, 20], counted_ms: [30, 40], tap_to_counted_ms: [45, 55] };
  const said = { text, seconds: String };
  assert.deepEqual(delayOf(measured, [5, 6], 1000, said), {
    total: "measured 50 61",
    legs: "legs 10 / 20 30 / 40 5 / 6 1000 not_measured 10 / 20 30 / 40 5 / 6 1000",
  });
  for (const [server, drawn] of [[undefined, [5, 6]], [{ clicks: 0 }, [5, 6]], [measured, null]]) {
    assert.equal(delayOf(server, drawn, 1000, said).total, "unmeasured");
  }
  assert.deepEqual(delayOf({ clicks: null }, [5, 6], 1000, said), { total: "unmeasurable", legs: "not_measured 1000" });
});

test("numbers are written as the language does", () => {
  const [english, spanish] = ["en-US", "es-ES"].map(formatsOf);
  assert.deepEqual([english.whole(1234567), spanish.whole(1234567)], ["1,234,567", "1.234.567"]);
  assert.deepEqual([english.decimal(3), spanish.decimal(3)], ["3.0", "3,0"]);
  assert.deepEqual([english.percent(0.934), english.percent(null)], ["93%", "–"]);
  assert.deepEqual([english.seconds(420), english.separators, spanish.separators], ["0.42 s", ".,", ",."]);
});
