"use strict";
{
  const { Bar, OTHER } = window.clickBar;
  const { element } = window.clickElements;
  const { newId, send } = window.clickSend;
  const { TalkDialog } = window.clickTalkDialog;
  const { timesOf } = window.clickZone;
  const MARK_LIMIT = 80;
  const FIELDS = "input, textarea, select, [contenteditable]";
  const MODIFIERS = ["ctrlKey", "altKey", "metaKey", "shiftKey"];
  // The text of the button that changes what is so.
  const TEXTS = { open: "close_taps", closed: "open_taps", shown: "hide_results", hidden: "show_results" };

  const { text } = window.clickPage;
  const clockOf = (ms) => timesOf(window.clickPage.zone).clock(ms);

  /** Shows an element or not, with this text; what stays the same is not touched. */
  function show(node, isShown, content = node.textContent) {
    if (node.hidden === isShown) node.hidden = !isShown;
    if (node.textContent !== content) node.textContent = content;
  }

  /** The elements of the bar, which stand beside those of Dash and only for who has the right. */
  class BarView {
    constructor(bar) {
      this.bar = bar;
      this.dialog = new TalkDialog({ bar, newId });
      const button = (what) => element("button", { type: "button", className: "control" }, { "data-bar": what });
      this.buttons = Object.fromEntries(["start", "mark", "taps", "results", "end"].map((what) => [what, button(what)]));
      this.lab = element("a", { className: "control", href: "kafka-lab" });
      this.report = element("a", { className: "control" });
      this.again = button("again");
      this.dismiss = button("dismiss");
      this.marked = element("span", { className: "bar-marked" });
      this.label = element("input", { type: "text", maxLength: MARK_LIMIT, autocomplete: "off", hidden: true });
      this.labelled = null; // The id of the mark whose label the field takes.
      this.note = element("p", { className: "bar-note" });
      this.heard = element("p", { className: "visually-hidden" }, { role: "status" });
      this.root = element("section", { id: "bar", className: "bar" }, {}, [
        element("div", { className: "controls" }, {}, [...Object.values(this.buttons), this.report, this.lab]),
        element("div", { className: "bar-label" }, {}, [this.marked, this.label]),
        element("div", { className: "bar-says" }, {}, [this.note, this.again, this.dismiss]),
        this.heard,
      ]);
      this.root.addEventListener("click", (event) => this.onClick(event));
      this.buttons.end.addEventListener("blur", () => bar.disarm());
      // It comes with Enter, and when the field is left in any other way.
      this.label.addEventListener("change", () => bar.label(this.label.value.trim()));
    }

    onClick({ target }) {
      const button = target.closest("[data-bar]");
      if (!button) return;
      const { bar: what } = button.dataset;
      if (what === "start") this.dialog.open();
      else if (what === "again") this.bar.changes.goOn();
      else if (what === "dismiss") this.dismissNote();
      else this.bar.press(what);
    }

    /** Takes the sentence away that was read; after a lost right the whole bar. */
    dismissNote() {
      if (this.bar.right === "lost") this.root.remove();
      this.bar.refuse(null);
    }

    /** Does what a key means: M marks, Escape and Enter end what was begun. */
    onKey(event) {
      const { key, target, repeat } = event;
      if (key === "Escape" && this.escape(target)) event.stopPropagation();
      if (key === "Enter" && target === this.label) {
        // The button that gets the focus now would be pressed by the same key.
        event.preventDefault();
        this.leaveLabel();
      }
      const isPlain = !repeat && !MODIFIERS.some((modifier) => event[modifier]);
      const isTyping = target.closest(FIELDS) !== null || this.dialog.isOpen();
      if (key.toLowerCase() === "m" && isPlain && !isTyping) this.bar.press("mark");
    }

    /** Takes back what was begun; returns whether anything was. */
    escape(target) {
      const wasOpen = this.dialog.isOpen();
      const wasArmed = this.bar.armedAt !== null;
      this.dialog.close();
      this.bar.disarm();
      if (target === this.label) {
        this.label.value = "";
        this.leaveLabel();
      }
      return wasOpen || wasArmed || target === this.label;
    }

    leaveLabel() {
      if (this.label.value.trim() === "") this.bar.label("");
      this.buttons.mark.focus();
    }

    /** Shows what the bar knows; without the right nothing. */
    show() {
      const { right } = this.bar;
      if (right === "here" && !this.root.isConnected) document.body.append(this.root, this.dialog.root);
      if (right === "lost") this.dialog.close();
      if (this.root.isConnected) this.showParts(right === "here");
      else delete document.documentElement.dataset.bar;
    }

    showParts(isHere) {
      const { armedAt, changes, refusal } = this.bar;
      this.root.setAttribute("aria-label", text("presenter_bar"));
      this.showButtons(isHere);
      this.showLabel(isHere);
      show(this.lab, isHere, text("laboratory"));
      const note = this.noteOf(isHere);
      const isNew = note !== "" && note !== this.note.textContent;
      show(this.note, note !== "", note);
      show(this.again, isHere && changes.failure !== null, text("try_again"));
      show(this.dismiss, !isHere || refusal !== null, text("dismiss"));
      // Read out what has changed: an element that was hidden until now would not be.
      const heard = armedAt === null ? this.marked.textContent : text("end_now");
      show(this.heard, true, [note, heard].filter(Boolean).join(" "));
      // For the style: what must be read is shown in the presenter view, too.
      document.documentElement.dataset.bar = note ? "says" : "on";
      // Where the bar is one line that slides, the note stands at its beginning.
      if (isNew) this.root.scrollLeft = 0;
      if (this.dialog.isOpen()) this.dialog.show();
    }

    showButtons(isHere) {
      const { buttons } = this;
      const { armedAt, problem, changes } = this.bar;
      const keys = keysOf(this.bar);
      for (const [what, button] of Object.entries(buttons)) {
        const key = isHere && keys[what];
        show(button, Boolean(key), key ? text(key) : "");
        button.disabled = problem !== null;
        button.setAttribute("aria-busy", String(what !== "mark" && changes.has(what)));
      }
      this.showReport(isHere);
      buttons.end.classList.toggle("armed", armedAt !== null);
      // A button that goes away hands its focus to the first that is there.
      const { activeElement } = document;
      const next = Object.values(buttons).find((button) => !button.hidden);
      if (activeElement.hidden && next && this.root.contains(activeElement)) next.focus();
    }

    /** Leads to the report of the talk that has ended. */
    showReport(isHere) {
      const { over } = this.bar;
      show(this.report, isHere && over !== null, text("to_report"));
      if (over !== null) this.report.href = `kafka-report?${new URLSearchParams({ talk: over.id })}`;
    }

    /** Offers a field for the label of the newest mark. */
    showLabel(isHere) {
      const { marked, talk } = this.bar;
      const isOpen = isHere && marked !== null && talk !== null && talk.id === marked.talk.id;
      show(this.marked, isOpen, isOpen ? text("marked", { time: clockOf(marked.at * 1000) }) : "");
      show(this.label, isOpen);
      if (!isOpen) return;
      if (marked.id !== this.labelled) this.label.value = "";
      this.labelled = marked.id;
      this.label.placeholder = text("mark_label");
      this.label.setAttribute("aria-label", text("mark_label"));
    }

    /** What is wrong, in sentences; empty if nothing is. */
    noteOf(isHere) {
      const { problem, refusal, changes } = this.bar;
      const what = changes.waiting.map(nameOf).join(", ");
      if (!isHere) return [text("right_lost"), what && text("kept", { what })].filter(Boolean).join(" ");
      const { failure } = changes;
      const waits = failure === null ? "" : text("not_done", { what, message: failure || text("no_reply") });
      return [problem, refusal, waits].filter(Boolean).join(" ");
    }
  }

  /** The texts of the buttons that there are. */
  function keysOf({ talk, hidden, armedAt }) {
    if (talk === null) return { start: "start_talk", results: hidden && TEXTS[hidden.results] };
    return {
      mark: "mark", taps: TEXTS[talk.taps], results: TEXTS[talk.results], end: armedAt === null ? "end" : "end_now",
    };
  }

  /** What a change was pressed for, in words. */
  function nameOf({ what, at, body }) {
    if (what === "mark") return text("mark_at", { time: clockOf(at) });
    return text({ label: "mark_label", end: "end" }[what] || TEXTS[OTHER[body[what]]]);
  }

  function begin() {
    // What others stream or record has no buttons.
    if (new URLSearchParams(location.search).get("view") === "overlay") return;
    let view = null;
    const later = (work, ms) => window.setTimeout(work, ms);
    const bar = new Bar({ send, newId, later, now: () => performance.now(), show: () => view.show() });
    view = new BarView(bar);
    document.addEventListener("timeline", ({ detail: { answer, came } }) => bar.follow(answer, came));
    // Before the page's own listener, for which Escape means the presenter view.
    document.addEventListener("keydown", (event) => view.onKey(event), true);
    document.addEventListener("visibilitychange", () => !document.hidden && bar.comeBack());
    window.addEventListener("beforeunload", (event) => bar.changes.waiting.length > 0 && event.preventDefault());
    window.clickPage.onChange(() => view.show());
  }

  begin();
}
