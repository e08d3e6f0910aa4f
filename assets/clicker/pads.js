"use strict";
{
  const SETTLE_MS = 600; // A finger on its way was aimed at what stood there before.

  /** The buttons in the page: those of the settings, or of a talk in their place. */
  class Pads {
    /** page: window.clickPage; ticks(); presses; learn(button): it is in the page now. */
    constructor({ page, ticks, presses, learn }) {
      this.page = page;
      this.ticks = ticks;
      this.presses = presses;
      this.learn = learn;
      this.own = new Map(); // What the server has made: the buttons of each part of the page that has some.
      this.title = "";
      this.reactions = page.words().reactions; // As JSON.
      this.isClosed = false;
      this.changed = -Infinity; // The tick at which other buttons came.
    }

    /** Takes over the buttons, the title and the state of a talk, or those of the settings (null). */
    take(talk) {
      const reactions = talk === null ? this.page.words().reactions : JSON.stringify(talk.reactions);
      if (reactions !== this.reactions && this.own.size > 0) this.changed = this.ticks();
      this.reactions = reactions;
      this.title = talk === null ? "" : talk.title;
      this.isClosed = talk !== null && talk.taps === "closed";
    }

    /** Whether the buttons have come this moment: nobody can have meant to press one. */
    areNew() {
      return this.ticks() - this.changed < SETTLE_MS;
    }

    /** Draws what it has taken over, in the first HTML and in Dash's elements, whichever is there. */
    draw() {
      Object.assign(document.documentElement.dataset, { talk: this.title && "on", taps: this.isClosed ? "closed" : "open" });
      for (const title of document.querySelectorAll(".talk-title")) title.textContent = this.title;
      for (const pads of document.querySelectorAll(".pads")) this.drawIn(pads);
    }

    drawIn(pads) {
      if (!this.own.has(pads)) this.own.set(pads, [...pads.querySelectorAll(".pad")]);
      const shown = pads.dataset.reactions || this.page.words().reactions;
      if (shown !== this.reactions) this.replace(pads);
      for (const button of pads.querySelectorAll("[data-tap]")) {
        if (this.isClosed) button.setAttribute("aria-disabled", "true");
        else button.removeAttribute("aria-disabled");
        this.learn(button);
      }
    }

    replace(pads) {
      const focused = pads.contains(document.activeElement) ? document.activeElement.id : "";
      for (const pad of pads.querySelectorAll(".pad")) pad.remove();
      pads.prepend(...this.made(this.own.get(pads)));
      pads.dataset.reactions = this.reactions;
      const count = pads.querySelectorAll(".pad").length;
      pads.className = `pads pads-${count}${count > 2 ? " many" : ""}`;
      this.settle(pads);
      this.presses.forget();
      for (const each of pads.querySelectorAll("[data-text]")) each.textContent = this.page.text(each.dataset.text);
      if (focused) (pads.querySelector(`[id="${focused}"]`) || pads.querySelector("[data-tap]")).focus();
    }

    settle(pads) {
      const left = SETTLE_MS - (this.ticks() - this.changed);
      if (left <= 0) return;
      pads.classList.add("new");
      window.setTimeout(() => pads.classList.remove("new"), left);
    }

    made(own) {
      if (this.reactions === this.page.words().reactions) return own;
      return JSON.parse(this.reactions).map((reaction, at) => this.padOf(own[0], reaction, at + 1));
    }

    /** A button made from one of the server's, whose framework knows nothing of it. */
    padOf(form, { key, label }, place) {
      const pad = form.cloneNode(true);
      pad.className = `pad reaction-${place}`;
      pad.dataset.made = "";
      const button = pad.querySelector("[data-tap]");
      const toast = this.page.text("event_sent", { label: `\u2068${label}\u2069` });
      Object.assign(button, { id: `${key}-button`, textContent: label, className: `pad-button${this.sizeOf(label)}` });
      Object.assign(button.dataset, { tap: key, toast });
      pad.querySelector(".pad-number").id = `${key}-count`;
      return pad;
    }

    sizeOf(label) {
      const length = [...label].length;
      const { long, longer } = this.page.words();
      if (length <= Number(long)) return "";
      return length <= Number(longer) ? " long" : " longer";
    }
  }

  window.clickPads = { Pads };
}
