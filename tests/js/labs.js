"use strict";
const { formatsOf } = require("../../assets/dashboard/words.js");
const { timesOf } = require("../../assets/dashboard/zone.js");

/** Texts as their keys and values, such as "waits partition=0 offset=7". */
const text = (key, values = {}) => [key, ...Object.entries(values).map(([name, value]) => `${name}=${value}`)].join(" ");

/** A look with texts as their keys; a file's words end in _file in the page, and here as well. */
function lookOf({ isFile = false, isFlink = false } = {}) {
  const say = (key, values) => text(isFile ? `${key}_file` : key, values);
  const sizes = { tick: 13, line: 3 };
  return { ...formatsOf("en-US"), times: timesOf("utc"), text, say, isFile, isFlink, windows: new Map([[120, 2], [900, 15], [3600, 60]]), sizes };
}

/** An answer of the laboratory. */
function labOf(changes = {}) {
  return {
    log: "log-1", broker: "kafka", counts_from: "clicks", process: "7-ab", state: "live", as_of: { 0: 17 }, ends: { 0: 17 }, unreadable: {},
    duplicates: 0, totals: { cheers: 17 }, read: { records: 0, bytes: 0 }, checkpoint: null, pause_left_s: 0,
    may_change: true, reactions: [{ key: "cheers", label: "Cheers" }, { key: "hate", label: "Hate" }], records: [],
    server_time: 1000, ...changes,
  };
}

/** A record as the laboratory shows it. */
function recordOf(changes = {}) {
  return {
    partition: 0, offset: 17, time: 1000.02, key: "lab-1", headers: [{ name: "click-id", value: "lab-1:1:0" }, { name: "person", value: "ab" }],
    value: '{"type":"cheers"}', bytes: 40, decision: "counted", reason: null, repeat_of: null, type: "cheers",
    timestamp: 1000, drawn_at: 1000, total: 18, polled_at: 1000.03, counted_at: 1000.031, ...changes,
  };
}

/** A page's laboratory whose server, clock and eyes are in the test's hand. */
function world(Lab, { answer = labOf(), ...changes } = {}) {
  const state = { time: 1000, hidden: false, answer, sent: [], replies: {}, shown: 0, ...changes };
  const send = async (method, path, body) => {
    state.sent.push([method, path, body && JSON.parse(JSON.stringify(body))]);
    const reply = state.replies[path] || { status: 200, answer: state.answer };
    return typeof reply === "function" ? reply(body) : reply;
  };
  const lab = new Lab({
    send, now: () => state.time, wall: () => 5000 + state.time, client: "lab-1",
    isHidden: () => state.hidden, show: () => (state.shown += 1),
  });
  return { lab, state, asked: () => state.sent.filter(([method]) => method === "GET").length };
}

/** The answer to a traced request whose records stand at these offsets. */
const placed = (...offsets) => ({
  status: 200,
  answer: { placed: offsets.map((offset) => ({ partition: 0, offset })), received_at: 1000, acknowledged_at: 1000.005 },
});

module.exports = { labOf, lookOf, placed, recordOf, text, world };
