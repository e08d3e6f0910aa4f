"use strict";
{
  const GOOD_MS = 15000; // Longer than the page waits for an answer.
  const FRESH_MS = 5000;

  /** What the site has said about repeats and about its log, and for how long that holds. */
  class Knowledge {
    constructor(clock) {
      this.clock = clock;
      this.answer = null; // The last one about repeats: seconds (null: for ever; undefined: not known), when asked.
      this.log = undefined; // The log that the site counts, as it said last.
      this.logSince = 0; // The tick from which on it has said so.
    }

    /** Now, by both clocks: one may sleep, somebody may set the other. */
    moment() {
      return { now: this.clock.now(), ticks: this.clock.ticks() };
    }

    isRecent({ now, ticks }, ms = GOOD_MS) {
      return Math.max(Math.abs(this.clock.now() - now), this.clock.ticks() - ticks) < ms;
    }

    /** Notes an answer about repeats; `seconds` is undefined if the site does not know. */
    note(seconds, asked) {
      this.answer = { seconds, asked };
    }

    forget() {
      this.answer = null;
    }

    /** Whether the site was asked so lately that another question would be told the same. */
    isFresh() {
      return this.answer !== null && this.isRecent(this.answer.asked, FRESH_MS);
    }

    /** How long after its first sending a batch may be repeated; null: at any time; undefined: not known. */
    get repeatSeconds() {
      // An answer holds for seconds from the question on, and over no sleep.
      return this.answer !== null && this.isRecent(this.answer.asked) ? this.answer.seconds : undefined;
    }

    /** Notes the log that the site counts, and returns whether that is news. */
    learnLog(log, asked) {
      if (typeof log !== "string" || log === this.log || !this.isRecent(asked)) return false;
      this.log = log;
      this.logSince = this.clock.ticks();
      return true;
    }

    /** Whether the batch is for another log than the site counts. */
    isStray(batch) {
      return batch.log !== undefined && this.log !== undefined && batch.log !== this.log;
    }

    /** Whether strays are lost: for a moment one process of the site may know only the log before. */
    isSettled() {
      return this.repeatSeconds !== undefined && this.answer.asked.ticks - this.logSince >= FRESH_MS;
    }
  }

  const knowledge = { FRESH_MS, Knowledge };
  if (typeof module !== "undefined") module.exports = knowledge;
  else window.clickKnowledge = knowledge;
}
