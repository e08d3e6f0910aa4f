"use strict";
{
  const { Poller } = window.clickPoller;
  const { PICTURE, savePicture, saveText } = window.clickFiles;
  const { writeTable } = window.clickTable;
  const { isTimeline } = window.clickTimeline;
  const { windowsOf } = window.clickView;
  const { WakeLock } = window.clickWall;
  const { formatsOf } = window.clickWords;
  const { timesOf } = window.clickZone;
  const ABORT_MS = 15000;
  const CONTROLS_MS = 3000;

  /** Whether a host's login answered: by a redirect to its page, or by a refusal that is not the site's JSON. */
  function asksForLogin({ redirected, status, headers }) {
    const isJson = (headers.get("Content-Type") || "").includes("json");
    return !isJson && (redirected || status === 401 || status === 403);
  }

  /** A link of Dash's that loads the page again, so that the login can ask for what it needs. */
  function linkToHere(children) {
    return { namespace: "dash_html_components", type: "A", props: { children, href: `${location.pathname}${location.search}` } };
  }

  /** The server's answer and when it came; where it is no timeline null, and the server's message. */
  async function ask(path) {
    const abort = new AbortController();
    const timer = window.setTimeout(() => abort.abort(), ABORT_MS);
    try {
      const response = await fetch(path, { signal: abort.signal });
      const came = performance.now();
      if (asksForLogin(response)) return { answer: null, message: linkToHere(window.clickPage.text("log_in")) };
      const answer = await response.json();
      if (response.ok && isTimeline(answer)) {
        // The presenter's bar listens to it.
        document.dispatchEvent(new CustomEvent("timeline", { detail: { answer, came } }));
        return { answer, message: "", came };
      }
      const hasMessage = answer !== null && typeof answer === "object" && typeof answer.message === "string";
      return { answer: null, message: hasMessage ? answer.message : "" };
    } catch {
      return { answer: null, message: "" };
    } finally {
      window.clearTimeout(timer);
    }
  }

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
    const sizes = { tick, legend, line, top, plot };
    const isClear = document.documentElement.dataset.overlay === "on";
    return { sizes, isClear, ...formatsOf(window.clickPage.language), times: timesOf(window.clickPage.zone) };
  }

  /** Dash's elements of the reactions' cards, made from the page's form of one. */
  function cardsOf(reactions) {
    const { filled, words } = window.clickPage;
    return reactions.map(({ key, label, isSum }, at) => {
      const values = { key, label, place: isSum ? "all" : at + 1, total: isSum ? "" : "Total " };
      const fill = (_, value) => (typeof value === "string" ? filled(value, values) : value);
      return JSON.parse(words().card, fill);
    });
  }

  /** Saves what is shown as a file of this kind, csv or png. */
  function saveAs(kind, poller) {
    // A spreadsheet reads numbers as the system does, which the page's own language need not be.
    const tag = navigator.language;
    const look = { ...lookAt(1, PICTURE), isClear: false };
    const file = poller.display.file(poller, kind, { title: document.title, tag, look });
    if (file === null) return;
    if (kind === "csv") saveText(file.content, file.name);
    else savePicture(file.figure, file.name);
  }

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

  const graph = () => document.querySelector("#timeline .js-plotly-plot");

  /** The chart's config in the page's language; Plotly's own language is English. */
  function localized(config) {
    const { language, words } = window.clickPage;
    if (language === "en") return config;
    // Plotly looks its own texts up in the dictionary by their English form.
    window.Plotly.register({ moduleType: "locale", name: language, dictionary: words() });
    return { ...config, locale: language };
  }

  /** A function that draws, and calls onDrawn once a drawing is on the screen. */
  function drawer(onDrawn) {
    let watched = null;
    return (id, { figure, config }) => {
      window.dash_clientside.set_props(id, { figure, config: localized(config) });
      const drawing = graph();
      // After a change of language Plotly starts again without listeners.
      if (!drawing || !drawing.on || drawing.on === watched) return;
      watched = drawing.on;
      drawing.on("plotly_afterplot", onDrawn);
    };
  }

  /** The query of the page's address, once it is replaced by `search` if that is given. */
  function address(search) {
    if (search !== undefined) window.history.replaceState(null, "", `${location.pathname}${search}${location.hash}`);
    return location.search;
  }

  /** Drops the entry that Dash stores for ever at each tick, for an undo button that the page does not have. */
  function forgetTicks() {
    for (const store of window.dash_stores || []) store.getState().history.past.length = 0;
  }

  /** Does what the viewer does; restyle() draws anew with the page's look. */
  function listen(poller, restyle) {
    const wakeLock = new WakeLock(navigator.wakeLock);
    const stayAwake = () => wakeLock.want(poller.view.presenter);
    const press = (what, value) => {
      poller.press(what, value);
      if (!["code", "presenter"].includes(what)) return;
      restyle();
      stayAwake();
    };
    document.addEventListener("click", ({ target }) => {
      const button = target instanceof Element && target.closest("[data-do]");
      if (!button) return;
      const { do: what, value } = button.dataset;
      if (what === "full") fullScreen();
      else if (["csv", "png"].includes(what)) saveAs(what, poller);
      else press(what, Number(value));
    });
    document.addEventListener("keydown", ({ key }) => {
      // In full screen the browser takes Esc for itself: the next one is for the page.
      if (key === "Escape" && poller.view.presenter) press("presenter");
    });
    document.addEventListener("pointermove", showControls());
    document.addEventListener("toggle", () => poller.redraw(), true);
    document.addEventListener("visibilitychange", () => {
      poller.refresh();
      if (!document.hidden) stayAwake();
    });
    window.addEventListener("resize", restyle);
    window.clickPage.onChange(restyle);
    stayAwake();
  }

  function begin() {
    const shown = {};
    const show = (id, props) => {
      const text = JSON.stringify(props);
      if (shown[id] === text) return;
      window.dash_clientside.set_props(id, props);
      shown[id] = text;
    };
    const rebuild = (reactions) => {
      window.dash_clientside.set_props("reactions", { children: cardsOf(reactions) });
      for (const id of Object.keys(shown)) delete shown[id];
    };
    let look = null;
    const { text, words } = window.clickPage;
    const page = {
      reactions: JSON.parse(words().reactions),
      rebuild,
      show,
      draw: drawer(() => poller.display.drawTimes.end()),
      list: writeTable,
      layout: () => graph() && graph().layout,
      look: () => look || (look = readLook()),
      text,
      zone: () => window.clickPage.zone,
      mark: (marks) => Object.assign(document.documentElement.dataset, marks),
      address,
      isHidden: () => document.hidden,
    };
    const poller = new Poller({ ask, page, windows: windowsOf(text("windows")), now: () => performance.now() });
    const restyle = () => {
      look = null;
      poller.redraw();
    };
    listen(poller, restyle);
    // The status must be true between two ticks, too, however far apart these are.
    window.setInterval(() => poller.showStatus(), 250);
    window.dash_clientside = Object.assign(window.dash_clientside || {}, {
      dashboard: {
        refresh(_ticks, emptyFigure, config, refreshMs) {
          if (!poller.display.hasBegun()) {
            if (!document.fullscreenEnabled) show("full", { hidden: true });
            poller.begin(emptyFigure, config, refreshMs);
            window.clickPage.ready();
          }
          forgetTicks();
          poller.tick();
          return window.dash_clientside.no_update;
        },
      },
    });
  }

  begin();
}
