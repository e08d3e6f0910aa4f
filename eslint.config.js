"use strict";
const js = require("@eslint/js");
const globals = require("globals");

const rules = {
  ...js.configs.recommended.rules,
  complexity: ["error", 12],
  curly: ["error", "multi-line"],
  eqeqeq: "error",
  "max-depth": ["error", 3],
  "max-len": ["error", { code: 120, ignoreStrings: true }],
  "max-lines": ["error", 300],
  "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
  "max-params": ["error", 5],
  "no-console": "error",
  "no-eval": "error",
  "no-implied-eval": "error",
  "no-shadow": "error",
  "no-unmodified-loop-condition": "error",
  "no-unused-vars": ["error", { ignoreRestSiblings: true }],
  "no-var": "error",
  "object-shorthand": "error",
  "prefer-const": "error",
  "prefer-template": "error",
  strict: ["error", "global"],
};

const tooNew = (selector) => ({ selector, message: "Chrome 80, Firefox 74 or Safari 13.1 lacks this." });
const restricted = [
  tooNew("Literal[regex.pattern=/[\\\\]p[{]|[(][?]</]"),
  tooNew("Literal[regex.flags=/[sdv]/]"),
  tooNew("CallExpression[callee.property.name=/^(at|hasOwn|randomUUID|replaceAll|replaceChildren)$/]"),
];

module.exports = [
  { ignores: ["**/*.min.js"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: ["assets/**/*.js"],
    languageOptions: {
      // Chrome 80, Safari 13.1 and Firefox 74 read this (docs/pages.md); class fields are newer.
      ecmaVersion: 2020,
      sourceType: "script",
      globals: { ...globals.browser, module: "readonly", require: "readonly" },
    },
    rules: { ...rules, "no-restricted-syntax": ["error", ...restricted] },
  },
  {
    files: ["tests/js/*.js", "*.js"],
    languageOptions: { sourceType: "commonjs", globals: globals.node },
    rules: { ...rules, "max-lines-per-function": "off" },
  },
];
