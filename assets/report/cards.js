"use strict";
{
  const { element } = window.clickElements;
  const { numberOf } = window.clickWords;
  const { shareOf } = window.clickTimeline;
  const { drawnOf, peopleOf, perPersonOf } = window.reportContents;

  /** A card of a number under a label, like those of the dashboard. */
  function card(style, label, id) {
    const number = element("p", { id, className: "total-number", textContent: "–" });
    const part = element("p", { className: "part" });
    const root = element("div", { className: `card total ${style}` }, {}, [
      element("div", { className: "card-body" }, {}, [
        element("div", { className: "total-head" }, {}, [element("h2", { className: "total-label" }, {}, [label])]),
        element("div", { className: "total-figures" }, {}, [number, part]),
      ]),
    ]);
    return { root, number, part };
  }

  /** The cards of a report: one for each reaction, one for all taps, and one for the people. */
  class Cards {
    constructor(report, text) {
      this.report = report;
      this.cards = drawnOf(report).map(({ key, label }, at) => {
        const name = element("bdi", { textContent: label });
        return { key, ...card(`reaction-${at + 1}`, name, `total-${key}`) };
      });
      this.all = card("all", text("all_taps"), "total-all");
      this.people = card("people", text("phones_head"), "total-people");
    }

    elements() {
      return [...this.cards, this.all, this.people].map(({ root }) => root);
    }

    /** Shows these totals by key, which a replay makes smaller than those of the report. */
    show(totals, text, look) {
      const all = Object.values(totals).reduce((sum, count) => sum + count, 0);
      for (const { key, number, part } of this.cards) {
        write(number, look.whole(totals[key]));
        part.textContent = look.percent(shareOf(totals[key], all));
      }
      write(this.all.number, look.whole(all));
      const people = peopleOf(this.report, look.whole);
      this.people.root.hidden = people === null;
      write(this.people.number, people || "");
      this.people.part.textContent = perPersonOf(this.report, text, look);
    }
  }

  /** Writes a number, whose width the style has to know. */
  function write(node, text) {
    const { children, className, style } = numberOf(text);
    if (node.textContent === children) return;
    Object.assign(node, { textContent: children, className });
    node.style.setProperty("--ems", style["--ems"]);
  }

  window.reportCards = { Cards };
}
