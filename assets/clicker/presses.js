"use strict";
{
  const isPage = typeof module === "undefined";
  const CLICK_LIMIT_MS = 1000; // Longer than any browser waits for a second tap before it makes a click.

  /** Which pointer events and clicks are taps: each press is one, whatever events an engine makes of it. */
  class Presses {
    constructor() {
      this.down = new Set(); // The pointers that are down and whose press is counted.
      this.forgotten = new Set(); // Those whose end may never be told.
      this.endedAt = -Infinity; // When the last of them went up or was lost.
    }

    /** Whether the event begins a tap; call it once for each pointerdown, -up, -cancel and click. */
    isTap(event) {
      if (event.type === "click") return this.isTapClick(event);
      if (event.type !== "pointerdown") {
        const isKnown = [this.down, this.forgotten].some((pointers) => pointers.delete(event.pointerId));
        if (isKnown) this.endedAt = event.timeStamp;
        return false;
      }
      if (event.button === 0) this.down.add(event.pointerId);
      return event.button === 0;
    }

    /** A click that no counted pointer made comes from a key, or from assistive technology. */
    isTapClick({ detail, timeStamp }) {
      return detail === 0 || (this.down.size === 0 && timeStamp - this.endedAt > CLICK_LIMIT_MS);
    }

    /** Waits no more for the pointers that are down: the element below them is gone, perhaps their end with it. */
    forget() {
      for (const pointer of this.down) this.forgotten.add(pointer);
      this.down.clear();
    }
  }

  if (isPage) window.clickPresses = { Presses };
  else module.exports = { Presses };
}
