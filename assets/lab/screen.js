"use strict";
{
  const { History } = window.labHistory;
  const { Lab } = window.labLab;
  const { View } = window.labView;
  const { forgetChanges, lookAt } = window.clickLook;
  const { newId, send } = window.clickSend;
  const { RangeRecords } = window.recordsView;
  const TICK_MS = 50;
  const STATUS_MS = 250;

  /** The formats of the language, the times of the zone and the sizes of the charts, as they are now. */
  function readLook() {
    const { text, words } = window.clickPage;
    const { variant } = words();
    return {
      ...lookAt(0, { width: 0, height: 0 }),
      text,
      isFile: variant === "_file",
      isFlink: variant === "_flink",
      // A file has words of its own for what a broker calls otherwise, and so has a site for which Flink counts.
      say: (key, values) => text(`${key}${variant}` in words() ? `${key}${variant}` : key, values),
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
      send, now: () => performance.now(), wall: () => Date.now(), client: `lab-${newId()}`,
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
