"use strict";
const assert = require("node:assert/strict");
const test = require("node:test");
const { timesOf } = require("../../assets/dashboard/zone.js");

/** What f returns on a machine in that time zone. */
function inZone(zone, f) {
  const before = process.env.TZ;
  process.env.TZ = zone;
  try {
    return f();
  } finally {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  }
}

const SUMMER = Date.UTC(2026, 6, 1, 22, 30, 5);
const WINTER = Date.UTC(2026, 0, 1, 22, 30, 5);

test("times are those of the viewer or of UTC", () => {
  const written = (zone) => {
    const times = timesOf(zone);
    return [times.day(SUMMER), times.clock(SUMMER), times.minute(SUMMER), times.shifted(SUMMER) - SUMMER];
  };
  inZone("Europe/Madrid", () => {
    assert.deepEqual(written("local"), ["2026-07-02", "00:30:05", "00:30", 7200000]);
    assert.deepEqual(written("utc"), ["2026-07-01", "22:30:05", "22:30", 0]);
    assert.equal(timesOf("local").shifted(SUMMER, WINTER) - SUMMER, 3600000);
  });
});

test("a zone is named by its distance from UTC at that moment", () => {
  const name = (zone, ms) => inZone(zone, () => timesOf("local").name(ms));
  assert.deepEqual([name("Europe/Madrid", WINTER), name("Europe/Madrid", SUMMER)], ["UTC+1", "UTC+2"]);
  assert.deepEqual([name("Asia/Kolkata", WINTER), name("America/St_Johns", WINTER)], ["UTC+5:30", "UTC-3:30"]);
  assert.deepEqual([name("UTC", WINTER), inZone("Asia/Kolkata", () => timesOf("utc").name(WINTER))], ["UTC", "UTC"]);
});
