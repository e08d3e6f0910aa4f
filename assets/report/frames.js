"use strict";
{
  const isPage = typeof module === "undefined";
  const { figureOf, styled } = isPage ? window.clickFigure : require("../dashboard/figure.js");
  const { peakTextOf } = isPage ? window.clickWords : require("../dashboard/words.js");
  const { peakOf, sharesOf } = isPage ? window.clickTimeline : require("../dashboard/timeline.js");
  const { answerOf } = isPage ? window.reportContents : require("./contents.js");

  /** The whole curve in the figure of the dashboard, with a look; nothing in it is unfinished. */
  function wholeFigure(emptyFigure, report, look, text, drawn = null) {
    const answer = answerOf(report);
    const { sizes, times } = look;
    // Plotly moves each time by the distance of the zone from UTC at one moment.
    const shares = sharesOf(answer).map((each) => each.map(look.percent));
    const peak = peakTextOf(answer, look, text);
    const figure = figureOf(styled(emptyFigure, look), answer, { shifted: times.shifted, sizes, drawn, shares, peak });
    const [unfinished, zero, ...marks] = figure.layout.shapes;
    return { ...figure, layout: { ...figure.layout, shapes: [{ ...unfinished, visible: false }, zero, ...marks] } };
  }

  /**
   * The figure as it was so many seconds after the start: later bins, marks and the peak are not there yet, and
   * the bin that went on is marked as unfinished. The axes stay, so that nothing jumps.
   */
  function frameOf(figure, report, growth, seconds) {
    if (seconds >= growth.length) return figure;
    const answer = answerOf(report);
    const series = growth.seriesAt(seconds);
    const data = figure.data.map((trace, at) => ({ ...trace, y: series[answer.reactions[at].key] }));
    const { x } = figure.data[0];
    const now = x[0] + seconds * 1000;
    const open = Math.min(x.length - 1, Math.floor(seconds / report.bin));
    const [unfinished, zero, ...marks] = figure.layout.shapes;
    const [peak, ...labels] = figure.layout.annotations;
    const seen = (mark, at) => ({ ...mark, visible: mark.visible && at <= now });
    const shapes = [
      { ...unfinished, x0: x[open], x1: x[open] + report.bin * 1000, visible: true },
      zero,
      ...marks.map((mark) => seen(mark, mark.x0)),
    ];
    const peakEnd = x[peakOf(answer)] + report.bin * 1000;
    const annotations = [seen(peak, peakEnd), ...labels.map((label) => seen(label, label.x))];
    return { ...figure, data, layout: { ...figure.layout, shapes, annotations } };
  }

  const frames = { frameOf, wholeFigure };
  if (isPage) window.reportFrames = frames;
  else module.exports = frames;
}
