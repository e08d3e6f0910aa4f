"use strict";
{
  const isPage = typeof module === "undefined";
  const timeline = isPage ? window.clickTimeline : require("./timeline.js");
  const { Display } = isPage ? window.clickDisplay : require("./display.js");
  const { searchOf, timelinePath, viewOf } = isPage ? window.clickView : require("./view.js");
  const { isOlder, isZeroOf, sumOf, totalsOf, zeroOf } = timeline;
  const GONE_BACK_MS = 3000;

  // The next state of a poller after each event, by state; in all other states an event changes nothing.
  // - idle: the next tick asks the server;
  // - polling: a request is on its way;
  // - paused: the picture stands still and nothing is asked for;
  // - pausing: as paused, and the answer to a request that is on its way will not be taken.
  const NEXT = {
    ask: { idle: "polling" },
    answer: { polling: "idle", pausing: "paused" },
    pause: { idle: "paused", polling: "pausing" },
    resume: { paused: "idle", pausing: "polling" },
  };

  /** Asks the server, one request at a time, and shows what it answers. */
  class Poller {
    /**
     * ask(path): resolves to answer (null: it failed), message and came (ms); page: what the poller reads and
     * shows, see screen.js; windows: a Map of windowsOf; now(): milliseconds of a clock that nobody sets.
     */
    constructor({ ask, page, windows, now }) {
      // Class fields would raise the floor: Safari reads them only since iOS 14.1.
      this.ask = ask;
      this.page = page;
      this.windows = windows;
      this.now = now;
      this.state = "idle"; // One of idle, polling, paused and pausing.
      this.view = viewOf(page.address(), windows); // What the address and the buttons choose.
      this.isZeroWanted = false; // Whether the next live answer becomes zero.
      this.requestedAt = -Infinity; // When the last request was sent.
      this.failure = null; // The server's message if the last request failed, "" if it sent none.
      this.answer = null; // The newest answer.
      this.answeredAt = null; // When the newest answer came.
      this.drawn = null; // The answer in the picture: the newest one, unless it shows an older state of the log.
      this.drawnAt = null; // When the answer in the picture came.
      this.olderSince = null; // Since when every answer has been live and older than the one in the picture.
      this.endedZero = null; // The zero that the viewer has ended and may want back.
      this.wentBack = null; // When the log last went back (`at`, epoch seconds), and its clicks `before`.
      this.display = new Display({ page, windows, now });
      this.display.markView(this.view);
    }

    /** Starts with the figure that Dash hands over; before that nothing is asked for or shown. */
    begin(emptyFigure, config, refreshMs) {
      this.display.begin(emptyFigure, config, refreshMs);
      this.redraw();
    }

    isPaused() {
      return this.state === "paused" || this.state === "pausing";
    }

    /** Whether a request is on its way. */
    isAsking() {
      return this.state === "polling" || this.state === "pausing";
    }

    /** Takes the state to the next one after an event of NEXT. */
    enter(event) {
      this.state = NEXT[event][this.state] || this.state;
    }

    /** Asks, unless the page has just asked by itself, as it does when it becomes visible. */
    async tick() {
      if (this.now() - this.requestedAt >= this.display.refreshMs / 2) await this.refresh();
      else this.showStatus();
    }

    async refresh() {
      const polled = this.poll();
      this.showStatus();
      await polled;
    }

    /** Sends a request if none is on its way. After any error the next tick asks again, and the status is not live. */
    async poll() {
      if (this.state !== "idle" || !this.display.hasBegun() || this.page.isHidden()) return;
      this.enter("ask");
      this.requestedAt = this.now();
      let failure = "";
      try {
        const { answer, message, came } = await this.ask(timelinePath(this.view.window, this.windows));
        if (answer !== null && !this.isPaused()) this.take(answer, came);
        failure = answer === null ? message : null;
      } finally {
        this.enter("answer");
        this.failure = failure;
        this.showStatus();
      }
    }

    /** Draws the answer, unless it is an older state of the log or of another window. */
    take(answer, came = null) {
      this.answer = answer;
      this.answeredAt = this.now();
      this.display.strip.clock.take(answer.server_time * 1000, this.answeredAt);
      if (answer.window !== this.view.window || this.isBehind(answer)) return;
      this.moveZero(answer);
      this.drawn = answer;
      this.drawnAt = this.answeredAt;
      this.display.drawTimes.begin(came);
      this.redraw();
    }

    /**
     * Whether the answer comes from a process that has not counted as far as another. None stays both behind
     * and live for long: if no answer of 3 s is newer, the log itself went back, and its answers are drawn.
     */
    isBehind(answer) {
      if (!isOlder(this.drawn, answer) || answer.state !== "live") {
        this.olderSince = null;
        return isOlder(this.drawn, answer);
      }
      const now = this.now();
      if (this.olderSince === null) this.olderSince = now;
      if (now - this.olderSince < GONE_BACK_MS) return true;
      this.wentBack = { at: answer.server_time, before: sumOf(totalsOf(this.drawn)) };
      this.olderSince = null;
      this.endZero();
      return false;
    }

    /** Sets zero to the answer if the viewer wants that, and ends a zero of another log or of other reactions. */
    moveZero(answer) {
      const { zero } = this.view;
      // Until all is counted, earlier clicks would still come on top of zero.
      if (this.isZeroWanted && answer.state === "live") {
        this.isZeroWanted = false;
        this.endZero(zeroOf(answer));
      } else if (answer.log !== null && [zero, this.endedZero].some((each) => each && !isZeroOf(each, answer))) {
        this.endZero();
      }
    }

    /** Ends zero for good, or puts another in its place. */
    endZero(next = null) {
      this.endedZero = null;
      this.change({ zero: next });
    }

    /** Ends zero and keeps it, or takes the kept one again. */
    swapZero() {
      // A zero that still waits for an answer would come back.
      this.isZeroWanted = false;
      const { zero } = this.view;
      this.change({ zero: this.endedZero });
      this.endedZero = zero;
    }

    /** Changes the view, and the address with it. */
    change(view) {
      Object.assign(this.view, view);
      this.page.address(searchOf(this.view, this.windows, this.page.address()));
    }

    /** Does what the pressed button names. */
    press(what, value) {
      const { presenter, code } = this.view;
      if (what === "window") this.change({ window: value });
      if (what === "all") this.swapZero();
      if (what === "presenter") this.change({ presenter: !presenter });
      if (what === "code") this.change({ code: !code });
      if (what === "zero") this.isZeroWanted = true;
      if (what === "pause") this.enter(this.isPaused() ? "resume" : "pause");
      if (["zero", "live", "window"].includes(what)) this.enter("resume");
      if (["live", "window"].includes(what)) this.display.isUnzoomWanted = true;
      this.redraw();
      return this.refresh();
    }

    /** Shows the newest answer again: the view, the language or the look has changed. */
    redraw() {
      this.display.redraw(this);
    }

    showStatus() {
      this.display.showStatus(this);
    }

    /** What statusOf has to know of the poller. */
    status() {
      return {
        state: this.answer === null ? "connecting" : this.answer.state,
        paused: this.isPaused(),
        failing: this.failure !== null,
        started: this.isAsking() ? this.requestedAt : null,
        answered: this.answeredAt,
      };
    }
  }

  if (isPage) window.clickPoller = { Poller };
  else module.exports = { Poller };
}
