"use strict";
{
  const isPage = typeof module === "undefined";
  const { FRESH_MS } = isPage ? window.clickKnowledge : require("./knowledge.js");

  /** How often this person has tapped each type for the site's log: over a reload, as long as the tab is open. */
  class OwnTaps {
    /** storage: like sessionStorage, or null; site: the path of the site, whose origin others may share. */
    constructor(storage, site) {
      this.storage = storage;
      this.site = site;
      this.log = this.read("log"); // Null until one is known.
      this.counts = this.stored(); // By type.
      this.young = []; // The taps that a log takes over of which the page hears now: type and tick.
    }

    of(type) {
      return this.counts.get(type) || 0;
    }

    /** Counts a tap and returns how many it makes. */
    add(type, ticks) {
      this.young = [...this.youngAt(ticks), { type, ticks }];
      this.count(type);
      return this.of(type);
    }

    /** Counts for this log from now on: after another one, only the taps that the page takes over to it. */
    countFor(log, ticks) {
      if (log === this.log) return;
      const isAnother = this.log !== null;
      this.log = log;
      this.write("log", log);
      if (!isAnother) return;
      this.counts.clear();
      this.store();
      for (const { type } of this.youngAt(ticks)) this.count(type);
    }

    youngAt(ticks) {
      return this.young.filter((tap) => ticks - tap.ticks <= FRESH_MS);
    }

    count(type) {
      this.counts.set(type, this.of(type) + 1);
      this.store();
    }

    store() {
      this.write("counts", JSON.stringify([...this.counts]));
    }

    stored() {
      try {
        const isCount = ([, count]) => Number.isSafeInteger(count) && count > 0;
        return new Map(JSON.parse(this.read("counts")).filter(isCount));
      } catch {
        return new Map();
      }
    }

    read(name) {
      try {
        return this.storage.getItem(this.key(name));
      } catch {
        return null;
      }
    }

    write(name, value) {
      try {
        this.storage.setItem(this.key(name), value);
      } catch {
        // Without a storage, or in a full one, it lasts as long as the page.
      }
    }

    key(name) {
      return `own:${name}:${this.site}`;
    }
  }

  if (isPage) window.clickOwn = { OwnTaps };
  else module.exports = { OwnTaps };
}
