"use strict";
{
  const isPage = typeof module === "undefined";
  const { peakOf, seriesOf } = isPage ? window.clickTimeline : require("./timeline.js");
  const { legendOf, literal } = isPage ? window.clickLabels : require("./labels.js");
  const { marksOf } = isPage ? window.clickMarks : require("./marks.js");

  /** The layout with the ranges to which the viewer or a script has zoomed the drawn layout. */
  function keepZoom(drawn, layout) {
    const zoomed = ["xaxis", "yaxis"].filter((axis) => isZoomed(drawn, axis));
    const axes = zoomed.map((axis) => [axis, { ...layout[axis], range: drawn[axis].range, autorange: false }]);
    return { ...layout, ...Object.fromEntries(axes) };
  }

  function isZoomed(drawn, axis) {
    return Boolean(drawn && drawn[axis] && drawn[axis].autorange === false);
  }

  /** The empty figure with the look's sizes and separators, and without a ground where that is to be clear. */
  function styled(emptyFigure, { sizes, separators, isClear }) {
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
        ...(isClear ? { paper_bgcolor: "transparent", plot_bgcolor: "transparent" } : {}),
        separators,
        annotations: layout.annotations.map(inSize),
        font: { ...layout.font, size: sizes.legend },
        margin: { ...layout.margin, t: sizes.top, b: 2 * sizes.tick + 10 },
        legend: { ...layout.legend, itemwidth: 2 * sizes.legend, yref: "container", y: sizes.legendTop, yanchor: "top" },
        xaxis: { ...layout.xaxis, ...axis },
        yaxis: { ...layout.yaxis, ...axis },
      },
    };
  }

  /**
   * The styled empty figure with the answer's bins as x, shifted to a zone, and y. A shape marks the newest bin
   * as unfinished, the text `peak` the highest bin, and a line `zero` (epoch milliseconds, or null), and
   * lines with labels the marks of the talk.
   */
  function figureOf(emptyFigure, answer, { shifted, sizes, drawn = null, shares = [], peak = "", zero = null }) {
    const bins = seriesOf(answer);
    const starts = bins[0].map((_, at) => (answer.start + at * answer.bin) * 1000);
    const newest = starts[starts.length - 1];
    const x = starts.map((start) => shifted(start, newest));
    const isMany = bins.length > 2;
    const labels = answer.reactions.map(({ label }) => label);
    const { names, extra } = legendOf(labels, sizes);
    const margin = { ...emptyFigure.layout.margin, t: sizes.top + extra };
    const traces = answer.reactions[0].isSum ? emptyFigure.data.slice(-1) : emptyFigure.data;
    const data = bins.map((y, at) => {
      const trace = { ...traces[at], name: literal(names[at]), visible: true, x, y };
      // The areas of many would cover the lines of others.
      return isMany ? { ...trace, fill: "none" } : trace;
    });
    shares.forEach((customdata, at) => Object.assign(data[at], { customdata, hovertemplate: "%{y:,} (%{customdata})" }));
    const x0 = x[x.length - 1];
    const x1 = x0 + answer.bin * 1000;
    const { layout } = emptyFigure;
    const zeroX = zero === null ? null : shifted(zero, newest);
    const [unfinished, line, markLine] = layout.shapes;
    const [peakNote, markNote] = layout.annotations;
    const marks = marksOf((answer.talk || { marks: [] }).marks, { line: markLine, note: markNote }, {
      xOf: ({ at }) => shifted(at * 1000, newest),
      from: x[0],
      to: x1,
      sizes,
      names: labels,
    });
    const shapes = [
      { ...unfinished, x0, x1, visible: true },
      { ...line, x0: zeroX, x1: zeroX, visible: zeroX > x[0] },
      ...marks.shapes,
    ];
    const peakIndex = peakOf(answer);
    // Above the highest line: in the peak's bin each line alone may be lower than elsewhere.
    const height = Math.max(0, ...bins.flat());
    const xanchor = anchorOf(peakIndex / x.length);
    const point = { x: x[peakIndex], y: height, xanchor, text: peak, visible: peakIndex >= 0 && marks.hasRoom };
    const annotations = [{ ...peakNote, ...point }, ...marks.annotations];
    // Without the clips Plotly makes room for symbols at both ends.
    const xaxis = { ...layout.xaxis, autorangeoptions: { include: [x[0], x1], clipmin: x[0], clipmax: x1 } };
    const yaxis = { ...layout.yaxis, autorangeoptions: { include: [0, Math.max(5, height / (1 - marks.part))] } };
    return { ...emptyFigure, data, layout: keepZoom(drawn, { ...layout, margin, shapes, annotations, xaxis, yaxis }) };
  }

  /** The alignment with which a text at this part of the width stays inside the picture. */
  function anchorOf(part) {
    if (part < 0.15) return "left";
    return part > 0.85 ? "right" : "center";
  }

  const figure = { figureOf, isZoomed, styled };
  if (isPage) window.clickFigure = figure;
  else module.exports = figure;
}
