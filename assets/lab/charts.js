"use strict";
{
  const isPage = typeof module === "undefined";
  const { literal } = isPage ? window.clickLabels : require("../dashboard/labels.js");

  /**
   * The figure with these lines, which have a name, and y at each of the times x (epoch ms, shifted to a zone); into
   * one that is not still a viewer can zoom.
   */
  function figureOf(empty, lines, x, { sizes, separators }, isStill = true) {
    const { layout } = empty;
    const isOne = lines.length === 1;
    const data = lines.map(({ name, y, trace }) => ({
      ...trace, name: literal(name), visible: true, x, y, line: { ...trace.line, width: sizes.line },
      fill: isOne ? "tozeroy" : "none", showlegend: !isOne, hovertemplate: "%{y:,.0f}", connectgaps: false,
    }));
    const axis = { tickfont: { size: sizes.tick } };
    return {
      data,
      layout: {
        ...layout,
        separators,
        shapes: [],
        annotations: [],
        dragmode: isStill ? false : "zoom",
        font: { ...layout.font, size: sizes.tick },
        margin: { ...layout.margin, t: isOne ? sizes.tick : 3 * sizes.tick, b: 2 * sizes.tick + 10 },
        xaxis: { ...layout.xaxis, ...axis, fixedrange: isStill, nticks: 4 },
        yaxis: { ...layout.yaxis, ...axis, fixedrange: true, nticks: 5 },
      },
    };
  }

  /** The lag of each partition, or of all together where there are more than the palette has colours. */
  function lagFigure(empty, history, look) {
    const { samples } = history;
    const traces = empty.data.slice(0, -1);
    const partitions = [...new Set(samples.flatMap(({ lags }) => Object.keys(lags)))].sort((one, other) => one - other);
    const isFew = partitions.length > 1 && partitions.length <= traces.length;
    const lineOf = (partition, at) => ({
      name: look.say("line_partition", { partition }),
      y: samples.map(({ lags }) => (partition in lags ? lags[partition] : null)),
      trace: traces[at],
    });
    const all = { name: look.say("head_lag"), y: samples.map(({ lag }) => lag), trace: sumTrace(empty) };
    return figureOf(empty, isFew ? partitions.map(lineOf) : [all], timesIn(samples, look), look, false);
  }

  function bytesFigure(empty, { samples }, look) {
    const line = { name: look.say("col_bytes"), y: samples.map(({ bytes }) => bytes), trace: sumTrace(empty) };
    return figureOf(empty, [line], timesIn(samples, look), look);
  }

  const sumTrace = (empty) => empty.data[empty.data.length - 1];

  function timesIn(samples, { times }) {
    const newest = samples.length > 0 ? samples[samples.length - 1].at : 0;
    return samples.map(({ at }) => times.shifted(at, newest));
  }

  const charts = { bytesFigure, lagFigure };
  if (isPage) window.labCharts = charts;
  else module.exports = charts;
}
