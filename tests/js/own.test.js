"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { OwnTaps } = require("../../assets/clicker/own.js");
const { MemoryStorage } = require("./world.js");

const SITE = "/visualization-tools-ii/";
const countsOf = (taps) => ["cheers", "hate"].map((type) => taps.of(type));

test("a person's own taps are counted on after a reload, by type and site", () => {
  const storage = new MemoryStorage();
  const first = new OwnTaps(storage, SITE);
  assert.deepEqual([first.add("cheers"), first.add("cheers"), first.add("hate")], [1, 2, 1]);

  assert.deepEqual(countsOf(new OwnTaps(storage, SITE)), [2, 1]);
  assert.equal(new OwnTaps(storage, SITE).add("cheers"), 3);
  assert.deepEqual(countsOf(new OwnTaps(storage, "/room-b/")), [0, 0]);
});

test("a new log begins with the taps that it takes over, before a reload and after it", () => {
  const storage = new MemoryStorage();
  const tab = new OwnTaps(storage, SITE);
  tab.add("cheers", 1000);
  tab.countFor("A", 1200);
  tab.add("hate", 9000);
  tab.countFor("A", 9100);
  assert.deepEqual(countsOf(tab), [1, 1]);
  const reloaded = new OwnTaps(storage, SITE);
  reloaded.countFor("A", 10);
  assert.deepEqual(countsOf(reloaded), [1, 1]);

  const later = new OwnTaps(storage, SITE);
  later.add("hate", 100);
  later.countFor("B", 300);
  assert.deepEqual(countsOf(later), [0, 1]);
  assert.deepEqual(countsOf(new OwnTaps(storage, SITE)), [0, 1]);
  later.countFor("C", 60000);
  assert.deepEqual(countsOf(later), [0, 0]);
});

test("any key is one, also one that objects know", () => {
  const storage = new MemoryStorage();
  const keys = ["__proto__", "constructor", "1"];
  for (const key of keys) assert.equal(new OwnTaps(storage, SITE).add(key, 0), 1);
  assert.deepEqual(keys.map((key) => new OwnTaps(storage, SITE).of(key)), [1, 1, 1]);
});

test("without a storage, and with one that refuses, the taps are counted as long as the page lives", () => {
  const refusing = {
    getItem() {
      throw new Error("blocked");
    },
    setItem() {
      throw new Error("full");
    },
  };
  for (const storage of [null, refusing]) {
    const taps = new OwnTaps(storage, SITE);
    assert.deepEqual([taps.add("hate"), taps.add("hate")], [1, 2]);
  }
});

test("what is stored and is no count is none", () => {
  for (const odd of ["", "x", "null", "7", "[7,8]", "{}", ...["x", "-3", "1.5", "1e99", "null", '"3"'].map((n) => `[["cheers",${n}]]`)]) {
    const storage = new MemoryStorage();
    storage.setItem(`own:counts:${SITE}`, odd);
    assert.equal(new OwnTaps(storage, SITE).add("cheers"), 1, odd);
  }
});
