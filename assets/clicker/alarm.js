"use strict";
{
  const LONGEST_TIMER_MS = 2 ** 31 - 1;

  /** Runs something at a tick; of several wishes the earliest holds. */
  class Alarm {
    constructor(clock, run) {
      this.clock = clock;
      this.run = run;
      this.due = Infinity; // The tick of the next run.
      this.timer = null;
    }

    /** Runs at this tick, unless it runs before. */
    set(due) {
      if (this.due <= due) return;
      this.stop();
      this.due = due;
      this.timer = this.clock.setTimer(() => this.ring(), Math.min(due - this.clock.ticks(), LONGEST_TIMER_MS));
    }

    stop() {
      if (this.due < Infinity) this.clock.clearTimer(this.timer);
      this.due = Infinity;
    }

    ring() {
      this.due = Infinity;
      this.run();
    }
  }

  if (typeof module !== "undefined") module.exports = { Alarm };
  else window.clickAlarm = { Alarm };
}
