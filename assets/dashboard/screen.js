"use strict";
{
  const { Poller } = window.clickPoller;
  const { isTimeline } = window.clickTimeline;
  const { clock, formatsOf } = window.clickWords;
  const ABORT_MS = 15000;

  async function ask(path) {
    const abort = new AbortController();
    const timer = window.setTimeout(() => abort.abort(), ABORT_MS);
    try {
      const response = await fetch(path, { signal: abort.signal });
      const came = performance.now();
      const answer = await response.json();
      if (response.ok && isTimeline(answer)) return { answer, message: "", came };
      const said = answer !== null && typeof answer === "object" && typeof answer.message === "string";
      return { answer: null, message: said ? answer.message : "" };
    } catch {
      return { answer: null, message: "" };
    } finally {
      window.clearTimeout(timer);
    }
  }

  /** The sizes of the view and the formats of the language. */
  function readLook() {
    const page = document.documentElement;
    const isWall = page.dataset.view === "presenter";
    // Not innerWidth: on a phone that grows with what is still too wide for it.
    const scale = isWall ? Math.min(page.clientWidth / 1920, page.clientHeight / 1080) : 0;
    const tokens = getComputedStyle(page);
    const token = (name) => Number(tokens.getPropertyValue(`--chart-${name}`));
    const sizeOf = (name) => Math.max(token(name), scale * token(`${name}-wall`));
    const [tick, legend, line] = ["tick", "legend", "line"].map(sizeOf);
    const sizes = { tick, legend, line, top: isWall ? 2 * legend : 64 };
    return { sizes, ...formatsOf(window.clickPage.language) };
  }

  /** Writes the bins into the table beside the chart, the newest first, while it is open. */
  function writeTable({ cheers, hate, start, bin }, shares) {
    const body = document.getElementById("table-body");
    if (!body || !body.closest("details").open) return;
    while (body.rows.length < cheers.length) {
      const row = body.insertRow();
      for (let cell = 0; cell < 4; cell += 1) row.insertCell();
    }
    cheers.forEach((count, at) => {
      const cells = body.rows[cheers.length - 1 - at].cells;
      const said = [clock((start + at * bin) * 1000), count, hate[at], shares[at]];
      said.forEach((value, cell) => {
        const text = value === null ? "–" : String(value);
        if (cells[cell].textContent !== text) cells[cell].textContent = text;
      });
    });
  }

  function fullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen().catch(() => {});
  }

  const graph = () => document.querySelector("#timeline .js-plotly-plot");

  /** The chart's config in the page's language; Plotly itself speaks English. */
  function speaking(config) {
    const { language, words } = window.clickPage;
    if (language === "en") return config;
    // Plotly looks up its own texts in it, by what they are in English.
    window.Plotly.register({ moduleType: "locale", name: language, dictionary: words() });
    return { ...config, locale: language };
  }

  /** Draws, and has onDrawn called whenever that is on the screen. */
  function drawer(onDrawn) {
    let watched = null;
    return (id, { figure, config }) => {
      window.dash_clientside.set_props(id, { figure, config: speaking(config) });
      const drawing = graph();
      // In another language Plotly begins anew, without listeners.
      if (!drawing || !drawing.on || drawing.on === watched) return;
      watched = drawing.on;
      drawing.on("plotly_afterplot", onDrawn);
    };
  }

  function address(search) {
    if (search !== undefined) window.history.replaceState(null, "", `${location.pathname}${search}${location.hash}`);
    return location.search;
  }

  /** Dash notes each tick for an undo that the page does not offer, and would keep the notes for ever. */
  function forgetTicks() {
    for (const store of window.dash_stores || []) store.getState().history.past.length = 0;
  }

  function begin() {
    const shown = {};
    const show = (id, props) => {
      const text = JSON.stringify(props);
      if (shown[id] === text) return;
      window.dash_clientside.set_props(id, props);
      shown[id] = text;
    };
    let look = null;
    const poller = new Poller({
      ask,
      show,
      draw: drawer(() => poller.onDrawn()),
      address,
      list: writeTable,
      layout: () => graph() && graph().layout,
      look: () => look || (look = readLook()),
      text: window.clickPage.text,
      showPage: (marks) => Object.assign(document.documentElement.dataset, marks),
      now: () => performance.now(),
      hidden: () => document.hidden,
    });
    const restyle = () => {
      look = null;
      poller.redraw();
    };
    const onClick = ({ target }) => {
      const button = target instanceof Element && target.closest("[data-do]");
      if (!button) return;
      const { do: what, value } = button.dataset;
      if (what === "full") fullScreen();
      else poller.press(what, Number(value));
      if (what === "presenter") restyle();
    };
    document.addEventListener("click", onClick);
    document.addEventListener("toggle", () => poller.redraw(), true);
    document.addEventListener("visibilitychange", () => poller.refresh());
    window.addEventListener("resize", restyle);
    window.clickPage.onChange(restyle);
    // The status tells the truth between two ticks too, however far apart these are.
    window.setInterval(() => poller.skeleton !== null && poller.showStatus(), 250);
    poller.showPage(poller.marks());
    window.dash_clientside = Object.assign(window.dash_clientside || {}, {
      dashboard: {
        refresh(_ticks, skeleton, config, wait) {
          poller.wait = wait;
          if (poller.skeleton === null) {
            Object.assign(poller, { skeleton, config });
            if (!document.fullscreenEnabled) show("full", { hidden: true });
            poller.redraw();
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
