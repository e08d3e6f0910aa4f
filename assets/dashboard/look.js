"use strict";
{
  const { formatsOf } = window.clickWords;
  const { timesOf } = window.clickZone;
  const CONTROLS_MS = 3000;
  const WATCH_MS = 100;
  const MODEBAR = 30;

  /** The sizes of the view and the formats of the language. */
  function readLook() {
    const page = document.documentElement;
    const { clientWidth: width = 0, clientHeight: height = 0 } = document.getElementById("timeline") || {};
    if (page.dataset.view !== "presenter") return lookAt(0, { width, height });
    // Not innerWidth, which grows on a phone with any element that is still too wide.
    return lookAt(Math.min(page.clientWidth / 1920, page.clientHeight / 1080), { width, height });
  }

  /** The look on a desk (0), or on a wall of this part of 1920 x 1080, of a chart of this size. */
  function lookAt(scale, chart) {
    const isWall = scale > 0;
    const tokens = getComputedStyle(document.documentElement);
    const token = (name) => Number(tokens.getPropertyValue(`--chart-${name}`));
    const sizeOf = (name) => Math.max(token(name), scale * token(`${name}-wall`));
    const [tick, legend, line] = ["tick", "legend", "line"].map(sizeOf);
    const top = isWall ? 2 * legend : 64;
    // What the labels of the axes and the legend leave.
    const plot = { width: chart.width - 5 * tick, height: chart.height - top - 3 * tick };
    const legendTop = isWall || chart.height <= MODEBAR ? 1 : 1 - MODEBAR / chart.height;
    const sizes = { tick, legend, line, top, legendTop, plot };
    const isClear = document.documentElement.dataset.overlay === "on";
    return { sizes, isClear, ...formatsOf(window.clickPage.language), times: timesOf(window.clickPage.zone) };
  }

  /** The chart's config in the page's language; Plotly's own language is English. */
  function localized(config) {
    const { language, words } = window.clickPage;
    if (language === "en") return config;
    // Plotly looks its own texts up in the dictionary by their English form.
    window.Plotly.register({ moduleType: "locale", name: language, dictionary: words() });
    return { ...config, locale: language };
  }

  /** The drawn chart. */
  const graph = () => document.querySelector("#timeline .js-plotly-plot");

  /** A function that draws, and calls onDrawn once a drawing is on the screen. */
  function drawer(onDrawn) {
    let watched = null;
    let timer = null;
    const watch = () => {
      timer = null;
      const drawing = graph();
      if (!drawing || !drawing.on) {
        // Dash makes the chart by and by, and nobody may draw a second time.
        timer = window.setTimeout(watch, WATCH_MS);
      } else if (drawing.on !== watched) {
        // After a change of language Plotly starts again without listeners.
        watched = drawing.on;
        drawing.on("plotly_afterplot", onDrawn);
      }
    };
    return (id, { figure, config }) => {
      window.dash_clientside.set_props(id, { figure, config: localized(config) });
      if (timer === null) watch();
    };
  }

  /** Drops the entry that Dash stores for ever at each change, for an undo button that the page does not have. */
  function forgetChanges() {
    for (const store of window.dash_stores || []) store.getState().history.past.length = 0;
  }

  /** Fills the screen with the page, or ends that. */
  function fullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen().catch(() => {});
  }

  /** Shows the controls of the presenter view while the mouse moves, and a little longer. */
  function showControls() {
    const { dataset } = document.documentElement;
    let timer = null;
    return () => {
      window.clearTimeout(timer);
      dataset.controls = "on";
      timer = window.setTimeout(() => delete dataset.controls, CONTROLS_MS);
    };
  }

  window.clickLook = { drawer, forgetChanges, fullScreen, graph, localized, lookAt, readLook, showControls };
}
