"use strict";
{
  const isPage = typeof module === "undefined";
  const { quantilesOf } = isPage ? window.clickTimeline : require("./timeline.js");
  const MEASURED_MS = 60000;
  const MOST_MEASURED = 600;

  /** How long the newest answers took from their arrival to the screen. */
  class DrawTimes {
    constructor(now) {
      this.now = now; // Milliseconds of the page's clock.
      this.cameAt = null; // When the answer came that is not on the screen yet.
      this.measured = []; // The drawings of the last minute: when (`at`), and after how long (`ms`).
    }

    /** Starts to measure an answer that came then (ms); null: there is nothing to measure. */
    begin(cameAt) {
      this.cameAt = cameAt;
    }

    /** Notes that the drawing is on the screen. */
    end() {
      if (this.cameAt === null) return;
      const now = this.now();
      const recent = this.measured.filter(({ at }) => now - at < MEASURED_MS);
      this.measured = [...recent.slice(1 - MOST_MEASURED), { at: now, ms: now - this.cameAt }];
      this.cameAt = null;
    }

    quantiles() {
      return quantilesOf(this.measured.map(({ ms }) => ms));
    }
  }

  if (isPage) window.clickDrawTimes = { DrawTimes };
  else module.exports = { DrawTimes };
}
