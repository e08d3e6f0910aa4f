"use strict";
{
  const { element } = window.clickElements;
  const { linesOf, pastOf, rangeOf } = window.recordsRange;
  const { send } = window.clickSend;
  const { timesOf } = window.clickZone;

  const { text } = window.clickPage;
  const clockOf = (seconds) => timesOf(window.clickPage.zone).clock(seconds * 1000);

  /** The JSON that a path answers with, and what is wrong, in words; one of both is null. */
  async function ask(path) {
    const { status, answer } = await send("GET", path);
    if (status === 200) return { answer, trouble: null };
    return { answer: null, trouble: (answer && String(answer.message)) || text("no_reply") };
  }

  /** Names to a presenter the offsets of the part to which the chart is zoomed, and opens its records. */
  class RangeRecords {
    /** frame: the element of the chart; what belongs to it comes after it. */
    constructor(frame) {
      this.range = null; // What is shown, in whole seconds: from and to.
      this.mayAsk = null; // A promise of whether the viewer is the presenter; nobody asks before somebody zooms.
      this.found = null; // The answer to the question for the offsets, and the trouble with it.
      this.button = element("button", { type: "button", className: "control" });
      this.lines = element("ul", { className: "range-lines" });
      this.commands = element("textarea", { className: "range-commands", readOnly: true, rows: 3, spellcheck: false });
      this.copy = element("button", { type: "button", className: "control" });
      this.links = ["csv", "ndjson"].map((format) => ({ format, link: element("a", { className: "control", download: "" }) }));
      this.details = element("div", { className: "range-found" }, { role: "status" }, [
        this.lines, this.commands,
        element("div", { className: "controls" }, {}, [this.copy, ...this.links.map(({ link }) => link)]),
      ]);
      this.root = element("section", { id: "range", className: "range", hidden: true }, {}, [this.button, this.details]);
      this.button.addEventListener("click", () => this.open());
      this.copy.addEventListener("click", () => this.copyCommands());
      window.clickPage.onChange(() => this.show());
      frame.after(this.root);
    }

    /** Takes the layout that was drawn; `shiftMs` moves its times from UTC to those that it shows. */
    async see(layout, shiftMs) {
      const zoomed = rangeOf(layout, shiftMs);
      const range = zoomed && pastOf(zoomed, Date.now() / 1000);
      if (JSON.stringify(range) === JSON.stringify(this.range)) return;
      this.range = range;
      this.found = null;
      if (range !== null) {
        this.mayAsk = this.mayAsk || ask("kafka/talks?limit=0");
        const { answer } = await this.mayAsk;
        // Whoever got no answer asks again with the next zoom.
        if (answer === null) this.mayAsk = null;
        if (answer === null || !answer.may_change) this.range = null;
      }
      this.show();
    }

    async open() {
      const { from, to } = this.range;
      const found = await ask(`kafka/offsets?from=${from}&to=${to}`);
      if (this.range === null || this.range.from !== from || this.range.to !== to) return;
      this.found = found;
      this.show();
    }

    /** Copies by the selection: a page on plain http has no clipboard of its own. */
    copyCommands() {
      this.commands.select();
      document.execCommand("copy");
      this.copy.textContent = text("copied");
    }

    show() {
      const { range, found } = this;
      this.root.hidden = range === null;
      this.details.hidden = found === null;
      if (range === null) return;
      const { from, to } = range;
      this.button.textContent = text("range_records", { from: clockOf(from), to: clockOf(to) });
      if (found === null) return;
      const { answer, trouble } = found;
      const lines = answer === null ? [text("range_failed", { message: trouble })] : linesOf(answer, text);
      this.lines.textContent = "";
      this.lines.append(...lines.map((line) => element("li", { textContent: line })));
      const commands = answer === null ? [] : answer.commands;
      this.commands.value = commands.join("\n");
      this.commands.hidden = this.copy.hidden = commands.length === 0;
      this.commands.setAttribute("aria-label", text("range_commands"));
      this.copy.textContent = text("copy");
      for (const { format, link } of this.links) {
        link.href = `kafka/records?from=${from}&to=${to}&format=${format}`;
        link.textContent = text(`range_${format}`);
        link.hidden = answer === null;
      }
    }
  }

  window.recordsView = { RangeRecords };
}
