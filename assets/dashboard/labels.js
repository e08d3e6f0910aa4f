"use strict";
{
  const LONGEST_NAME = 18;
  const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\ud802\ud803\ud83a\ud83b]/;
  const WIDE = /[\u2600-\u27bf\u2e80-\uffff]/; // Emoji, and scripts whose letters are squares.
  const EMS = [[/[MW@%]/, 1], [/[A-Z&<>=]/, 0.8]]; // The widths of signs, rather too wide than too narrow.
  const SEGMENTER = Intl.Segmenter && new Intl.Segmenter();
  const [OTHER_EMS, WIDE_EMS] = [0.64, 1.4];
  const LEAST_EMS = 6; // Shorter names would say nothing.
  const LEGEND_LINES = 2;
  const LINE_EMS = 1.35;

  /** A label as part of a text: one from right to left does not turn what follows it. */
  function isolated(label) {
    return RIGHT_TO_LEFT.test(label) ? `\u2068${label}\u2069` : label;
  }

  /** The signs of a label as people see them: a family of joined emoji is one. */
  function signsOf(label) {
    return SEGMENTER ? Array.from(SEGMENTER.segment(label), ({ segment }) => segment) : [...label];
  }

  /** A label for a place without room for long ones, of at most so many signs. */
  function shortened(label, longest = LONGEST_NAME) {
    const signs = signsOf(label);
    return signs.length > longest ? `${signs.slice(0, longest - 1).join("")}…` : label;
  }

  /** A label that Plotly, which knows some markup, shows as it is. */
  function literal(label) {
    return isolated(label).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  }

  /** About how wide a label is, in ems. */
  function emsOf(label) {
    return signsOf(label).reduce((ems, sign) => ems + emsOfSign(sign), 0);
  }

  function emsOfSign(sign) {
    if (WIDE.test(sign) && !RIGHT_TO_LEFT.test(sign)) return WIDE_EMS;
    const known = EMS.find(([signs]) => signs.test(sign));
    return known ? known[1] : OTHER_EMS;
  }

  /** As much of a label as fits into so many ems; empty if that is less than three signs. */
  function fitting(label, ems) {
    let text = label;
    for (let longest = signsOf(label).length - 1; emsOf(text) > ems; longest -= 1) {
      if (longest < 3) return "";
      text = shortened(label, longest);
    }
    return text;
  }

  /**
   * The names in a legend above a plot, and how much higher (px) it is than one of a single line: names are
   * shortened so that two lines are enough, unless too little of them would be left.
   */
  function legendOf(labels, { legend, plot }) {
    if (labels.length <= 2) return { names: labels, extra: 0 };
    const width = plot.width / legend;
    const gap = 2 + 15 / legend; // Plotly's, with the line beside a name.
    const most = Math.max(1, Math.floor(width / (LEAST_EMS + gap)));
    const columns = Math.min(most, Math.ceil(labels.length / LEGEND_LINES));
    const room = Math.max(LEAST_EMS, width / columns - gap);
    const names = labels.map((label) => fitting(shortened(label), room));
    const longest = Math.max(...names.map(emsOf));
    const perLine = Math.max(1, Math.floor(width / (longest + gap)));
    return { names, extra: (Math.ceil(labels.length / perLine) - 1) * LINE_EMS * legend };
  }

  const labels = { emsOf, fitting, isolated, legendOf, literal, shortened };
  if (typeof module !== "undefined") module.exports = labels;
  else window.clickLabels = labels;
}
