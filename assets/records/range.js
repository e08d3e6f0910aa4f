"use strict";
{
  /** A time as Plotly writes it, moved by this, as epoch milliseconds. */
  function msOf(time, shiftMs) {
    return (typeof time === "number" ? time : Date.parse(`${time.replace(" ", "T")}Z`)) - shiftMs;
  }

  /** The whole seconds, from and to, to which the drawn layout is zoomed; null: it is not. */
  function rangeOf(layout, shiftMs) {
    const isZoomed = Boolean(layout && layout.xaxis && layout.xaxis.autorange === false);
    if (!isZoomed) return null;
    const [from, to] = layout.xaxis.range.map((time) => msOf(time, shiftMs) / 1000);
    return Number.isFinite(from) && to > from ? { from: Math.floor(from), to: Math.ceil(to) } : null;
  }

  /** The part of a range up to the second that is under way, in epoch seconds; null: all of it is to come. */
  function pastOf({ from, to }, now) {
    const end = Math.min(to, Math.floor(now) + 1);
    return from < end ? { from, to: end } : null;
  }

  /** What an answer of the offsets says: a line for each partition that has records. */
  function linesOf({ broker, partitions }, text) {
    const key = broker === "kafka" ? "range_offsets" : "range_rows";
    const lines = partitions
      .filter(({ first, end }) => first < end)
      .map(({ partition, first, end }) => text(key, { partition, first, last: end - 1, n: end - first }));
    return lines.length > 0 ? lines : [text("range_none")];
  }

  const range = { linesOf, pastOf, rangeOf };
  if (typeof module !== "undefined") module.exports = range;
  else window.recordsRange = range;
}
