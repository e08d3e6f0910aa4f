"use strict";
{
  const { History } = window.labHistory;
  const { Lab } = window.labLab;
  const { View } = window.labView;
  const { forgetChanges, lookAt } = window.clickLook;
  const { RangeRecords } = window.recordsView;
  const ABORT_MS = 15000;
  const TICK_MS = 50;
  const STATUS_MS = 250;
  const ID_BYTES = 6;

  /** Sends a request; resolves to its status (0: no answer), the JSON of the answer, and Retry-After in ms. */
  async function send(method, path, body) {
    const abort = new AbortController();
    const timer = window.setTimeout(() => abort.abort(), ABORT_MS);
    try {
      const headers = body ? { "Content-Type": "application/json" } : {};
      const response = await fetch(path, { method, headers, body: body && JSON.stringify(body), signal: abort.signal });
      const isJson = (response.headers.get("Content-Type") || "").includes("json");
      const retryMs = 1000 * Number(response.headers.get("Retry-After")) || 0;
      // A host's login answers with a page of its own.
      const status = response.ok && !isJson ? 401 : response.status;
      return { status, answer: isJson ? await response.json() : null, retryMs };
    } catch {
      return { status: 0, answer: null, retryMs: 0 };
    } finally {
      window.clearTimeout(timer);
    }
  }

  /** The id of this page as a sender of taps. */
  function newClient() {
    const bytes = window.crypto.getRandomValues(new Uint8Array(ID_BYTES));
    return `lab-${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  }

  /** The formats of the language, the times of the zone and the sizes of the charts, as they are now. */
  function readLook() {
    const { text, words } = window.clickPage;
    const isFile = words().broker === "embedded";
    return {
      ...lookAt(0, { width: 0, height: 0 }),
      text,
      isFile,
      // A file has words of its own for what a broker calls otherwise.
      say: (key, values) => text(isFile && `${key}_file` in words() ? `${key}_file` : key, values),
      windows: new Map(JSON.parse(words().windows)),
    };
  }

  /** A function that draws, and offers the records of the time to which a drawing is zoomed. */
  function drawer(shiftMs) {
    const records = new RangeRecords(document.getElementById("charts"));
    let watched = null;
    return (id, figure) => {
      window.dash_clientside.set_props(id, { figure });
      forgetChanges();
      const drawing = document.querySelector(`#${id} .js-plotly-plot`);
      if (id !== "lag" || !drawing || !drawing.on || drawing.on === watched) return;
      watched = drawing.on;
      drawing.on("plotly_afterplot", () => records.see(drawing.layout, shiftMs()));
    };
  }

  function listen(lab, restyle) {
    document.addEventListener("click", ({ target, timeStamp }) => {
      const button = target instanceof Element && target.closest("[data-tap], [data-experiment]");
      if (!button || button.disabled) return;
      const { tap, experiment, value } = button.dataset;
      if (tap) lab.tap(tap, timeStamp);
      else lab.experiment(experiment, experiment === "old" ? Number(value) : value, timeStamp);
    });
    document.addEventListener("visibilitychange", () => lab.tick());
    window.clickPage.onChange(restyle);
  }

  function nameZone() {
    const key = window.clickPage.zone === "utc" ? "local_time" : "utc";
    const node = document.querySelector("#react-entry-point #zone-switch");
    node.dataset.text = key;
    node.textContent = window.clickPage.text(key);
  }

  function begin(figures) {
    let look = readLook();
    let view = null;
    const history = new History();
    const lab = new Lab({
      send, now: () => performance.now(), wall: () => Date.now(), client: newClient(),
      isHidden: () => document.hidden, show: () => view.show(),
    });
    lab.listeners.push((answer) => history.take(answer));
    const shiftMs = () => look.times.shifted(Date.now()) - Date.now();
    view = new View({ lab, history, look: () => look, draw: drawer(shiftMs), figures });
    const restyle = () => {
      look = readLook();
      nameZone();
      view.restyle();
    };
    listen(lab, restyle);
    restyle();
    window.setInterval(() => lab.tick(), TICK_MS);
    window.setInterval(() => view.showStatus(), STATUS_MS);
    window.clickPage.ready();
  }

  let hasBegun = false;
  window.dash_clientside = Object.assign(window.dash_clientside || {}, {
    lab: {
      begin(_id, lag, bytes) {
        if (!hasBegun) begin({ lag, bytes });
        hasBegun = true;
        return window.dash_clientside.no_update;
      },
    },
  });
}
