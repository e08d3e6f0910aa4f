"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { Journey } = require("../../assets/lab/journey.js");
const { outcomeOf } = require("../../assets/lab/outcomes.js");
const { headsOf, rowsOf, stampOf } = require("../../assets/lab/records.js");
const { sentenceOf, stationsOf } = require("../../assets/lab/stations.js");
const { labOf, lookOf, placed, recordOf } = require("./labs.js");

/** A journey that was pressed at 100, sent at 101, answered at 113 and seen at 160. */
function journey({ record = recordOf(), kind = "tap", count = 1, age = 0, first = null, look = true } = {}) {
  const body = { client: "lab-1", seq: 4, clicks: Array(count).fill({ type: "cheers", age_ms: age }) };
  const one = new Journey({ kind, path: "kafka/click", body, pressed: 100, at: 999000, first });
  one.sent = 101;
  const offsets = Array.from({ length: count }, (_, at) => record.offset - count + 1 + at);
  one.take(placed(...offsets), 113);
  if (look) one.look(labOf({ records: [record], unreadable: { "not JSON": 3 } }), 160);
  return one;
}

const factsOf = ({ facts }) => Object.fromEntries(facts);

test("each station has what was measured, and together they are the numbers of the answers", () => {
  const [phone, server, broker, consumer, bin] = stationsOf(journey(), lookOf());
  assert.deepEqual([phone, server, broker, consumer, bin].map(({ time }) => time), [
    "1.0 ms", "7.0 ms", "5.0 ms", "25.0 ms", "1.0 ms",
  ]);
  assert.deepEqual(factsOf(phone), {
    fact_pressed: "00:16:39.000", fact_client: "lab-1", fact_seq: "4", fact_index: "0",
  });
  assert.deepEqual(factsOf(server), { fact_received: "00:16:40.000", fact_round: "12.0 ms", fact_server_part: "5.0 ms" });
  assert.deepEqual(server.words, ["never_back"]);
  assert.deepEqual(factsOf(broker), { fact_partition: "0", fact_offset: "17", fact_acknowledged: "all_replicas" });
  assert.deepEqual(factsOf(consumer), { fact_polled: "00:16:40.030", fact_decided: "counted", fact_process: "7-ab" });
  assert.deepEqual(factsOf(bin), {
    fact_second: "00:16:40.000", fact_bin: "bin_of from=00:16:40 to=00:16:42 minutes=2", "fact_total type=cheers": "18",
  });
  assert.equal(
    sentenceOf(journey(), lookOf(), 100), "arrived partition=0 offset=17 decision=counted ms=60.0 ms period=100 ms",
  );
});

test("a station that is not reached yet shows nothing that was not measured", () => {
  const none = stationsOf(null, lookOf());
  assert.deepEqual(none.map(({ time, isReached }) => [time, isReached]), Array(5).fill(["", false]));
  const waiting = stationsOf(journey({ look: false }), lookOf());
  assert.deepEqual(waiting.map(({ isReached }) => isReached), [true, true, true, false, false]);
  assert.equal(sentenceOf(journey({ look: false }), lookOf(), 100), "waits partition=0 offset=17");
  assert.equal(sentenceOf(null, lookOf(), 100), "");
});

test("a file has rows and a commit, and no partition", () => {
  const [, , file] = stationsOf(journey(), lookOf({ isFile: true }));
  assert.deepEqual(factsOf(file), { fact_offset_file: "17", fact_acknowledged_file: "all_replicas_file" });
  const rows = rowsOf({ records: [recordOf()] }, new Set(), lookOf({ isFile: true }));
  assert.deepEqual([rows[0].cells.length, headsOf(lookOf({ isFile: true })).length], [6, 6]);
  const first = journey();
  const again = journey({ kind: "again", first });
  assert.equal(outcomeOf("again", again, lookOf({ isFile: true }), 100), "again_row_file offset=17");
  const stations = stationsOf(again, lookOf({ isFile: true }));
  assert.deepEqual(stations.slice(3).map(({ time, words }) => [time, words]), [
    ["", ["not_read_again_file"]], ["", ["no_bin_repeat_file"]],
  ]);
});

test("a record that was polled before its acknowledgement came says so", () => {
  const [, , , consumer] = stationsOf(journey({ record: recordOf({ polled_at: 1000.004 }) }), lookOf());
  assert.deepEqual([consumer.time, consumer.words], ["-1.0 ms", ["polled_first"]]);
});

test("an old tap is drawn in the window that holds it, or in none", () => {
  const late = recordOf({ drawn_at: 1000 - 1800, timestamp: 1000 - 1800 + 0.5 });
  const [, , , , bin] = stationsOf(journey({ record: { ...late, drawn_at: 7000, counted_at: 8800 }, kind: "old", age: 1.8e6 }), lookOf());
  assert.equal(factsOf(bin).fact_bin, "bin_of from=01:56:00 to=01:57:00 minutes=60");
  const untimely = journey({ record: recordOf({ decision: "untimely", drawn_at: null }), kind: "old", age: 7.2e6 });
  const [phone, , , , none] = stationsOf(untimely, lookOf());
  assert.equal(factsOf(phone).fact_age, "120 min");
  assert.deepEqual(none.words, ["no_bin_untimely"]);
  assert.equal(outcomeOf("old", untimely, lookOf(), 100), "untimely_done");
  assert.equal(outcomeOf("old", journey({ kind: "old" }), lookOf(), 100), "late_done time=00:16:40");
});

