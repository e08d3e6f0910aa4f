"use strict";
{
  const { element } = window.clickElements;
  const { hasReport, partsOf, tapsOf, whenOf } = window.talksContents;

  /** The way to the report, for whoever may see it. */
  function wayTo({ id, title }, text) {
    const href = `kafka-report?${new URLSearchParams({ talk: id })}`;
    const label = { "aria-label": text("report_of", { title }) };
    return element("a", { href, className: "control talks-report", textContent: text("see_report") }, label);
  }

  /** One talk as an entry of the list. */
  function entryOf(talk, mayChange, text, look) {
    const name = element("bdi", { textContent: talk.title });
    const head = [element("h2", { className: "talks-title" }, {}, [name])];
    if (talk.ended_at === null) head.push(element("span", { className: "status live", textContent: text("running") }));
    if (hasReport(talk, mayChange)) head.push(wayTo(talk, text));
    const parts = partsOf(talk, look).map(({ label, count, share }, at) => (
      element("li", { className: `talks-part reaction-${at + 1}` }, {}, [
        element("bdi", { textContent: label }), element("strong", { textContent: count }), element("span", { textContent: share }),
      ])
    ));
    return element("li", { className: "panel talks-entry" }, {}, [
      element("div", { className: "talks-head" }, {}, head),
      element("p", { className: "talks-when", textContent: whenOf(talk, text, look.times) }),
      element("p", { className: "talks-taps", textContent: tapsOf(talk, text, look) }),
      ...(parts.length > 0 ? [element("ul", { className: "talks-parts" }, {}, parts)] : []),
    ]);
  }

  /** Shows talks in a list, and touches only the entries that changed: somebody may be about to press one. */
  class TalksList {
    constructor(node) {
      this.node = node;
      this.entries = new Map(); // By id: the entry, and what it was made of.
    }

    show({ talks, may_change: mayChange }, text, look) {
      const before = this.entries;
      this.entries = new Map(talks.map((talk) => {
        const content = JSON.stringify([talk, mayChange, look.tag]);
        const known = before.get(talk.id);
        const entry = known && known.content === content ? known.entry : entryOf(talk, mayChange, text, look);
        return [talk.id, { content, entry }];
      }));
      this.place([...this.entries.values()].map(({ entry }) => entry));
    }

    place(entries) {
      const kept = new Set(entries);
      for (const old of [...this.node.children]) if (!kept.has(old)) old.remove();
      entries.forEach((entry, at) => {
        if (this.node.children[at] !== entry) this.node.insertBefore(entry, this.node.children[at] || null);
      });
    }
  }

  window.talksList = { TalksList };
}
