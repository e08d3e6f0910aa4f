"use strict";
{
  const { element } = window.clickElements;
  const { lookAt } = window.clickLook;
  // What A4 leaves between its margins, in CSS pixels; the fonts of the chart are smaller than on a screen.
  const CHART = { width: 712, height: 240 };
  // So many parts fit with long labels and large numbers, whose parts take two lines each.
  const mostParts = ({ length }) => (length > 3 ? 6 : 8);
  const SIZES = { tick: 10, legend: 11, line: 2, top: 34 };

  /** The look of a chart on a sheet of paper. */
  function paperLook() {
    const look = lookAt(0, CHART);
    return { ...look, isClear: false, sizes: { ...look.sizes, ...SIZES } };
  }

  /** The figure in the size of the sheet, whatever the viewer has zoomed to. */
  function paperFigure({ data, layout }) {
    const margin = { ...layout.margin, l: 36, r: 12 };
    return { data, layout: { ...layout, ...CHART, autosize: false, margin, uirevision: "paper" } };
  }

  /** Keeps the table of this panel on the sheet, where a line says how many parts are on the screen only. */
  function shortenOnPaper(panel, { reactions }, text, { whole }) {
    const more = [...panel.querySelectorAll("tbody tr")].slice(mostParts(reactions));
    more.forEach((row) => row.classList.add("screen-only"));
    if (more.length === 0) return;
    panel.append(element("p", { className: "note paper-only", textContent: text("more_parts", { n: whole(more.length) }) }));
  }

  /** Calls before() when the browser is about to print, and after() when it has printed. */
  function onPrint(before, after) {
    window.addEventListener("beforeprint", before);
    window.addEventListener("afterprint", after);
  }

  window.reportPaper = { onPrint, paperFigure, paperLook, shortenOnPaper };
}
