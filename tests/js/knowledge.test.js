"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { Store } = require("../../assets/clicker/batches.js");
const { DONE, MemoryStorage, NOT_APPENDED, world } = require("./world.js");

const HOUR = 3600 * 1000;
const OTHER_LOG = { status: 409, json: { status: "error", message: "no", appended: false, log: "b" }, retryAfter: 0 };
const TOO_LATE = { status: 409, json: { status: "error", message: "no", appended: false, repeat_s: 3 }, retryAfter: 0 };
const NOT_KNOWN = { status: 503, json: { status: "error", message: "Not known", appended: false }, retryAfter: 1 };

test("what the site said of repeats holds for seconds, and over no sleep", async () => {
  for (const clock of ["time", "jump"]) {
    const here = world({ answers: [null, NOT_APPENDED], asked: [{ repeat_s: 60 }, { repeat_s: 60 }] });
    here.queue.tap("cheers");
    await here.go();
    await here.pass(500);
    assert.deepEqual([here.state.posted.length, here.state.asks], [2, 1]);
    here.state[clock] += 8 * HOUR;
    await here.pass(2000);
    assert.deepEqual([here.state.posted.length, here.state.asks, here.queue.unknown], [2, 2, 1], clock);
  }
});

test("a repeat says how long ago it was first sent, and is dropped if the site calls that too long", async () => {
  const here = world({ answers: [null, TOO_LATE], asked: [{ repeat_s: 60 }] });
  here.queue.tap("cheers");
  await here.go();
  await here.pass(500);
  assert.deepEqual(here.state.posted.map((body) => body.first_sent_ms), [undefined, 500]);
  assert.deepEqual([here.queue.unknown, here.queue.waiting()], [1, 0]);
});

test("while the site does not know what it forgets, new taps are sent and uncertain ones wait", async () => {
  const here = world({ answers: [null] });
  const answers = [NOT_KNOWN, NOT_KNOWN, { status: 200, json: { repeat_s: 60 }, retryAfter: 0 }];
  here.server.ask = async () => answers.shift();
  here.queue.tap("cheers");
  await here.go();
  here.queue.tap("hate");
  await here.pass(500);
  assert.deepEqual(here.state.posted.map((body) => body.seq), [0, 1]);
  for (let turn = 0; turn < 4; turn += 1) await here.pass(4000);
  assert.deepEqual(here.state.posted.map((body) => body.seq), [0, 1, 0]);
  assert.equal(here.queue.waiting(), 0);
});

test("taps are for the log that the site named; those of a log that is gone are dropped and said", async () => {
  const storage = new MemoryStorage();
  const before = world({ storage, client: "old", asked: [{ repeat_s: null, log: "a" }], answers: [NOT_APPENDED] });
  before.queue.adopt();
  await before.settle();
  before.queue.tap("cheers");
  await before.go();
  assert.equal(before.state.posted[0].log, "a");
  const later = world({ storage, client: "new", answers: [OTHER_LOG], asked: Array(9).fill({ repeat_s: null, log: "b" }) });
  later.queue.adopt();
  await later.settle();
  for (let turn = 0; turn < 3; turn += 1) await later.pass(6000);
  assert.deepEqual(later.state.posted.map((body) => body.log), ["a"]);
  assert.deepEqual([later.queue.refused, later.queue.waiting()], [1, 0]);
  assert.ok(later.state.toasts.includes("toast_other_log 1"));
});

test("a page that stays open takes over its newest taps to a new log, and no older ones", async () => {
  for (const [age, logs] of [[0, ["a", "b"]], [6000, ["a"]]]) {
    const here = world({ asked: Array(9).fill({ repeat_s: null, log: "b" }), answers: [OTHER_LOG, DONE] });
    here.queue.known.learnLog("a", here.queue.known.moment());
    here.queue.tap("cheers");
    here.state.time += age;
    await here.go();
    for (let turn = 0; turn < 3; turn += 1) await here.pass(6000);
    assert.deepEqual(here.state.posted.map((body) => body.log), logs, String(age));
    assert.deepEqual(here.state.logs, ["b"]);
    assert.equal(here.queue.waiting(), 0);
  }
});

test("a process that knows the new log later than others makes no tap be dropped", async () => {
  const here = world({ answers: [OTHER_LOG, DONE], asked: [{ repeat_s: null, log: "a" }] });
  here.queue.known.learnLog("a", here.queue.known.moment());
  here.queue.tap("cheers");
  here.state.time += 6000;
  await here.go();
  for (let turn = 0; turn < 3; turn += 1) await here.pass(6000);
  assert.deepEqual(here.state.posted.map((body) => body.log), ["a", "a"]);
  assert.deepEqual([here.queue.sent, here.queue.refused], [1, 0]);
});

test("a page asks once for its log, and the log that it hears late is not believed", async () => {
  const here = world({ asked: [{ repeat_s: null, log: "a" }] });
  const ask = here.server.ask;
  here.server.ask = async () => {
    here.state.jump += HOUR;
    return ask();
  };
  here.queue.adopt();
  await here.settle();
  assert.deepEqual([here.state.asks, here.queue.known.log, here.queue.delivery], [1, undefined, "clear"]);
});

const batchOf = (seq, type) => ({ seq, taps: [[type, 1]], sent: null, tries: 0 });

test("an old page that stays open over an upgrade adds to what was taken over", () => {
  const storage = new MemoryStorage();
  const store = new Store(storage, "/room/");
  for (const seq of [0, 1]) {
    storage.setItem("clicks:earlier", JSON.stringify([batchOf(seq, "hate")]));
    assert.deepEqual(store.clients(), ["earlier"]);
  }
  assert.deepEqual(store.read("earlier").map(({ seq }) => seq), [0, 1]);
});

test("a full storage keeps what it cannot take over, and hides nobody's taps", () => {
  const storage = new MemoryStorage();
  const store = new Store(storage, "/room/");
  store.write("other", [batchOf(0, "cheers")]);
  storage.setItem("clicks:earlier", JSON.stringify([batchOf(0, "hate")]));
  const { setItem } = storage;
  storage.setItem = () => {
    throw new Error("QuotaExceededError");
  };
  assert.deepEqual(store.clients(), ["other"]);
  storage.setItem = setItem;
  assert.deepEqual(store.clients(), ["other", "earlier"]);
  assert.equal(store.read("earlier").length, 1);
});

test("the sites of one origin keep their taps apart, and the first one takes over those of an earlier version", () => {
  const storage = new MemoryStorage();
  const tap = [{ seq: 0, taps: [["cheers", 1]], sent: null, tries: 0 }];
  storage.setItem("clicks:earlier", JSON.stringify(tap));
  const [one, other] = ["/one/", "/one/more/"].map((site) => new Store(storage, site));
  one.write("a", tap);
  other.write("b", tap);
  assert.deepEqual([one.clients().sort(), other.clients()], [["a", "earlier"], ["b"]]);
  assert.deepEqual(one.read("earlier"), tap);
  assert.deepEqual(other.read("a"), []);
});
