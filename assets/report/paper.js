"use strict";
{
  const { element } = window.clickElements;
  const { lookAt } = window.clickLook;
  // What A4 leaves between its margins, in CSS pixels; the fonts of the chart are smaller than on a screen.
  const CHART = { width: 712, height: 240 };
  // A little less high than the sheet: no two browsers break lines alike.
  const SHEET = { width: 718, height: 1020 };
  const MOST_COLUMNS = 8; // As many as the curve has lines.
  const SIZES = { tick: 10, legend: 11, line: 2, top: 34, legendTop: 1 };

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

  /** The rules of a stylesheet; none of one that an extension has brought from elsewhere. */
  function rulesOf(sheet) {
    try {
      return [...sheet.cssRules];
    } catch {
      return [];
    }
  }

  /** Calls work() while the page looks as the sheet will: of the event's own time nothing is printed yet. */
  function withPaperStyle(work) {
    const lists = [...document.styleSheets].flatMap(rulesOf).map((rule) => rule.media);
    const media = lists.filter((list) => list && /\bprint$/.test(list.mediaText));
    const texts = media.map(({ mediaText }) => mediaText);
    media.forEach((list) => (list.mediaText = list.mediaText.replace("print", "all")));
    document.body.style.width = `${SHEET.width}px`;
    try {
      work();
    } finally {
      document.body.style.width = "";
      media.forEach((list, at) => (list.mediaText = texts[at]));
    }
  }

  /** A table that can lose rows and columns on paper, where a line says how many the screen has more. */
  class PaperTable {
    constructor(panel, { least, rows, words }) {
      Object.assign(this, { least, words });
      this.rows = rows([...panel.querySelectorAll("tbody tr")]);
      this.line = element("p", { className: "note paper-only" });
      panel.append(this.line);
    }

    /** Keeps so many rows. */
    keep(most) {
      this.rows.forEach((row, at) => row.classList.toggle("screen-only", at >= most));
      const more = this.rows.length - most;
      this.line.textContent = more > 0 ? this.words(more) : "";
    }

    /** Keeps as many rows as fit, found by halving, and not fewer than the least. */
    fit(isFitting) {
      let [low, high] = [Math.min(this.least, this.rows.length), this.rows.length];
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        this.keep(middle);
        if (isFitting()) low = middle;
        else high = middle - 1;
      }
      this.keep(low);
    }
  }

  /** Leaves out of the tables of a report what a sheet of paper has no room for: of columns, parts, then totals. */
  function fitOnPaper(panels, { reactions }, text, { whole }) {
    const moreOf = (key) => (n) => text(key, { n: whole(n) });
    const columns = reactions.length - MOST_COLUMNS;
    for (const panel of columns > 0 ? [panels.segments, panels.moments] : []) {
      for (const row of panel.querySelectorAll("tr")) {
        [...row.cells].slice(-columns).forEach((cell) => cell.classList.add("screen-only"));
      }
      panel.append(element("p", { className: "note paper-only", textContent: moreOf("more_buttons")(columns) }));
    }
    const tables = [
      new PaperTable(panels.segments, { least: 1, rows: (rows) => rows, words: moreOf("more_parts") }),
      // The last row has all taps, and so has a card.
      new PaperTable(panels.totals, { least: MOST_COLUMNS, rows: (rows) => rows.slice(0, -1), words: moreOf("more_buttons") }),
    ];
    const page = document.querySelector(".report-page");
    const isFitting = () => page.getBoundingClientRect().height <= SHEET.height;
    withPaperStyle(() => tables.forEach((table) => isFitting() || table.fit(isFitting)));
  }

  /** Calls before() when the browser is about to print, and after() when it has printed. */
  function onPrint(before, after) {
    window.addEventListener("beforeprint", before);
    window.addEventListener("afterprint", after);
  }

  window.reportPaper = { fitOnPaper, onPrint, paperFigure, paperLook };
}
