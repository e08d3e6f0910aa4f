"use strict";
{
  const { isolated } = window.clickLabels;
  const { seriesOf } = window.clickTimeline;
  const { timesOf } = window.clickZone;

  /** Writes the bins into the open table beside the chart, the newest bin first. */
  function writeTable(answer, shares) {
    const { text, zone } = window.clickPage;
    const { clock } = timesOf(zone);
    const body = document.getElementById("table-body");
    if (!body || !body.closest("details").open) return;
    const { reactions, start, bin } = answer;
    const ofTwo = reactions.length === 2 ? shares : [];
    const heads = [text("time"), ...reactions.map(({ label }) => label), ...ofTwo.map(() => text("share_of"))];
    const columns = [...seriesOf(answer), ...ofTwo];
    const rows = columns[0].map((_, at) => {
      const first = start + at * bin;
      return [`${clock(first * 1000)}${marksIn(answer, first)}`, ...columns.map((values) => values[at])];
    });
    write(document.getElementById("table-head"), [heads], "th");
    write(body, rows.reverse(), "td");
  }

  /** The labels of the marks in the bin that begins then (epoch s). */
  function marksIn({ bin, talk }, first) {
    const marks = talk ? talk.marks.filter(({ at }) => at >= first && at < first + bin) : [];
    return marks.map(({ label }) => ` ▸ ${isolated(label)}`).join("");
  }

  /** Makes the rows of a part of a table those of the texts or numbers; what stays the same is not touched. */
  function write(part, rows, tag) {
    if (part.rows.length !== rows.length || part.rows[0].cells.length !== rows[0].length) {
      part.textContent = "";
      part.append(...rows.map((row) => rowOf(row.length, tag)));
    }
    rows.forEach((row, at) => row.forEach((value, column) => {
      const cell = part.rows[at].cells[column];
      const text = value === null ? "–" : String(value);
      if (cell.textContent !== text) cell.textContent = text;
    }));
  }

  function rowOf(length, tag) {
    const row = document.createElement("tr");
    for (let cell = 0; cell < length; cell += 1) {
      const head = tag === "th" ? { scope: "col", dir: "auto" } : {};
      row.append(Object.assign(document.createElement(tag), head));
    }
    return row;
  }

  window.clickTable = { writeTable };
}
