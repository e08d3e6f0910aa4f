"use strict";
{
  const PATH = "kafka/timeline?window=120&bin=2";
  const ABORT_MS = 15000;
  const SLOW_MS = 1500;
  const SILENT_MS = 2500;
  const STALE_MS = 10000;
  const STATES = {
    live: "Live",
    connecting: "Connecting…",
    "catching up": "Catching up…",
    reconnecting: "Reconnecting…",
    disabled: "Disabled",
  };

  /** Whether the answer shows an earlier state of the same log than the one drawn. */
  function isOlder(drawn, answer) {
    if (drawn === null) return false;
    if (answer.log !== null && answer.log !== drawn.log) return false;
    return Object.keys(drawn.as_of).some(
      (partition) => !(partition in answer.as_of) || answer.as_of[partition] < drawn.as_of[partition],
    );
  }

  /** Epoch milliseconds moved so that Plotly, which draws them as UTC, shows the viewer's time. */
  function localTime(ms) {
    return ms - new Date(ms).getTimezoneOffset() * 60000;
  }

  /** The layout with the ranges to which the viewer, or a script, has zoomed the drawn one. */
  function zoomedAs(drawn, layout) {
    const zoomed = ["xaxis", "yaxis"].filter((axis) => drawn && drawn[axis] && drawn[axis].autorange === false);
    const axes = zoomed.map((axis) => [axis, Object.assign({}, layout[axis], { range: drawn[axis].range, autorange: false })]);
    return Object.assign({}, layout, Object.fromEntries(axes));
  }

  /** The skeleton with the answer's bins as x and y, the newest bin marked as unfinished. */
  function figureOf(skeleton, answer, drawn) {
    const x = answer.cheers.map((_, at) => localTime((answer.start + at * answer.bin) * 1000));
    const data = [answer.cheers, answer.hate].map((y, at) => Object.assign({}, skeleton.data[at], { x, y }));
    const mark = { x0: x[x.length - 2], x1: x[x.length - 1], visible: true };
    const shapes = skeleton.layout.shapes.map((shape) => Object.assign({}, shape, mark));
    const layout = Object.assign({}, zoomedAs(drawn, skeleton.layout), { shapes });
    return Object.assign({}, skeleton, { data, layout });
  }

  /** What the status and the age beside it say; times in milliseconds of one clock. */
  function statusOf({ state, failing, started, answered, now }) {
    const age = answered === null ? 0 : now - answered;
    const slow = started !== null && now - started > SLOW_MS;
    const silent = slow && (answered === null || age > SILENT_MS);
    const kind = failing || silent ? "reconnecting" : state;
    return {
      text: STATES[kind] || kind,
      kind: kind.replace(" ", "-"),
      age: age > STALE_MS ? `Stale: ${Math.floor(age / 1000)} s` : "",
    };
  }

  /** What is not whole in the answer, in words; empty where all is. */
  function noteOf(answer) {
    const notes = [];
    if (answer.state === "disabled") notes.push("The server does not count clicks.");
    if (answer.incomplete) notes.push("The totals lack clicks that the log no longer holds.");
    if (answer.complete_since !== null && answer.complete_since > answer.start) {
      const since = new Date(answer.complete_since * 1000).toLocaleTimeString("en-GB");
      notes.push(`The curve is complete since ${since}.`);
    }
    return notes.join(" ");
  }

  /** Asks the server, one request at a time, and shows what it answers. */
  class Poller {
    constructor(outside) {
      // ask, show, draw, layout, now, hidden
      Object.assign(this, outside);
      Object.assign(this, { skeleton: null, drawn: null, state: "connecting", failing: false });
      Object.assign(this, { started: null, answered: null, message: "" });
    }

    async refresh() {
      this.showStatus();
      if (this.hidden() || this.started !== null || this.skeleton === null) return;
      this.started = this.now();
      const { answer, message } = await this.ask();
      this.started = null;
      this.failing = answer === null;
      this.message = message;
      if (answer !== null) this.take(answer);
      this.showStatus();
    }

    take(answer) {
      this.answered = this.now();
      this.state = answer.state;
      this.message = noteOf(answer);
      if (isOlder(this.drawn, answer)) return;
      this.drawn = answer;
      this.show("total-cheers", { children: answer.totals.cheers.toLocaleString("en-US") });
      this.show("total-hate", { children: answer.totals.hate.toLocaleString("en-US") });
      this.draw("timeline", { figure: figureOf(this.skeleton, answer, this.layout()) });
    }

    showStatus() {
      const { text, kind, age } = statusOf(Object.assign({}, this, { now: this.now() }));
      this.show("status", { children: text, className: `status ${kind}` });
      this.show("age", { children: age });
      this.show("note", { children: this.message });
    }
  }

  async function ask() {
    const abort = new AbortController();
    const timer = window.setTimeout(() => abort.abort(), ABORT_MS);
    try {
      const response = await fetch(PATH, { signal: abort.signal });
      const answer = await response.json();
      if (response.ok && Array.isArray(answer.cheers)) return { answer, message: "" };
      return { answer: null, message: String(answer.message || "") };
    } catch {
      return { answer: null, message: "" };
    } finally {
      window.clearTimeout(timer);
    }
  }

  function start() {
    const shown = {};
    const show = (id, props) => {
      const text = JSON.stringify(props);
      if (shown[id] === text) return;
      shown[id] = text;
      window.dash_clientside.set_props(id, props);
    };
    const draw = (id, props) => window.dash_clientside.set_props(id, props);
    const now = () => performance.now();
    const layout = () => {
      const graph = document.querySelector("#timeline .js-plotly-plot");
      return graph && graph.layout;
    };
    const poller = new Poller({ ask, show, draw, layout, now, hidden: () => document.hidden });
    document.addEventListener("visibilitychange", () => poller.refresh());
    // The status tells the truth between two ticks too, however far apart these are.
    window.setInterval(() => poller.skeleton !== null && poller.showStatus(), 250);
    window.dash_clientside = Object.assign(window.dash_clientside || {}, {
      dashboard: {
        refresh(_ticks, skeleton) {
          if (poller.skeleton === null) poller.skeleton = skeleton;
          poller.refresh();
          return window.dash_clientside.no_update;
        },
      },
    });
  }

  if (typeof module !== "undefined") module.exports = { Poller, figureOf, isOlder, localTime, noteOf, statusOf };
  else start();
}
