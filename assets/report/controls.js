"use strict";
{
  const { element } = window.clickElements;
  const { lengthOf } = window.clickTalk;
  const { SPEEDS } = window.reportReplay;
  const STEP_SECONDS = 10;
  const LONG_STEP_SECONDS = 60;
  const MODIFIERS = ["ctrlKey", "altKey", "metaKey"];
  const OWN_ARROWS = "input:not([type=range]), select, textarea, .table-frame";
  const PRESSED_BY_SPACE = "button, a, summary, input:not([type=range]), select, textarea, [role=button]";

  /** The buttons, the slider and the keys of a replay. */
  class ReplayControls {
    /** text(key, values); clockOf(seconds): the time of that moment, as people read it. */
    constructor(replay, { text, clockOf }) {
      Object.assign(this, { replay, text, clockOf });
      const button = (properties, attributes) => (
        element("button", { type: "button", className: "control", ...properties }, attributes)
      );
      this.toggle = button({ id: "play" }, {});
      this.speeds = SPEEDS.map((speed) => button({ textContent: `${speed}×` }, { "data-speed": speed }));
      this.group = element("div", { className: "windows" }, { role: "group" }, this.speeds);
      this.slider = element("input", { id: "moment", type: "range", min: 0, max: replay.length, step: 1 });
      this.label = element("label", { className: "moment-label", htmlFor: "moment" });
      this.shown = element("output", { className: "moment", htmlFor: "moment" });
      this.hint = element("p", { className: "note hint" });
      this.root = element("div", { className: "replay" }, {}, [
        this.toggle, this.group, element("div", { className: "scrub" }, {}, [this.label, this.slider]), this.shown,
      ]);
      this.toggle.addEventListener("click", () => replay.toggle());
      this.group.addEventListener("click", ({ target }) => {
        if (target.dataset.speed) replay.setSpeed(Number(target.dataset.speed));
      });
      this.slider.addEventListener("input", () => replay.goTo(Number(this.slider.value)));
    }

    /** Does what a key means; returns whether it means anything. */
    onKey(event) {
      const { key, target, shiftKey } = event;
      if (MODIFIERS.some((modifier) => event[modifier])) return false;
      const isElsewhere = target.closest(OWN_ARROWS) !== null;
      const step = shiftKey ? LONG_STEP_SECONDS : STEP_SECONDS;
      const { at, length } = this.replay;
      const moments = { ArrowLeft: at - step, ArrowRight: at + step, Home: 0, End: length };
      if (key === " " && !target.closest(PRESSED_BY_SPACE)) this.replay.toggle();
      else if (key in moments && !isElsewhere) this.replay.goTo(moments[key]);
      else return false;
      return true;
    }

    show() {
      const { at, isPlaying, length, speed } = this.replay;
      const { text } = this;
      this.toggle.textContent = text(isPlaying ? "pause" : "play");
      this.group.setAttribute("aria-label", text("speed"));
      this.speeds.forEach((each, place) => each.setAttribute("aria-pressed", String(SPEEDS[place] === speed)));
      this.label.textContent = text("moment");
      this.slider.value = at;
      const moment = `${this.clockOf(at)} · ${lengthOf(at)} / ${lengthOf(length)}`;
      this.slider.setAttribute("aria-valuetext", moment);
      this.shown.textContent = moment;
      this.hint.textContent = text("keys");
    }
  }

  window.reportControls = { ReplayControls };
}
