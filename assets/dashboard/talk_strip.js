"use strict";
{
  const isPage = typeof module === "undefined";
  const { ServerClock } = isPage ? window.clickServerClock : require("./server_clock.js");
  const { factsOf, lengthOf } = isPage ? window.clickTalk : require("./talk.js");

  /** Shows which talk runs, for how long, and how many take part. */
  class TalkStrip {
    /** page: what the strip changes, see screen.js; now(): ms of a clock that nobody sets. */
    constructor(page, now) {
      this.page = page;
      this.clock = new ServerClock(now);
    }

    /** Shows title and numbers of the talk of an answer, or no strip. */
    show({ talk }) {
      const { look, mark, show, text } = this.page;
      mark({ talk: talk ? "on" : "off" });
      show("talk", { hidden: !talk });
      if (!talk) return;
      show("talk-name", { children: talk.title });
      show("talk-facts", { children: factsOf(talk, text, look().whole) });
      show("talk-closed", { children: talk.taps === "closed" ? text("taps_closed") : "" });
    }

    /** Shows for how long the talk of the poller's picture has been running; that of a pause stands still. */
    showLength(poller) {
      const { drawn } = poller;
      if (drawn === null || !drawn.talk) return;
      const now = poller.isPaused() ? drawn.server_time : this.clock.time() / 1000;
      this.page.show("talk-time", { children: lengthOf(now - drawn.talk.started_at) });
    }
  }

  if (isPage) window.clickTalkStrip = { TalkStrip };
  else module.exports = { TalkStrip };
}
