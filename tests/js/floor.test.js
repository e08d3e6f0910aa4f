"use strict";
const assert = require("node:assert/strict");
const { readFileSync } = require("node:fs");
const { resolve } = require("node:path");
const test = require("node:test");
const { Linter } = require("eslint");

const PAGE = readFileSync(resolve(__dirname, "../../assets/page.js"), "utf8");

/** Why an engine that reads this year's language refuses the script; nothing if it reads it. */
function refused(ecmaVersion) {
  const messages = new Linter().verify(PAGE, { languageOptions: { ecmaVersion, sourceType: "script" } });
  return messages.filter(({ fatal }) => fatal).map(({ message }) => message);
}

test("an engine below the floor refuses page.js as a whole, so that the notice stays", () => {
  assert.deepEqual(refused(2020), []);
  assert.equal(refused(2019).length, 1);
});
