"use strict";
{
  const LAST_MS = Date.UTC(10000, 0);

  /** A moment (epoch ms) as a clock's time with milliseconds; a record may have no time, or a very strange one. */
  function stampOf(ms, times) {
    if (!(ms > 0)) return "–";
    if (ms >= LAST_MS) return String(ms);
    return `${times.clock(ms)}.${String(Math.floor(ms) % 1000).padStart(3, "0")}`;
  }

  /** What was decided about a record, in words. */
  function decisionOf({ decision, repeat_of: first, reason }, { say, text }) {
    if (decision === "repeat") return first === null ? say("repeat_old") : say("repeat", { offset: first });
    return decision === "unreadable" ? say("unreadable_for", { reason: text(reason) }) : say(decision);
  }

  /** The heads of the table of records; a file has no partitions and no keys. */
  function headsOf({ say, isFile }) {
    const place = isFile ? ["fact_offset"] : ["head_partition", "fact_offset"];
    const whose = isFile ? ["col_headers"] : ["col_key", "col_headers"];
    return [...place, "col_time", ...whose, "col_value", "col_bytes", "fact_decided"].map((key) => say(key));
  }

  /** The rows of the table of records, as texts; `own` has the places of this page's records. */
  function rowsOf({ records }, own, look) {
    const { times, whole, isFile, say } = look;
    return records.map((record) => {
      const isOwn = own.has(`${record.partition}/${record.offset}`);
      const place = isFile ? [] : [String(record.partition)];
      const whose = isFile ? [] : [record.key === null ? "–" : record.key];
      const headers = record.headers.map(({ name, value }) => (value === null ? name : `${name}: ${value}`));
      const decision = decisionOf(record, look);
      return {
        isOwn,
        kind: record.decision,
        cells: [
          ...place, String(record.offset), stampOf(record.time * 1000, times), ...whose, headers.join("\n") || "–",
          record.value === null ? "–" : record.value, whole(record.bytes), isOwn ? `${decision} (${say("yours")})` : decision,
        ],
      };
    });
  }

  const records = { decisionOf, headsOf, rowsOf, stampOf };
  if (typeof module !== "undefined") module.exports = records;
  else window.labRecords = records;
}
