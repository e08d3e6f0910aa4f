"use strict";
{
  const isPage = typeof module === "undefined";
  const { TYPES } = isPage ? window.clickBatches : require("./batches.js");

  /** How often this person has tapped each type: over a reload, as long as the tab is open. */
  class OwnTaps {
    /** storage: like sessionStorage, or null; site: the path of the site, whose origin others may share. */
    constructor(storage, site) {
      this.storage = storage;
      this.site = site;
      this.counts = Object.fromEntries(TYPES.map((type) => [type, this.stored(type)]));
    }

    /** Counts a tap and returns how many it makes. */
    add(type) {
      this.counts[type] += 1;
      try {
        this.storage.setItem(this.key(type), String(this.counts[type]));
      } catch {
        // Without a storage, or in a full one, the count lasts as long as the page.
      }
      return this.counts[type];
    }

    stored(type) {
      try {
        const count = Number(this.storage.getItem(this.key(type)));
        return Number.isSafeInteger(count) && count > 0 ? count : 0;
      } catch {
        return 0;
      }
    }

    key(type) {
      return `own:${type}:${this.site}`;
    }
  }

  if (isPage) window.clickOwn = { OwnTaps };
  else module.exports = { OwnTaps };
}
