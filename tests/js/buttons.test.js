"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { buttonsOf, linesOf } = require("../../assets/dashboard/buttons.js");

const keysOf = (text, known) => buttonsOf(text, known).map(({ key }) => key);

test("a key looks like its label", () => {
  assert.deepEqual(buttonsOf(" Too fast 🐇 \n\n  Just right 👌\nDemasiado rápido"), [
    { key: "too-fast", label: "Too fast 🐇" },
    { key: "just-right", label: "Just right 👌" },
    { key: "demasiado-rapido", label: "Demasiado rápido" },
  ]);
});

test("every label has a key of its own that a record may hold", () => {
  const labels = ["🐇", "👌", "أسرع", "—", "A", "a", "a b", "a-b", "=1+1", "W".repeat(40), `${"W".repeat(40)}!`];
  const keys = [...keysOf(labels.slice(0, 8).join("\n")), ...keysOf(labels.slice(8).join("\n"))];
  assert.deepEqual(keys, [
    "button", "button-2", "button-3", "button-4", "a", "a-2", "a-b", "a-b-2", "1-1", "w".repeat(32), `${"w".repeat(30)}-2`,
  ]);
  for (const key of keys) assert.match(key, /^[a-z0-9_-]{1,32}$/);
});

test("a label that is known keeps its key, and a line may choose one", () => {
  const known = [{ key: "cheers", label: "Cheers 👍" }, { key: "old", label: "Cheers 👍" }];
  assert.deepEqual(keysOf("Cheers 👍\nHate 👎", known), ["cheers", "hate"]);
  assert.deepEqual(buttonsOf("Cheers 👍\ncheers= Boo = bad\n=x", known), [
    { key: "cheers-2", label: "Cheers 👍" },
    { key: "cheers", label: "Boo = bad" },
    { key: "x", label: "=x" },
  ]);
});

test("no buttons and more than eight are none", () => {
  assert.equal(buttonsOf(" \n"), null);
  assert.equal(buttonsOf("a\n".repeat(9)), null);
  assert.equal(buttonsOf("a\n".repeat(8)).length, 8);
});

test("lines name the same buttons again", () => {
  for (const buttons of [
    [{ key: "cheers", label: "Cheers 👍" }, { key: "hate", label: "Hate 👎" }],
    [{ key: "one", label: "Same" }, { key: "two", label: "Same" }, { key: "b", label: "a=b" }],
  ]) assert.deepEqual(buttonsOf(linesOf(buttons), buttons), buttons);
});
