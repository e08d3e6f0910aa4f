"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { Lines, readReport } = require("../../assets/report/stream.js");
const { reportOf } = require("./reports.js");

const JSON_LINES = { "Content-Type": "application/x-ndjson" };

/** A function like fetch whose answer comes in these parts; an Error breaks it off. */
function fetched(parts, { status = 200, headers = JSON_LINES } = {}) {
  const body = new ReadableStream({
    async pull(controller) {
      const part = parts.shift();
      if (part === undefined) controller.close();
      else if (part instanceof Error) controller.error(part);
      else controller.enqueue(part);
    },
  });
  return async () => new Response(body, { status, headers });
}

const bytes = (text) => new TextEncoder().encode(text);
const refusal = (status, message, headers = {}) => fetched([bytes(JSON.stringify({ status: "error", message }))], {
  status, headers: { "Content-Type": "application/json", ...headers },
});
const troubleOf = async (answer) => (await readReport(answer, "kafka/archive?talk=x", () => {})).trouble;

test("lines are taken however the network cuts them", () => {
  const lines = new Lines();
  assert.deepEqual(['{"done":0', ".5}\n\n{", '"done":1}\n{"rep', "ort"].flatMap((part) => lines.take(part)), [{ done: 0.5 }, { done: 1 }]);
});

test("progress is told, and the last line is the report, also where a sign is cut in two", async () => {
  const report = reportOf({ talk: { id: "x", title: "👩🏽‍🚀", running: false, marks: [] } });
  const whole = bytes(`{"done":0.25}\n{"done":0.5}\n${JSON.stringify({ report })}\n`);
  const parts = Array.from({ length: Math.ceil(whole.length / 7) }, (_, at) => whole.slice(7 * at, 7 * at + 7));
  const done = [];
  const found = await readReport(fetched(parts), "kafka/archive?talk=x", (part) => done.push(part));
  assert.deepEqual([done, found.report], [[0.25, 0.5], report]);
});

test("what the server says most often has words of the page", async () => {
  const busy = "Another report or export is under way; try again when it is done";
  const hidden = "The presenter shows the results later";
  const found = [refusal(503, busy, { "Retry-After": "7" }), refusal(403, hidden), refusal(404, "There is no such talk")];
  found.push(fetched([bytes(`{"done":0.1}\n${JSON.stringify({ error: hidden })}\n`)]));
  const known = (await Promise.all(found.map(troubleOf))).map(({ key, retry }) => [key, retry]);
  assert.deepEqual(known, [["another_counted", 7], ["results_later", 0], ["unknown_talk", 0], ["results_later", 0]]);
});

test("every way in which there is no report has its words", async () => {
  const cases = [
    [refusal(503, "One is counted", { "Retry-After": "7" }), { key: "busy", values: { message: "One is counted" }, retry: 7 }],
    [refusal(503, "Soon"), { key: "busy", values: { message: "Soon" }, retry: 2 }],
    [refusal(403, "Later"), { key: "not_allowed", values: { message: "Later" }, retry: 0 }],
    [refusal(404, "No talk"), { key: "refused_report", values: { message: "No talk" }, retry: 0 }],
    [refusal(401, "Code"), { key: "needs_code", values: { message: "Code" }, retry: 0 }],
    [fetched([bytes("<html>")], { headers: { "Content-Type": "text/html" } }), { key: "no_report", values: {}, retry: 0 }],
    [fetched([bytes("<html>")], { status: 403, headers: { "Content-Type": "text/html" } }), { key: "needs_login", values: {}, retry: 0 }],
    [fetched([bytes('{"done":0.1}\n{"error":"The broker is away"}\n')]), { key: "not_counted", values: { message: "The broker is away" }, retry: 0 }],
    [fetched([bytes('{"done":0.1}\n')]), { key: "broke_off", values: {}, retry: 0 }],
    [fetched([bytes('{"report":{"version":2}}\n')]), { key: "no_report", values: {}, retry: 0 }],
    [fetched([bytes('{"done":0.1}\n'), new Error("gone")]), { key: "broke_off", values: {}, retry: 0 }],
    [async () => { throw new TypeError("Failed to fetch"); }, { key: "no_connection", values: {}, retry: 0 }],
  ];
  for (const [answer, expected] of cases) assert.deepEqual(await troubleOf(answer), expected);
});
