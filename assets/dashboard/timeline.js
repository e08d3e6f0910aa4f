"use strict";
{
  const RECENT_SECONDS = 10;
  const ZERO = /^(\d{1,16})\.(\d{1,16})\.(\d{1,11})\.(.+)$/;

  /** Whether the answer shows an earlier state of the same log than the answer that is drawn. */
  function isOlder(drawn, answer) {
    if (drawn === null) return false;
    if (answer.log !== null && answer.log !== drawn.log) return false;
    return Object.keys(drawn.as_of).some(
      (partition) => !(partition in answer.as_of) || answer.as_of[partition] < drawn.as_of[partition],
    );
  }

  /** Whether a JSON value has every field that the page draws. */
  function isTimeline(answer) {
    if (answer === null || typeof answer !== "object") return false;
    const { state, totals, as_of, cheers, hate, start, bin, window, server_time } = answer;
    return (
      typeof state === "string" && [start, bin, window, server_time].every(Number.isFinite) &&
      [totals, as_of].every((each) => each !== null && typeof each === "object") &&
      [totals.cheers, totals.hate].every(Number.isFinite) &&
      [cheers, hate].every((counts) => Array.isArray(counts) && counts.every(Number.isFinite)) &&
      cheers.length > 0 && cheers.length === hate.length
    );
  }

  /** The windows of the page's JSON: the width of a bin by window, both in seconds. */
  function windowsOf(json) {
    return new Map(JSON.parse(json));
  }

  /** The first window is the one of an address that names none. */
  function defaultOf(windows) {
    return windows.keys().next().value;
  }

  /** The view that the page's address names: window (seconds), zero, presenter view, the join code. */
  function viewOf(search, windows) {
    const query = new URLSearchParams(search);
    const zero = ZERO.exec(query.get("zero") || "");
    const named = [...windows.keys()].find((seconds) => String(seconds) === query.get("window"));
    return {
      window: named || defaultOf(windows),
      zero: zero && { cheers: Number(zero[1]), hate: Number(zero[2]), at: Number(zero[3]), log: zero[4] },
      presenter: query.get("view") === "presenter",
      code: query.get("qr") !== "off",
    };
  }

  /** The query that names the view; parameters of `search` that are not the dashboard's stay. */
  function searchOf(view, windows, search = "") {
    const query = new URLSearchParams(search);
    const { zero } = view;
    const wanted = {
      window: view.window === defaultOf(windows) ? null : view.window,
      zero: zero && [zero.cheers, zero.hate, zero.at, zero.log].join("."),
      view: view.presenter ? "presenter" : null,
      qr: view.code ? null : "off",
    };
    for (const [name, value] of Object.entries(wanted)) {
      if (value === null) query.delete(name);
      else query.set(name, value);
    }
    return `${query}` && `?${query}`;
  }

  /** The path of the window's bins and totals. */
  function timelinePath(window, windows) {
    return `kafka/timeline?window=${window}&bin=${windows.get(window)}`;
  }

  /** The baseline from which this answer counts as zero. */
  function zeroOf({ totals, server_time, log }) {
    return { cheers: totals.cheers, hate: totals.hate, at: Math.floor(server_time), log };
  }

  /** The answer without the clicks before zero; the bins that ended before zero are null. */
  function sinceZero(answer, zero) {
    if (zero === null || zero.log !== answer.log) return answer;
    const less = (kind) => Math.max(0, answer.totals[kind] - zero[kind]);
    const totals = { cheers: less("cheers"), hate: less("hate") };
    const first = Math.floor((zero.at - answer.start) / answer.bin);
    // The bin that holds zero keeps the clicks since zero that are in no later bin.
    const bins = (kind) => answer[kind].map((count, at, counts) => {
      if (at !== first) return at < first ? null : count;
      const later = counts.slice(at + 1).reduce((sum, each) => sum + each, 0);
      return Math.min(count, Math.max(0, totals[kind] - later));
    });
    return { ...answer, totals, cheers: bins("cheers"), hate: bins("hate") };
  }

  /** The clicks in the newest finished bins, and how many seconds these are: 10, or one bin. */
  function recentOf({ cheers, hate, bin }) {
    const bins = Math.max(1, Math.round(RECENT_SECONDS / bin));
    const sum = (counts) => counts.slice(-bins - 1, -1).reduce((total, count) => total + count, 0);
    return { seconds: bins * bin, cheers: sum(cheers), hate: sum(hate) };
  }

  /** The bin with the most clicks, the newest of several; -1 where there are none. */
  function peakOf({ cheers, hate }) {
    const sums = cheers.map((count, at) => count + hate[at]);
    const most = Math.max(...sums);
    return most > 0 ? sums.lastIndexOf(most) : -1;
  }

  /** The share of cheers in these clicks; null where there are none. */
  function shareOf(cheers, hate) {
    return cheers + hate > 0 ? cheers / (cheers + hate) : null;
  }

  /** The p50 and the p95 of numbers; null where there are none. */
  function quantilesOf(numbers) {
    if (numbers.length === 0) return null;
    const sorted = [...numbers].sort((one, other) => one - other);
    return [0.5, 0.95].map((part) => sorted[Math.ceil(part * sorted.length) - 1]);
  }

  /** The layout with the ranges to which the viewer or a script has zoomed the drawn layout. */
  function keepZoom(drawn, layout) {
    const zoomed = ["xaxis", "yaxis"].filter((axis) => isZoomed(drawn, axis));
    const axes = zoomed.map((axis) => [axis, { ...layout[axis], range: drawn[axis].range, autorange: false }]);
    return { ...layout, ...Object.fromEntries(axes) };
  }

  function isZoomed(drawn, axis) {
    return Boolean(drawn && drawn[axis] && drawn[axis].autorange === false);
  }

  /** The empty figure with the look's sizes and separators. */
  function styled(emptyFigure, { sizes, separators }) {
    const data = emptyFigure.data.map((trace) => ({ ...trace, line: { ...trace.line, width: sizes.line } }));
    const { layout } = emptyFigure;
    const axis = { tickfont: { size: sizes.tick }, ticklabelstandoff: Math.round(sizes.tick / 3) };
    const inSize = (mark) => ({ ...mark, font: { ...mark.font, size: sizes.tick }, ay: -2 * sizes.tick });
    return {
      ...emptyFigure,
      data,
      layout: {
        ...layout,
        separators,
        annotations: layout.annotations.map(inSize),
        font: { ...layout.font, size: sizes.legend },
        margin: { ...layout.margin, t: sizes.top, b: 2 * sizes.tick + 10 },
        legend: { ...layout.legend, itemwidth: 2 * sizes.legend },
        xaxis: { ...layout.xaxis, ...axis },
        yaxis: { ...layout.yaxis, ...axis },
      },
    };
  }

  /**
   * The styled empty figure with the answer's bins as x, shifted to a zone, and y. A shape marks the newest bin
   * as unfinished, the text `peak` the highest bin, and a line `zero` (epoch milliseconds, or null).
   */
  function figureOf(emptyFigure, answer, { shifted, drawn = null, shares = [], peak = "", zero = null }) {
    const starts = answer.cheers.map((_, at) => (answer.start + at * answer.bin) * 1000);
    const newest = starts[starts.length - 1];
    const x = starts.map((start) => shifted(start, newest));
    const bins = [answer.cheers, answer.hate];
    const data = bins.map((y, at) => ({ ...emptyFigure.data[at], x, y }));
    if (shares.length > 0) data[0].customdata = shares;
    const x0 = x[x.length - 1];
    const x1 = x0 + answer.bin * 1000;
    const { layout } = emptyFigure;
    const zeroX = zero === null ? null : shifted(zero, newest);
    const [unfinished, line] = layout.shapes;
    const shapes = [{ ...unfinished, x0, x1, visible: true }, { ...line, x0: zeroX, x1: zeroX, visible: zeroX > x[0] }];
    const peakIndex = peakOf(answer);
    // Above the highest line: in the peak's bin each line alone may be lower than elsewhere.
    const height = Math.max(0, ...bins.flat());
    const xanchor = anchorOf(peakIndex / x.length);
    const point = { x: x[peakIndex], y: height, xanchor, text: peak, visible: peakIndex >= 0 };
    const annotations = layout.annotations.map((mark) => ({ ...mark, ...point }));
    const xaxis = { ...layout.xaxis, autorangeoptions: { include: [x[0], x1] } };
    const yaxis = { ...layout.yaxis, autorangeoptions: { include: [0, Math.max(5, 1.2 * height)] } };
    return { ...emptyFigure, data, layout: keepZoom(drawn, { ...layout, shapes, annotations, xaxis, yaxis }) };
  }

  /** The alignment with which a text at this part of the width stays inside the picture. */
  function anchorOf(part) {
    if (part < 0.15) return "left";
    return part > 0.85 ? "right" : "center";
  }

  const timeline = {
    figureOf, isOlder, isTimeline, isZoomed, peakOf, quantilesOf, recentOf, searchOf, shareOf,
    sinceZero, styled, timelinePath, viewOf, windowsOf, zeroOf,
  };
  if (typeof module !== "undefined") module.exports = timeline;
  else window.clickTimeline = timeline;
}
