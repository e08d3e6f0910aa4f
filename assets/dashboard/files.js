"use strict";
{
  const isPage = typeof module === "undefined";
  const { seriesOf, sharesOf } = isPage ? window.clickTimeline : require("./timeline.js");
  const { isolated, literal } = isPage ? window.clickLabels : require("./labels.js");
  const { timesOf } = isPage ? window.clickZone : require("./zone.js");
  const [UTC, LOCAL] = [timesOf("utc"), timesOf("local")];
  const PICTURE = { width: 1920, height: 1080 };

  /**
   * The bins as a CSV file that a spreadsheet opens as columns, times and numbers, on a machine whose browser
   * prefers `tag`. Excel reads UTF-8 only after a byte order mark, and lines by the separator of its system.
   */
  function csvOf({ answer, zero, text, tag }) {
    const parts = new Intl.NumberFormat(tag).formatToParts(1.5);
    const decimal = parts.find(({ type }) => type === "decimal").value;
    const separator = decimal === "," ? ";" : ",";
    const { start, bin, server_time: now } = answer;
    const since = Math.max(answer.complete_since || 0, zero ? zero.at : 0);
    const series = seriesOf(answer);
    const shares = answer.reactions.length === 2 ? sharesOf(answer) : [];
    const rows = series[0].map((_, at) => {
      const first = start + at * bin;
      const isComplete = first >= since && first + bin <= now;
      // Excel takes a time with a space for one, LibreOffice as it comes only one with a T: each finds one.
      const times = [timeIn(LOCAL, first, " "), timeIn(UTC, first, "T")];
      const fractions = shares.map(({ [at]: share }) => (share === null ? "" : cellOf(share.toFixed(4).replace(".", decimal))));
      return [...times, bin, ...series.map((counts) => counts[at]), ...fractions, text(isComplete ? "yes" : "no")];
    });
    const heads = [LOCAL, UTC].map(({ name }, at) => {
      // A zone of no distance from UTC must not give two columns one name.
      const zone = at === 0 ? `${text("local_time")}, ${name(start * 1000)}` : "UTC";
      return `${text("time")} (${zone})`;
    });
    const labels = answer.reactions.map(({ label }) => label);
    heads.push(text("seconds"), ...labels, ...shares.map(() => text("share", { label: isolated(labels[0]) })), text("complete"));
    const shown = rows.filter((row, at) => series[0][at] !== null);
    return `\ufeff${[heads.map(cellOf), ...shown].map((row) => `${row.join(separator)}\r\n`).join("")}`;
  }

  function timeIn({ day, clock }, second, separator) {
    return `${day(second * 1000)}${separator}${clock(second * 1000)}`;
  }

  /** A text as a cell: quoted, and never a formula. */
  function cellOf(text) {
    const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return `"${plain.replace(/"/g, '""')}"`;
  }

  // Not /\p{L}/u, which is a syntax error in Firefox before 78: all but space, signs, symbols and emoji.
  const WORDS = /[^\s!-/:-@[-`{-\u00bf\u2000-\u2bff\u3000-\u303f\ud800-\uf8ff\ufdd0-\uff0f]+/g;

  /** A file's name of the title and the time (epoch ms) in a zone, for every system. */
  function nameOf(title, times, ms, extension) {
    const words = title.match(WORDS) || ["clicks"];
    return `${words.join("-")}-${times.day(ms)}-${times.clock(ms).replace(/:/g, "")}.${extension}`;
  }

  /** The figure in a picture of 1920 x 1080 with a title and a line below it; of many lines with a legend of totals. */
  function pictureOf({ data, layout }, { title, line, totals, sizes }) {
    const heading = {
      text: `<b>${literal(title)}</b>`,
      font: { size: 1.6 * sizes.legend, color: layout.hoverlabel.font.color },
      subtitle: { text: literal(line), font: { size: sizes.tick } },
      x: 0.03,
      xanchor: "left",
      y: 0.96,
      yanchor: "top",
    };
    const margin = { ...layout.margin, l: 4 * sizes.tick, r: 2 * sizes.tick, t: 8 * sizes.tick, b: 3 * sizes.tick };
    const above = { ...layout.legend, yref: "paper", y: 1, yanchor: "bottom" };
    const picture = { data, layout: { ...layout, ...PICTURE, margin, title: heading, legend: above } };
    if (data.length <= 2) return picture;
    const named = data.map((trace, at) => ({ ...trace, name: `${trace.name} ${totals[at]}` }));
    const legend = { ...above, y: -0.08, yanchor: "top" };
    return { data: named, layout: { ...picture.layout, legend } };
  }

  /** Saves what the address leads to, a blob's or a data: URL, as a file. */
  function save(address, name) {
    const link = Object.assign(document.createElement("a"), { href: address, download: name });
    document.body.append(link);
    link.click();
    link.remove();
  }

  function saveText(content, name) {
    const address = URL.createObjectURL(new Blob([content], { type: "text/csv;charset=utf-8" }));
    save(address, name);
    // The browser has begun to read it; without this the page would keep it for ever.
    window.setTimeout(() => URL.revokeObjectURL(address), 60000);
  }

  async function savePicture(figure, name) {
    save(await window.Plotly.toImage(figure, { format: "png", ...PICTURE }), name);
  }

  const files = { PICTURE, csvOf, nameOf, pictureOf, savePicture, saveText };
  if (isPage) window.clickFiles = files;
  else module.exports = files;
}
