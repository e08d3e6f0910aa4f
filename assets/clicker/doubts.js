"use strict";
{
  const DOUBT_MS = 5000; // Every process of a site knows a new talk a second or two after the first one does.

  /** Types of taps for which the site has no button: one of its processes may only not know it yet. */
  class Doubts {
    constructor() {
      this.since = new Map(); // The tick of the first refusal, by type.
    }

    /** Notes that the site refuses these types; returns those that it has refused for too long. */
    judge(types, ticks) {
      for (const type of types) if (!this.since.has(type)) this.since.set(type, ticks);
      return types.filter((type) => ticks - this.since.get(type) >= DOUBT_MS);
    }

    /** Begins anew with these types: they are dropped, taken, or offered again. */
    forget(types) {
      for (const type of types) this.since.delete(type);
    }
  }

  if (typeof module !== "undefined") module.exports = { DOUBT_MS, Doubts };
  else window.clickDoubts = { Doubts };
}
