"use strict";
{
  const PATIENCE_MS = 30000;
  const { max } = Math;

  const sumOf = (numbers) => Object.values(numbers).reduce((sum, each) => sum + each, 0);

  /** How many records a process has still to count, as its answer says; null: it does not know the ends. */
  function lagOf({ ends, as_of: asOf }) {
    const partitions = Object.keys(ends);
    if (partitions.length === 0) return null;
    return partitions.reduce((sum, each) => sum + max(0, ends[each] - (asOf[each] || 0)), 0);
  }

  /** A pause of one process, from its answers: how far the lag rose, and what was counted after it. */
  class Pause {
    /** process: the one that pauses; now: the tick. */
    constructor(process, now) {
      this.process = process;
      this.heard = now; // When its process last answered.
      this.before = null; // The process counts nothing meanwhile, so its first answer says what was before.
      this.after = null;
      this.left = null;
      this.lag = 0;
      this.most = 0;
      this.state = "pausing"; // Then "catching", and in the end "done" or "unseen".
    }

    get isOver() {
      return this.state === "done" || this.state === "unseen";
    }

    /** Takes an answer of the laboratory that came at this tick. */
    look(lab, now) {
      if (this.isOver) return;
      const isOurs = lab.process === this.process;
      if (isOurs && this.before === null && lab.pause_left_s > 0) this.before = lab;
      if (isOurs) this.heard = now;
      // An answer may have been on its way when the pause began.
      if (this.before !== null && isOurs) this.follow(lab);
      // The process may have ended meanwhile, and another one answer in its place.
      else if (now - this.heard > PATIENCE_MS) this.state = "unseen";
    }

    follow(lab) {
      this.left = lab.pause_left_s;
      this.lag = lagOf(lab) || 0;
      this.most = max(this.most, this.lag);
      if (this.left > 0) return;
      this.state = this.lag > 0 || lab.state !== "live" ? "catching" : "done";
      this.after = lab;
    }

    /** What became of the records that were counted since: all of them, clicks, repeats and what is unreadable. */
    account() {
      const [before, after] = [this.before, this.after];
      const grown = (of) => of(after) - of(before);
      const account = {
        records: grown((lab) => sumOf(lab.as_of)),
        clicks: grown((lab) => sumOf(lab.totals)),
        repeats: grown((lab) => lab.duplicates),
        unreadable: grown((lab) => sumOf(lab.unreadable)),
      };
      return { ...account, isExact: account.records === account.clicks + account.repeats + account.unreadable };
    }
  }

  const pause = { Pause, lagOf, sumOf };
  if (typeof module !== "undefined") module.exports = pause;
  else window.labPause = pause;
}
