"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { OwnTaps } = require("../../assets/clicker/own.js");
const { MemoryStorage } = require("./world.js");

const SITE = "/visualization-tools-ii/";

test("a person's own taps are counted on after a reload, by type and site", () => {
  const storage = new MemoryStorage();
  const first = new OwnTaps(storage, SITE);
  assert.deepEqual([first.add("cheers"), first.add("cheers"), first.add("hate")], [1, 2, 1]);

  assert.deepEqual(new OwnTaps(storage, SITE).counts, { cheers: 2, hate: 1 });
  assert.equal(new OwnTaps(storage, SITE).add("cheers"), 3);
  assert.deepEqual(new OwnTaps(storage, "/room-b/").counts, { cheers: 0, hate: 0 });
});

test("a new log begins with the taps that it takes over, before a reload and after it", () => {
  const storage = new MemoryStorage();
  const tab = new OwnTaps(storage, SITE);
  tab.add("cheers", 1000);
  tab.countFor("A", 1200);
  tab.add("hate", 9000);
  tab.countFor("A", 9100);
  assert.deepEqual(tab.counts, { cheers: 1, hate: 1 });
  const reloaded = new OwnTaps(storage, SITE);
  reloaded.countFor("A", 10);
  assert.deepEqual(reloaded.counts, { cheers: 1, hate: 1 });

  const later = new OwnTaps(storage, SITE);
  later.add("hate", 100);
  later.countFor("B", 300);
  assert.deepEqual(later.counts, { cheers: 0, hate: 1 });
  assert.deepEqual(new OwnTaps(storage, SITE).counts, { cheers: 0, hate: 1 });
  later.countFor("C", 60000);
  assert.deepEqual(later.counts, { cheers: 0, hate: 0 });
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
  for (const odd of ["", "x", "-3", "1.5", "1e99", "NaN", "null", "[7,8]"]) {
    const storage = new MemoryStorage();
    storage.setItem(`own:cheers:${SITE}`, odd);
    assert.equal(new OwnTaps(storage, SITE).add("cheers"), 1, odd);
  }
});
