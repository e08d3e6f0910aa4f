"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { Choices, filled } = require("../../assets/page.js");
const { MemoryStorage } = require("./world.js");

/** Choices on a system of these properties, which a test may change. */
function on({ storage = new MemoryStorage(), dark = true, tags = ["en-GB"], languages = ["en", "es"] } = {}) {
  const system = { dark, tags };
  const choices = new Choices({ languages, storage, dark: () => system.dark, preferred: () => system.tags });
  return { choices, system, storage };
}

test("a text is filled with values, and with nothing else", () => {
  assert.equal(filled("{n} of {all}, {other}", { n: 0, all: "{n}" }), "0 of {n}, {other}");
});

test("without a choice theme and language follow the system and the browser", () => {
  const { choices, system } = on();
  assert.deepEqual([choices.theme, choices.language], ["dark", "en"]);
  Object.assign(system, { dark: false, tags: ["fr-FR", "es-AR", "en"] });
  assert.deepEqual([choices.theme, choices.language], ["light", "es"]);
  system.tags = ["fr"];
  assert.equal(choices.language, "en");
});

test("a choice lasts over pages, and ends when it is what the system has", () => {
  const { choices, storage, system } = on();
  choices.chooseNext("theme");
  choices.chooseNext("language");
  const later = on({ storage }).choices;
  assert.deepEqual([later.theme, later.language], ["light", "es"]);
  choices.chooseNext("theme");
  assert.equal(choices.theme, "dark");
  system.dark = false;
  assert.equal(choices.theme, "light");
  assert.equal(storage.length, 1);
});

test("every language of the catalogue is chosen in turn, and the first is the default", () => {
  const { choices } = on({ languages: ["de", "en", "fr"], tags: ["it"] });
  const chosen = [1, 2, 3, 4].map(() => {
    choices.chooseNext("language");
    return choices.language;
  });
  assert.deepEqual(chosen, ["en", "fr", "de", "en"]);
});

test("what is kept and unknown counts as no choice", () => {
  const { choices, storage } = on();
  storage.setItem("clicker.theme", "pink");
  assert.equal(choices.theme, "dark");
});

test("a choice works without a storage, or with one that refuses", () => {
  const refusing = { getItem: () => { throw new Error("no"); }, setItem: () => { throw new Error("no"); } };
  for (const storage of [null, refusing]) {
    const { choices } = on({ storage });
    choices.chooseNext("theme");
    assert.equal(choices.theme, "light");
    choices.chooseNext("theme");
    assert.equal(choices.theme, "dark");
  }
});

test("times are local until the viewer wants UTC, on all pages", () => {
  const { choices, storage } = on();
  assert.equal(choices.zone, "local");
  choices.chooseNext("zone");
  assert.deepEqual([choices.zone, on({ storage }).choices.zone], ["utc", "utc"]);
  choices.chooseNext("zone");
  assert.deepEqual([choices.zone, storage.length], ["local", 0]);
});
