"use strict";
{
  const { localized } = window.clickLook;
  const { ReportView } = window.reportView;

  /** Shows the report that the file holds; nothing is loaded. */
  function start() {
    const { textContent } = document.getElementById("report-data");
    const { report, figure: emptyFigure, config } = JSON.parse(textContent);
    const chart = document.getElementById("chart");
    const draw = (figure) => {
      // Plotly writes into what it is given.
      const { data, layout } = JSON.parse(JSON.stringify(figure));
      window.Plotly.react(chart, data, layout, { ...localized(config), responsive: true });
    };
    // A browser lets no file change its address.
    new ReportView({ report, emptyFigure, draw, foot: () => [], address: () => {} });
    window.clickPage.ready();
  }

  start();
}
