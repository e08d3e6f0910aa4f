"use strict";
{
  const isPage = typeof module === "undefined";
  const { emsOf, fitting, legendOf, literal, shortened } = isPage ? window.clickLabels : require("./labels.js");
  const MOST_DRAWN = 40;
  const MOST_ROWS = 4;
  const ROW_EMS = 1.7;
  const PADDING_EMS = 0.6;
  const PEAK_EMS = 3.4; // The height of the peak's label above the curve.
  const PEAK_PART = 1 / 6; // What it has at least.
  const MOST_PART = 0.6;

  /**
   * Rows for labels beside marks at `x`, in ems from the left of a picture of that width: each the text that has
   * room, its row from the top, and whether it stands on the left of its line, as at the right end.
   */
  function rowsOf(marks, width, most) {
    const newest = Array(most).fill(null); // The last label of each row, with its `start` and `end`.
    return marks.map(({ x, label }) => {
      const text = shortened(label);
      const placed = { text, row: -1, x, isLeft: x + widthOf(text) > width };
      if (text === "") return placed;
      const start = placed.isLeft ? x - widthOf(text) : x;
      const free = newest.findIndex((last) => last === null || last.end <= start);
      const row = free >= 0 ? free : widest(newest, x);
      if (free < 0 && !makeRoom(newest[row], placed)) return { ...placed, text: "" };
      placed.row = row;
      const ems = widthOf(placed.text);
      const [left, right] = placed.isLeft ? [ems, 0] : [0, ems];
      newest[placed.row] = Object.assign(placed, { start: x - left, end: x + right });
      return placed;
    });
  }

  function widthOf(text) {
    return text === "" ? 0 : emsOf(text) + PADDING_EMS;
  }

  /** The row that has the most room left of x, if its last label gives way. */
  function widest(newest, x) {
    const rooms = newest.map((last) => x - (last.isLeft ? last.end : last.start));
    return rooms.indexOf(Math.max(...rooms));
  }

  /**
   * Shortens the last label of a row, and that of the next mark if it stands on the left of its line; unless of
   * one nothing would be left: then the next mark has no label.
   */
  function makeRoom(last, next) {
    const room = next.x - (last.isLeft ? last.end : last.start);
    const part = (next.isLeft && !last.isLeft ? room / 2 : room) - PADDING_EMS;
    const [lastText, nextText] = [last, next].map(({ text }) => fitting(text, part));
    if ((!last.isLeft && lastText === "") || (next.isLeft && nextText === "")) return false;
    if (!last.isLeft) last.text = lastText;
    if (next.isLeft) next.text = nextText;
    return true;
  }

  /**
   * Lines and labels for the newest marks in the picture, made of the empty figure's one of each, which part of
   * the height they and the peak's label take, and whether there is room for that. xOf(mark): its place on the
   * axis; from, to: the axis's ends; names: those in the legend.
   */
  function marksOf(marks, { line, note }, { xOf, from, to, sizes, names }) {
    const shown = marks.filter((mark) => xOf(mark) >= from && xOf(mark) < to).slice(-MOST_DRAWN);
    if (shown.length === 0) return { shapes: [], annotations: [], part: PEAK_PART, hasRoom: true };
    const { tick, plot } = sizes;
    const height = plot.height - legendOf(names, sizes).extra;
    const width = plot.width / tick;
    const most = Math.max(1, Math.min(MOST_ROWS, Math.floor(height / tick / ROW_EMS / 4)));
    const places = shown.map((mark) => ({ label: mark.label, x: ((xOf(mark) - from) / (to - from)) * width }));
    const placed = rowsOf(places, width, most);
    const shapes = shown.map((mark) => ({ ...line, x0: xOf(mark), x1: xOf(mark), visible: true }));
    const annotations = placed.map(({ text, row, isLeft }, at) => ({
      ...note, x: xOf(shown[at]), xanchor: isLeft ? "right" : "left", text: literal(text), visible: text !== "",
      yshift: -Math.max(0, row) * ROW_EMS * tick,
    }));
    const rows = Math.max(0, ...placed.map(({ row }) => row + 1));
    const part = ((rows * ROW_EMS + PEAK_EMS) * tick) / Math.max(1, height);
    return { shapes, annotations, part: Math.max(PEAK_PART, Math.min(MOST_PART, part)), hasRoom: part <= MOST_PART };
  }

  const drawnMarks = { marksOf, rowsOf };
  if (isPage) window.clickMarks = drawnMarks;
  else module.exports = drawnMarks;
}
