"use strict";
{
  // An answer that the browser kept is older than it looks, by at most a bin of the widest window.
  const KEPT_MS = 150000;

  /** The server's clock, as its answers tell it. */
  class ServerClock {
    /** now(): milliseconds of a clock that nobody sets. */
    constructor(now) {
      this.now = now;
      this.told = []; // When an answer came (`at`), and how far the server's clock was ahead of `now` (`ahead`).
    }

    /** Takes the time (epoch ms) that an answer holds, and when it came. */
    take(ms, at) {
      this.told = [...this.told.filter((each) => at - each.at < KEPT_MS), { at, ahead: ms - at }];
    }

    /** The time at the server (epoch ms): every answer took some time, so the one furthest ahead is nearest. */
    time() {
      return this.now() + Math.max(...this.told.map(({ ahead }) => ahead));
    }
  }

  const serverClock = { ServerClock };
  if (typeof module !== "undefined") module.exports = serverClock;
  else window.clickServerClock = serverClock;
}
