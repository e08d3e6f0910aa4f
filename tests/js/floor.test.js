"use strict";
const assert = require("node:assert/strict");
const { readdirSync, readFileSync } = require("node:fs");
const { resolve } = require("node:path");
const test = require("node:test");
const doiuse = require("doiuse");
const { Linter } = require("eslint");
const postcss = require("postcss");

const ASSETS = resolve(__dirname, "../../assets");
const FLOOR = ["chrome 80", "firefox 75", "ios_saf 13.4-13.7"];
/** What our stylesheets may use although an engine of the floor lacks it, and what it has there instead. */
const STAND_INS = {
  "css-color-adjust": "paper without the colours of the ground",
  "css-container-query-units": "a width of the window",
  "css-focus-visible": "the browser's own outline",
  "css-has": "the card keeps its share",
  "css-overscroll-behavior": "the page bounces",
  "css-paged-media": "the margins of the printer",
  "css3-cursors": "a finger, which has no pointer",
  "flexbox-gap": "margins, in common.css",
  "text-size-adjust": "no growth of the text, since Firefox has none",
  "viewport-unit-variants": "vh, in the declaration before",
};
/** `inset` and `:is()`: an engine that has them in part has them under other names. */
const NO_USE_IN_PART = ["css-logical-props", "css-matches-pseudo"];
/** What doiuse takes for a list in :not(), a descendant of :not(…): `:not([x]) .y`. */
const MISTAKEN = ["css-not-sel-list"];

/** Why an engine that reads this year's language refuses page.js; nothing if it reads it. */
function refused(ecmaVersion) {
  const page = readFileSync(`${ASSETS}/page.js`, "utf8");
  const messages = new Linter().verify(page, { languageOptions: { ecmaVersion, sourceType: "script" } });
  return messages.filter(({ fatal }) => fatal).map(({ message }) => message);
}

/** The features of the stylesheet that an engine of the floor lacks. */
function lacking(file) {
  const found = [];
  const onFeatureUsage = ({ feature, featureData: { missing } }) => {
    if (missing || NO_USE_IN_PART.includes(feature)) found.push(feature);
  };
  const plugin = doiuse({ browsers: FLOOR, ignore: MISTAKEN, onFeatureUsage });
  postcss(plugin).process(readFileSync(file, "utf8"), { from: file }).sync();
  return found;
}

test("an engine below the floor refuses page.js as a whole, so that the notice stays", () => {
  assert.deepEqual(refused(2020), []);
  assert.equal(refused(2019).length, 1);
});

test("where the floor lacks what a stylesheet uses, something stands in", () => {
  const names = readdirSync(ASSETS, { recursive: true }).filter((name) => /(?<!\.min)\.css$/.test(name));
  const files = names.map((name) => resolve(ASSETS, name));
  assert.deepEqual([...new Set(files.flatMap(lacking))].sort(), Object.keys(STAND_INS));
});
