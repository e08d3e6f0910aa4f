"use strict";
{
  const { bytesFigure, lagFigure } = window.labCharts;
  const { QUICK_MS } = window.labLab;
  const { endIn, lagIn, partitionsOf } = window.labHistory;
  const { outcomeOf } = window.labOutcomes;
  const { inWords } = window.labRefusals;
  const { headsOf, rowsOf } = window.labRecords;
  const { sentenceOf, stationsOf } = window.labStations;
  const { element } = window.clickElements;
  const { statusOf, unreadableOf } = window.clickWords;

  const byId = (id) => document.getElementById(id);
  const shown = new WeakMap(); // What an element shows, as JSON.

  /** Sets the text of an element; what stays the same is not touched. */
  function write(id, text) {
    const node = byId(id);
    if (node && node.textContent !== text) node.textContent = text;
  }

  /** Fills an element anew with children made of this value, unless it shows the same. */
  function fill(id, value, childrenOf) {
    const node = byId(id);
    const json = JSON.stringify(value);
    if (!node || shown.get(node) === json) return;
    shown.set(node, json);
    node.textContent = "";
    node.append(...childrenOf(value));
  }

  /** Makes the rows of a part of a table those of the texts; what stays the same is not touched. */
  function writeRows(id, rows, tag) {
    const part = byId(id);
    const columns = rows.length > 0 ? rows[0].cells.length : 0;
    if (part.rows.length > 0 && part.rows[0].cells.length !== columns) part.textContent = "";
    while (part.rows.length > rows.length) part.lastChild.remove();
    while (part.rows.length < rows.length) {
      const scope = tag === "th" ? { scope: "col" } : {};
      part.append(element("tr", {}, {}, rows[0].cells.map(() => element(tag, scope))));
    }
    rows.forEach(({ cells, className = "" }, at) => {
      const row = part.rows[at];
      if (row.className !== className) row.className = className;
      cells.forEach((text, column) => {
        if (row.cells[column].textContent !== text) row.cells[column].textContent = text;
      });
    });
  }

  /** The elements of a station: its name, what was measured, the facts, and words about them. */
  function stationOf({ name, time, span, facts, words, isReached }, at) {
    const pairs = facts.map(([key, value]) => element("div", {}, {}, [
      element("dt", { textContent: key }), element("dd", { textContent: value }),
    ]));
    const parts = [element("h3", { textContent: `${at + 1} ${name}` })];
    if (time) parts.push(element("p", { className: "station-time", textContent: time }));
    if (time) parts.push(element("p", { className: "station-span", textContent: span }));
    if (facts.length > 0) parts.push(element("dl", {}, {}, pairs));
    parts.push(...words.map((textContent) => element("p", { className: "station-words", textContent })));
    return element("li", { className: isReached ? "station reached" : "station" }, {}, parts);
  }

  /** Shows what the page knows. */
  class View {
    /** lab: a Lab; history: a History; look(): formats, times and say(); draw(id, figure): draws a chart. */
    constructor({ lab, history, look, draw, figures }) {
      Object.assign(this, { lab, history, look, draw, figures });
      this.drawn = null; // The newest sample in the charts.
    }

    show() {
      const look = this.look();
      this.showStatus();
      this.showTap(look);
      this.showExperiments(look);
      const { answer } = this.lab;
      if (answer === null) return;
      this.showPartitions(answer, look);
      this.showFacts(answer, look);
      this.showRecords(answer, look);
      this.showCharts(look);
    }

    /** Shows everything anew, in another language, theme or zone. */
    restyle() {
      this.drawn = null;
      this.show();
    }

    showStatus() {
      const { lab } = this;
      const { text } = this.look();
      const state = lab.answer === null ? "connecting" : lab.answer.state;
      const status = statusOf({
        state, paused: false, failing: lab.failure !== null, started: lab.asked, answered: lab.answered,
        now: lab.now(), text,
      });
      const node = byId("status");
      node.className = `status ${status.kind}`;
      write("status", status.text);
      write("age", status.age);
      write("note", this.noteOf(text, status.kind));
    }

    /** What is wrong, in words; empty if nothing is. */
    noteOf(text, kind) {
      const { failure, answer } = this.lab;
      if (failure !== null) {
        if (failure.status === 401) return text("log_in_again");
        return failure.message ? inWords(failure.message, text) : text("server_away");
      }
      if (kind === "reconnecting") return text(answer && answer.state === "reconnecting" ? "broker_away" : "server_away");
      return answer !== null && answer.state === "disabled" ? text("not_counting") : "";
    }

    showTap(look) {
      const { answer, journey } = this.lab;
      const reactions = answer === null ? [] : answer.reactions;
      fill("buttons", reactions, () => reactions.map(({ key, label }, at) => element(
        "button", { type: "button", className: `lab-pad reaction-${at + 1}`, dir: "auto", textContent: label }, { "data-tap": key },
      )));
      fill("stations", stationsOf(journey, look), (stations) => stations.map(stationOf));
      write("sentence", sentenceOf(journey, look, QUICK_MS));
    }

    showExperiments(look) {
      const { lab } = this;
      byId("no-right").hidden = lab.answer === null || lab.mayChange;
      for (const button of document.querySelectorAll("[data-experiment]")) {
        const what = button.dataset.experiment;
        button.disabled = !lab.may(what, look);
        // A button that cannot be pressed for a while keeps the focus.
        button.setAttribute("aria-disabled", String(what === "pause" && lab.isPausing));
      }
      for (const what of ["again", "broken", "pause", "old", "many"]) {
        write(`outcome-${what}`, outcomeOf(what, lab.outcomes[what], look, QUICK_MS));
      }
      if (lab.mayChange && lab.tapped === null) write("outcome-again", look.say("again_first"));
    }

    showPartitions(answer, { say, whole, decimal, isFile }) {
      const heads = ["head_partition", "head_end", "head_position", "head_lag", "head_rate"];
      writeRows("partitions-head", [{ cells: heads.map((key) => say(key)) }], "th");
      const numeral = (number, format = whole) => (number === null ? "–" : format(number));
      const rows = partitionsOf(answer).map((partition) => ({
        cells: [
          isFile ? say("the_file") : partition,
          numeral(endIn(answer, partition)),
          numeral(answer.as_of[partition] || 0),
          numeral(lagIn(answer, partition)),
          numeral(this.history.rateOf(partition), decimal),
        ],
      }));
      writeRows("partitions-body", rows, "td");
    }

    showFacts(answer, { say, text, whole, isFile }) {
      const places = (offsets) => Object.entries(offsets).map(([partition, offset]) => (
        isFile ? whole(offset) : `${partition}: ${whole(offset)}`)).join(", ");
      const processes = this.history.processes();
      write("answers", say("answers", { process: answer.process, as_of: places(answer.as_of) || say("nothing_counted") }));
      write("answers-many", processes.length > 1 ? say("answers_many", { processes: processes.join(", ") }) : "");
      const { checkpoint } = answer;
      const seconds = checkpoint && whole(Math.max(0, Math.round(answer.server_time - checkpoint.at)));
      write("checkpoint", checkpoint && !isFile ? say("checkpoint", { offsets: places(checkpoint.offsets), seconds }) : say("no_checkpoint"));
      write("repeats", say("repeats", { n: whole(answer.duplicates) }));
      write("unreadable", unreadableOf(answer, text, whole) || say("all_clicks"));
    }

    showRecords(answer, look) {
      const rows = rowsOf(answer, this.lab.own, look).map(({ cells, isOwn, kind }) => (
        { cells, className: isOwn ? `${kind} own` : kind }));
      byId("records-table").hidden = rows.length === 0;
      write("none-noted", rows.length === 0 ? look.say("none_noted") : "");
      write("hidden-ids", answer.may_change || look.isFlink ? "" : look.say("ids_hidden"));
      writeRows("records-head", [{ cells: headsOf(look) }], "th");
      writeRows("records-body", rows, "td");
    }

    showCharts(look) {
      const { samples } = this.history;
      const newest = samples.length > 0 ? samples[samples.length - 1].at : null;
      if (newest === null || newest === this.drawn) return;
      this.drawn = newest;
      this.draw("lag", lagFigure(this.figures.lag, this.history, look));
      this.draw("bytes", bytesFigure(this.figures.bytes, this.history, look));
    }
  }

  window.labView = { View };
}
