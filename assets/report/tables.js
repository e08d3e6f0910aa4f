"use strict";
{
  const { element } = window.clickElements;

  /** A table of texts, of which the first column names its row. */
  function tableOf({ heads, rows }) {
    const content = (text) => [element("span", { textContent: text, dir: "auto" })];
    const head = (text, scope) => element("th", {}, { scope }, content(text));
    const cell = (text) => element("td", {}, {}, content(text));
    return element("table", {}, {}, [
      element("thead", {}, {}, [element("tr", {}, {}, heads.map((text) => head(text, "col")))]),
      element("tbody", {}, {}, rows.map(([first, ...others]) => (
        element("tr", {}, {}, [head(first, "row"), ...others.map(cell)])
      ))),
    ]);
  }

  /** A panel with a heading and a table, which a person without a mouse can scroll. */
  function tablePanel(id, title, table) {
    const frame = element("div", { className: "table-frame", tabIndex: 0 }, { role: "group", "aria-labelledby": `${id}-title` }, [tableOf(table)]);
    const heading = element("h2", { id: `${id}-title`, className: "panel-title", textContent: title });
    return element("section", { id, className: "panel" }, {}, [heading, frame]);
  }

  window.reportTables = { tablePanel };
}
