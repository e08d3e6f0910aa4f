"use strict";
{
  /** Keeps the display awake while that is wanted, where the browser can do so (a secure context). */
  class WakeLock {
    /** wakeLock: like navigator.wakeLock, or undefined. */
    constructor(wakeLock) {
      this.wakeLock = wakeLock;
      this.isWanted = false;
      this.isAsking = false; // Whether a request for the lock is on its way.
      this.lock = null; // The browser releases it when the page is hidden.
    }

    /** Takes the lock or releases it; the browser may refuse, and the next call tries again. */
    async want(isWanted) {
      this.isWanted = isWanted;
      if (!this.wakeLock || this.isAsking) return;
      if (isWanted && (this.lock === null || this.lock.released)) await this.take();
      if (!this.isWanted && this.lock !== null) {
        this.lock.release();
        this.lock = null;
      }
    }

    async take() {
      this.isAsking = true;
      try {
        this.lock = await this.wakeLock.request("screen");
      } catch {
        this.lock = null;
      } finally {
        this.isAsking = false;
      }
    }
  }

  const wall = { WakeLock };
  if (typeof module !== "undefined") module.exports = wall;
  else window.clickWall = wall;
}
