"use strict";
{
  const RECENT_SECONDS = 10;
  const SHARES = { 1: 0, 2: 1 }; // How many shares are shown; else all.
  const MOST_REACTIONS = 8;
  const LONGEST_NAME = 18;
  const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/;
  const ZERO = /^(\d{1,11})((?:\.[a-z0-9_-]{1,32}\*\d{1,16}){1,8})\.(.+)$/;

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
    if (!isObject(answer)) return false;
    const { state, reactions, totals, series, as_of, start, bin, window, server_time } = answer;
    return (
      typeof state === "string" && [start, bin, window, server_time].every(Number.isFinite) &&
      [totals, series, as_of].every(isObject) && areReactions(reactions) &&
      keysOf(answer).every((key) => Number.isFinite(totals[key]) && areBins(series[key])) &&
      new Set(seriesOf(answer).map(({ length }) => length)).size === 1
    );
  }

  function isObject(value) {
    return value !== null && typeof value === "object";
  }

  function areReactions(value) {
    return (
      Array.isArray(value) && value.length > 0 && value.length <= MOST_REACTIONS &&
      value.every((each) => isObject(each) && typeof each.key === "string" && typeof each.label === "string")
    );
  }

  function areBins(value) {
    return Array.isArray(value) && value.length > 0 && value.every(Number.isFinite);
  }

  function keysOf({ reactions }) {
    return reactions.map(({ key }) => key);
  }

  /** The clicks in all bins, reaction by reaction. */
  function seriesOf(answer) {
    return keysOf(answer).map((key) => answer.series[key]);
  }

  /** The clicks in the log, reaction by reaction. */
  function totalsOf(answer) {
    return keysOf(answer).map((key) => answer.totals[key]);
  }

  function sumOf(counts) {
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** The clicks of all reactions, bin by bin. */
  function sumsOf(answer) {
    const [first, ...others] = seriesOf(answer);
    return first.map((count, at) => count + sumOf(others.map((counts) => counts[at])));
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
      zero: zero && { at: Number(zero[1]), counts: countsIn(zero[2]), log: zero[3] },
      presenter: query.get("view") === "presenter",
      code: query.get("qr") !== "off",
    };
  }

  /** The counts by key in a text such as ".ok*12.slow*3". */
  function countsIn(text) {
    const pairs = text.slice(1).split(".").map((pair) => pair.split("*"));
    return new Map(pairs.map(([key, count]) => [key, Number(count)]));
  }

  /** The query that names the view; parameters of `search` that are not the dashboard's stay. */
  function searchOf(view, windows, search = "") {
    const query = new URLSearchParams(search);
    const { zero } = view;
    const wanted = {
      window: view.window === defaultOf(windows) ? null : view.window,
      zero: zero && [zero.at, ...[...zero.counts].map((pair) => pair.join("*")), zero.log].join("."),
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
  function zeroOf(answer) {
    const counts = new Map(keysOf(answer).map((key) => [key, answer.totals[key]]));
    return { at: Math.floor(answer.server_time), counts, log: answer.log };
  }

  /** Whether zero is one of the answer's log, and knows all of its reactions. */
  function isZeroOf(zero, answer) {
    return zero.log === answer.log && keysOf(answer).every((key) => zero.counts.has(key));
  }

  /** The answer without the clicks before zero; the bins that ended before zero are null. */
  function sinceZero(answer, zero) {
    if (zero === null || !isZeroOf(zero, answer)) return answer;
    const first = Math.floor((zero.at - answer.start) / answer.bin);
    const totalOf = (key) => Math.max(0, answer.totals[key] - zero.counts.get(key));
    // The bin that holds zero keeps the clicks since zero that are in no later bin.
    const binsOf = (key) => answer.series[key].map((count, at, counts) => {
      if (at !== first) return at < first ? null : count;
      return Math.min(count, Math.max(0, totalOf(key) - sumOf(counts.slice(at + 1))));
    });
    const byKey = (valueOf) => Object.fromEntries(keysOf(answer).map((key) => [key, valueOf(key)]));
    return { ...answer, totals: byKey(totalOf), series: byKey(binsOf) };
  }

  /** The clicks of each reaction in the newest finished bins, and how many seconds these are: 10, or one bin. */
  function recentOf(answer) {
    const bins = Math.max(1, Math.round(RECENT_SECONDS / answer.bin));
    const counts = seriesOf(answer).map((each) => sumOf(each.slice(-bins - 1, -1)));
    return { seconds: bins * answer.bin, counts };
  }

  /** The bin with the most clicks, the newest of several; -1 where there are none. */
  function peakOf(answer) {
    const sums = sumsOf(answer);
    const most = Math.max(...sums);
    return most > 0 ? sums.lastIndexOf(most) : -1;
  }

  /** The share of these clicks in all; null where there are none. */
  function shareOf(count, all) {
    return all > 0 ? count / all : null;
  }

  /** The shares that are shown in each bin: of the first of two reactions, of each of more; of one, none. */
  function sharesOf(answer) {
    const sums = sumsOf(answer);
    const shown = seriesOf(answer).slice(0, SHARES[answer.reactions.length]);
    return shown.map((counts) => counts.map((count, at) => shareOf(count, sums[at])));
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
    const data = emptyFigure.data.map((trace) => ({
      ...trace, line: { ...trace.line, width: sizes.line }, marker: { ...trace.marker, size: 3 * sizes.line },
    }));
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
    const bins = seriesOf(answer);
    const starts = bins[0].map((_, at) => (answer.start + at * answer.bin) * 1000);
    const newest = starts[starts.length - 1];
    const x = starts.map((start) => shifted(start, newest));
    const isMany = bins.length > 2;
    const data = bins.map((y, at) => {
      const name = literal(isMany ? shortened(answer.reactions[at].label) : answer.reactions[at].label);
      const trace = { ...emptyFigure.data[at], name, visible: true, x, y };
      // The areas of many would cover the lines of others.
      return isMany ? { ...trace, fill: "none" } : trace;
    });
    shares.forEach((customdata, at) => Object.assign(data[at], { customdata, hovertemplate: "%{y:,} (%{customdata})" }));
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
    // Without the clips Plotly makes room for symbols at both ends.
    const xaxis = { ...layout.xaxis, autorangeoptions: { include: [x[0], x1], clipmin: x[0], clipmax: x1 } };
    const yaxis = { ...layout.yaxis, autorangeoptions: { include: [0, Math.max(5, 1.2 * height)] } };
    return { ...emptyFigure, data, layout: keepZoom(drawn, { ...layout, shapes, annotations, xaxis, yaxis }) };
  }

  /** A label as part of a text: one from right to left does not turn what follows it. */
  function isolated(label) {
    return RIGHT_TO_LEFT.test(label) ? `\u2068${label}\u2069` : label;
  }

  /** A label for the legend of many lines, which has no room for long ones; the cards show them whole. */
  function shortened(label) {
    const signs = [...label];
    return signs.length > LONGEST_NAME ? `${signs.slice(0, LONGEST_NAME - 1).join("")}…` : label;
  }

  /** A label that Plotly, which knows some markup, shows as it is. */
  function literal(label) {
    return isolated(label).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  }

  /** The alignment with which a text at this part of the width stays inside the picture. */
  function anchorOf(part) {
    if (part < 0.15) return "left";
    return part > 0.85 ? "right" : "center";
  }

  const timeline = {
    figureOf, isOlder, isTimeline, isZeroOf, isZoomed, isolated, literal, peakOf, quantilesOf, recentOf, searchOf,
    seriesOf, shareOf, sharesOf, sinceZero, styled, sumOf, timelinePath, totalsOf, viewOf, windowsOf, zeroOf,
  };
  if (typeof module !== "undefined") module.exports = timeline;
  else window.clickTimeline = timeline;
}