test("the outcomes name offsets, reasons and numbers", () => {
  const repeat = recordOf({ decision: "repeat", repeat_of: 9, type: null, drawn_at: null, total: null });
  assert.equal(outcomeOf("again", journey({ kind: "again", record: repeat }), lookOf(), 100), "again_done offset=17 first=9");
  assert.equal(outcomeOf("again", journey({ kind: "again" }), lookOf(), 100), "again_counted offset=17");
  const old = { ...repeat, repeat_of: null };
  assert.equal(outcomeOf("again", journey({ kind: "again", record: old }), lookOf(), 100), "again_old offset=17");
  const broken = { ...old, decision: "unreadable", reason: "not JSON" };
  assert.equal(outcomeOf("broken", journey({ kind: "broken", record: broken }), lookOf(), 100), "broken_done offset=17 reason=not JSON n=3");
  const many = journey({ kind: "many", count: 4, look: false });
  assert.equal(outcomeOf("many", many, lookOf(), 100), "many_done records=4 partitions=1 first=14 last=17 ms=5.0 ms");
  assert.equal(outcomeOf("many", undefined, lookOf(), 100), "");
});

test("where Flink counts a tap ends once Flink has passed it, and no record is told of", () => {
  const [tap, broken] = ["tap", "broken"].map((kind) => journey({ kind, look: false }));
  const flink = { counts_from: "flink", records: [], totals: { cheers: 40 } };
  broken.body = { kind: "empty" };
  for (const one of [tap, broken]) {
    one.look(labOf({ ...flink, as_of: { 0: 17 } }), 150);
    assert.equal(one.state, "placed");
    one.look(labOf({ ...flink, as_of: { 0: 18 } }), 160);
    assert.equal(one.state, "counted");
  }
  const [, , , consumer, bin] = stationsOf(tap, lookOf({ isFlink: true }));
  assert.deepEqual([consumer.time, consumer.facts, consumer.words], ["", [["fact_process", "7-ab"]], ["flink_decides"]]);
  assert.deepEqual([bin.time, bin.facts, bin.words], ["", [["fact_total type=cheers", "40"]], ["flink_bins"]]);
  assert.deepEqual(stationsOf(broken, lookOf({ isFlink: true }))[4].words, ["no_bin_unreadable"]);
  const read = "arrived partition=0 offset=17 decision=read_by_flink ms=60.0 ms period=100 ms";
  assert.equal(sentenceOf(tap, lookOf({ isFlink: true }), 100), read);
  assert.equal(outcomeOf("broken", broken, lookOf({ isFlink: true }), 100), read);
});

test("a refusal is said in words, and that no answer leaves it open", () => {
  const sentence = (reply) => {
    const one = new Journey({ kind: "tap", path: "", body: {}, pressed: 0, at: 0 });
    one.take(reply, 10);
    return sentenceOf(one, lookOf(), 100);
  };
  assert.equal(sentence({ status: 0, answer: null }), "lost");
  assert.equal(sentence({ status: 401, answer: { message: "code" } }), "needs_tap_code");
  assert.equal(sentence({ status: 429, answer: { message: "many" }, retryMs: 6000 }), "too_many seconds=6");
  assert.equal(sentence({ status: 409, answer: { message: "closed" } }), "not_taken message=closed");
  assert.equal(sentence({ status: 502, answer: null }), "not_taken message=502");
  const known = { status: 503, answer: { message: "The record was not written: no broker answered", appended: false } };
  assert.equal(sentence(known), "not_taken message=not_written");
});

test("the rows hold what the records hold, and mark this page's own", () => {
  const odd = recordOf({ offset: 3, key: null, headers: [{ name: "trace", value: null }], value: null, time: -0.001, decision: "unreadable", reason: "no value" });
  const [own, other] = rowsOf({ records: [recordOf(), odd] }, new Set(["0/17"]), lookOf());
  assert.deepEqual([own.isOwn, other.isOwn, other.kind], [true, false, "unreadable"]);
  assert.deepEqual(own.cells, [
    "0", "17", "00:16:40.020", "lab-1", "click-id: lab-1:1:0\nperson: ab", '{"type":"cheers"}', "40", "counted (yours)",
  ]);
  assert.deepEqual(other.cells, ["0", "3", "–", "–", "trace", "–", "40", "unreadable_for reason=no value"]);
  assert.equal(own.cells.length, headsOf(lookOf()).length);
  assert.equal(stampOf(9e18, lookOf().times), "9000000000000000000");
});
