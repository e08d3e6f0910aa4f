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

  /** Whether it has all that is drawn of an answer. */
  function isTimeline(answer) {
    if (answer === null || typeof answer !== "object") return false;
    const { state, totals, as_of, cheers, hate, start, bin, window } = answer;
    return (
      typeof state === "string" && [start, bin, window].every(Number.isFinite) &&
      [totals, as_of].every((each) => each !== null && typeof each === "object") &&
      [totals.cheers, totals.hate].every(Number.isFinite) &&
      [cheers, hate].every((counts) => Array.isArray(counts) && counts.every(Number.isFinite)) &&
      cheers.length > 0 && cheers.length === hate.length
    );
  }

  /**
   * Epoch milliseconds moved so that Plotly, which draws them as UTC, shows the viewer's time. Of
   * one answer all have the offset of one moment: no hour is left out or stands there twice.
   */
  function localTime(ms, moment = ms) {
    return ms - new Date(moment).getTimezoneOffset() * 60000;
  }

  /** The layout with the ranges to which the viewer, or a script, has zoomed the drawn one. */
  function zoomedAs(drawn, layout) {
    const zoomed = ["xaxis", "yaxis"].filter((axis) => drawn && drawn[axis] && drawn[axis].autorange === false);
    const axes = zoomed.map((axis) => [axis, Object.assign({}, layout[axis], { range: drawn[axis].range, autorange: false })]);
    return Object.assign({}, layout, Object.fromEntries(axes));
  }

  /** The skeleton with the answer's bins as x and y, the newest bin marked as unfinished. */
  function figureOf(skeleton, answer, drawn) {
    const starts = answer.cheers.map((_, at) => (answer.start + at * answer.bin) * 1000);
    const x = starts.map((start) => localTime(start, starts[starts.length - 1]));
    const data = [answer.cheers, answer.hate].map((y, at) => Object.assign({}, skeleton.data[at], { x, y }));
    const x0 = x[x.length - 1];
    const x1 = x0 + answer.bin * 1000;
    const shapes = skeleton.layout.shapes.map((shape) => Object.assign({}, shape, { x0, x1, visible: true }));
    const xaxis = Object.assign({}, skeleton.layout.xaxis, { autorangeoptions: { include: [x[0], x1] } });
    const layout = zoomedAs(drawn, Object.assign({}, skeleton.layout, { shapes, xaxis }));
    return Object.assign({}, skeleton, { data, layout });
  }

  /** What the status and the age beside it say; times in milliseconds of one clock. */
  function statusOf({ state, failing, started, answered, now }) {
    const age = answered === null ? 0 : now - answered;
    const slow = started !== null && now - started > SLOW_MS;
    const silent = slow && (answered === null || age > SILENT_MS);
    const stale = age > STALE_MS ? `Stale: ${Math.floor(age / 1000)} s` : "";
    const kind = failing || silent ? "reconnecting" : state;
    // With any REFRESH_MS: an answer older than 10 s is stale, and what is stale is not live.
    if (stale && kind === "live") return { text: stale, kind: "stale", age: "" };
    return { text: STATES[kind] || kind, kind: kind.replace(" ", "-"), age: stale };
  }

  /** A total as text, and its width in a wide font: the style makes it smaller where it would not fit. */
  function numberOf(total) {
    const children = total.toLocaleString("en-US");
    const digits = children.replaceAll(",", "").length;
    const ems = 0.68 * digits + 0.36 * (children.length - digits);
    return { children, style: { "--ems": ems.toFixed(2) } };
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
      const polled = this.poll();
      this.showStatus();
      await polled;
    }

    /** Whatever goes wrong, the next tick may ask again, and the status does not say live. */
    async poll() {
      if (this.hidden() || this.started !== null || this.skeleton === null) return;
      this.started = this.now();
      let failing = true;
      try {
        const { answer, message } = await this.ask();
        this.message = message;
        if (answer !== null) this.take(answer);
        failing = answer === null;
      } finally {
        this.started = null;
        this.failing = failing;
        this.showStatus();
      }
    }

    take(answer) {
      this.answered = this.now();
      this.state = answer.state;
      this.message = noteOf(answer);
      if (isOlder(this.drawn, answer)) return;
      this.drawn = answer;
      this.show("total-cheers", numberOf(answer.totals.cheers));
      this.show("total-hate", numberOf(answer.totals.hate));
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
      if (response.ok && isTimeline(answer)) return { answer, message: "" };
      const said = answer !== null && typeof answer === "object" && typeof answer.message === "string";
      return { answer: null, message: said ? answer.message : "" };
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
      window.dash_clientside.set_props(id, props);
      shown[id] = text;
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

  if (typeof module !== "undefined") module.exports = { Poller, figureOf, isOlder, isTimeline, localTime, noteOf, statusOf };
  else start();
}
