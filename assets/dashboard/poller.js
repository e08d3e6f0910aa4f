"use strict";
{
  const isPage = typeof module === "undefined";
  const timeline = isPage ? window.clickTimeline : require("./timeline.js");
  const words = isPage ? window.clickWords : require("./words.js");
  const { csvPath, figureOf, isOlder, isZoomed, latelyOf, peakOf, quantilesOf, searchOf, shareOf } = timeline;
  const { sinceZero, styled, timelinePath, viewOf, zeroOf } = timeline;
  const { clock, delayOf, noteOf, numberOf, sentenceOf, statusOf } = words;
  const TOLD_MS = 10000;
  const FIRST_MS = 1500;
  const MEASURED_MS = 60000;
  const MEASURED = 600;

  /** Asks the server, one request at a time, and shows what it answers. */
  class Poller {
    constructor(outside) {
      // ask, show, draw, list, layout, address, look, text, now, hidden
      Object.assign(this, outside);
      Object.assign(this, { skeleton: null, drawn: null, state: "connecting", failing: false, wait: 1000 });
      Object.assign(this, { started: null, asked: -Infinity, answered: null, message: "", failure: "", paused: false });
      Object.assign(this, { view: viewOf(this.address()), zeroing: false, unzoom: false, jumps: 0 });
      Object.assign(this, { drawnAt: null, pending: null, drawings: [], figureText: null });
      // The first sentence waits a little for the first answer.
      this.told = this.now() - TOLD_MS + FIRST_MS;
    }

    /** Asks, unless the page has just asked by itself, as it does when it is seen again. */
    async tick() {
      if (this.now() - this.asked >= this.wait / 2) await this.refresh();
      else this.showStatus();
    }

    async refresh() {
      const polled = this.poll();
      this.showStatus();
      await polled;
    }

    /** Whatever goes wrong, the next tick may ask again, and the status does not say live. */
    async poll() {
      if (this.hidden() || this.paused || this.started !== null || this.skeleton === null) return;
      this.started = this.asked = this.now();
      let failing = true;
      try {
        const { answer, message, came } = await this.ask(timelinePath(this.view.window));
        this.failure = message;
        if (answer !== null && !this.paused) this.take(answer, came);
        failing = answer === null;
      } finally {
        this.started = null;
        this.failing = failing;
        this.showStatus();
      }
    }

    take(answer, came = null) {
      this.answered = this.now();
      this.state = answer.state;
      this.answer = answer;
      if (isOlder(this.drawn, answer) || answer.window !== this.view.window) return;
      const { zero } = this.view;
      // Before all is counted, what was clicked earlier would still come on top of zero.
      const isZero = this.zeroing && answer.state === "live";
      if (isZero) this.change({ zero: zeroOf(answer) });
      else if (answer.log !== null && zero && answer.log !== zero.log) this.change({ zero: null });
      this.zeroing = this.zeroing && !isZero;
      this.drawn = answer;
      this.drawnAt = this.answered;
      this.pending = came;
      this.redraw();
    }

    /** Puts a change of the view into the address. */
    change(view) {
      Object.assign(this.view, view);
      this.address(searchOf(this.view, this.address()));
    }

    /** Does what a button says. */
    press(what, value) {
      const { presenter, code } = this.view;
      if (what === "window") this.change({ window: value });
      if (what === "all") {
        // One that still waits for the counts would come back.
        this.zeroing = false;
        this.change({ zero: null });
      }
      if (what === "presenter") this.change({ presenter: !presenter });
      if (what === "code") this.change({ code: !code });
      if (what === "zero") this.zeroing = true;
      if (what === "pause") this.paused = !this.paused;
      if (["zero", "live", "window"].includes(what)) this.paused = false;
      if (["live", "window"].includes(what)) this.unzoom = true;
      this.redraw();
      return this.refresh();
    }

    /** The drawing is on the screen. */
    onDrawn() {
      if (this.pending === null) return;
      const now = this.now();
      const kept = this.drawings.filter(({ at }) => now - at < MEASURED_MS);
      this.drawings = [...kept.slice(1 - MEASURED), { at: now, ms: now - this.pending }];
      this.pending = null;
    }

    /** Shows the last answer once more, in the view, the language and the look that hold now. */
    redraw() {
      if (this.skeleton === null) return;
      this.showView();
      this.showStatus();
      if (this.drawn === null) return;
      const answer = sinceZero(this.drawn, this.view.zero);
      this.showNumbers(answer);
      const { percent } = this.look();
      const shares = answer.cheers.map((count, at) => percent(shareOf(count, answer.hate[at])));
      this.drawNew(this.figure(answer, shares));
      this.list(answer, shares);
    }

    /** Draws what is not on the screen yet: a tick without news costs no drawing. */
    drawNew(figure) {
      const text = JSON.stringify(figure);
      if (text === this.figureText) this.pending = null;
      else this.draw("timeline", { figure, config: this.config });
      this.figureText = text;
    }

    figure(answer, shares) {
      const { zero } = this.view;
      const drawn = this.unzoom ? null : this.layout();
      if (this.unzoom) this.jumps += 1;
      this.unzoom = false;
      const figure = figureOf(styled(this.skeleton, this.look()), answer, {
        drawn,
        shares,
        peak: this.peakText(answer),
        zero: zero && zero.at * 1000,
      });
      if (this.jumps > 0) figure.layout.uirevision = `jump ${this.jumps}`;
      return figure;
    }

    peakText(answer) {
      const at = peakOf(answer);
      if (at < 0) return "";
      const clicks = this.look().whole(answer.cheers[at] + answer.hate[at]);
      return this.text("peak", { clicks, time: clock((answer.start + at * answer.bin) * 1000) });
    }

    showNumbers(answer) {
      const { whole, decimal, percent, seconds } = this.look();
      const lately = latelyOf(answer);
      const rate = (lately.cheers + lately.hate) / lately.seconds;
      const { cheers, hate } = answer.totals;
      // Without a log nothing is known, not even that there are no clicks.
      const known = (text) => numberOf(answer.log === null ? "–" : text);
      this.show("total-cheers", known(whole(cheers)));
      this.show("total-hate", known(whole(hate)));
      this.show("rate", known((rate < 10 ? decimal : whole)(rate)));
      this.show("share", numberOf(percent(shareOf(cheers, hate))));
      const drawn = quantilesOf(this.drawings.map(({ ms }) => ms));
      const { total, legs } = delayOf(answer.measured, drawn, this.wait, { text: this.text, seconds });
      this.show("measured", { children: total });
      this.show("legs", { children: legs });
      this.show("empty", { children: this.emptyText(answer) });
    }

    /** What stands in the place of a curve. */
    emptyText({ log, totals }) {
      if (log === null) return this.text("waiting_for_log");
      if (totals.cheers + totals.hate > 0) return "";
      const { zero } = this.view;
      return zero ? this.text("none_since", { time: clock(zero.at * 1000) }) : this.text("nothing_yet");
    }

    /** Shows what the buttons have done. */
    showView() {
      const { window, zero, presenter, code } = this.view;
      for (const each of [120, 900, 3600]) this.show(`window-${each}`, { "aria-pressed": String(each === window) });
      this.show("pause", { "aria-pressed": String(this.paused) });
      this.show("presenter", { "aria-pressed": String(presenter) });
      this.show("code", { "aria-pressed": String(!code) });
      this.show("all", { hidden: zero === null });
      const bin = this.text(`bin_${window}`);
      this.show("panel-title", { children: this.text("curve", { bin, window: window / 60 }) });
      this.show("unfinished", { children: this.text("unfinished", { bin }) });
      this.show("csv", { href: csvPath(this.view, this.paused && this.drawn ? this.drawn.start : null) });
      this.showPage(this.marks());
    }

    /** What the page's style has to know of the view. */
    marks() {
      const { presenter, code } = this.view;
      return { view: presenter ? "presenter" : "desk", code: code ? "on" : "off" };
    }

    showStatus() {
      const { text, kind, age } = statusOf({ ...this, now: this.now() });
      this.show("status", { children: text, className: `status ${kind}` });
      this.show("age", { children: age });
      const drawn = this.layout();
      this.show("live", { hidden: !this.paused && !isZoomed(drawn, "xaxis") && !isZoomed(drawn, "yaxis") });
      this.show("note", { children: this.note(kind) });
      this.showPage({ state: age && !this.paused ? "stale" : kind });
      this.tell(text, kind);
    }

    note(kind) {
      if (this.failing) return this.failure || (kind === "reconnecting" ? this.text("server_away") : "");
      return this.answer ? noteOf(this.answer, this.text, this.look().whole) : "";
    }

    /** Says to those who do not see it what is so now, at most every 10 s. */
    tell(status, kind) {
      const now = this.now();
      if (now - this.told < TOLD_MS) return;
      this.told = now;
      const age = this.drawn === null ? null : now - this.drawnAt;
      const sentence = sentenceOf({ status, kind, age, counts: () => this.lately(), text: this.text });
      this.show("sentence", { children: sentence });
    }

    /** The newest counts, in words. */
    lately() {
      const { seconds, cheers, hate } = latelyOf(sinceZero(this.drawn, this.view.zero));
      const { whole } = this.look();
      return this.text("lately", { seconds, cheers: whole(cheers), hate: whole(hate) });
    }
  }

  if (isPage) window.clickPoller = { Poller };
  else module.exports = { Poller };
}
