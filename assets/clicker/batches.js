"use strict";
{
  const KEY = "clicks:";
  const TYPES = ["cheers", "hate"];
  const MAX_TAPS = 500;
  const DAY = 24 * 3600 * 1000;

  // A tap is [type, time, tick], a batch's first sending `sent` and `tick`. Ticks are of the clock of
  // the page that tapped, which nobody sets: only that page may compare them.

  /** How long ago the tap was; `ticks` is undefined where its page was another one. */
  function ageOf([, time, tick], now, ticks) {
    return ticks === undefined || tick === undefined ? now - time : ticks - tick;
  }

  /** Adds a tap to the last batch if that was never sent and has room, else to a new one. */
  function append(batches, nextSeq, tap) {
    const last = batches[batches.length - 1];
    if (last && last.sent === null && last.taps.length < MAX_TAPS) {
      last.taps.push(tap);
      return nextSeq;
    }
    batches.push({ seq: nextSeq, taps: [tap], sent: null, tries: 0 });
    return nextSeq + 1;
  }

  /** Removes what was never sent and is older than a day, and returns how many taps that were. */
  function expire(batches, now, ticks) {
    let dropped = 0;
    for (const batch of batches.filter((each) => each.sent === null)) {
      const fresh = batch.taps.filter((tap) => ageOf(tap, now, ticks) <= DAY);
      dropped += batch.taps.length - fresh.length;
      batch.taps = fresh;
    }
    const kept = batches.filter((batch) => batch.taps.length > 0);
    batches.splice(0, batches.length, ...kept);
    return dropped;
  }

  /** Removes an acknowledged batch, unless its page has added taps since the `count` sent ones. */
  function acknowledge(batches, seq, count) {
    const at = batches.findIndex((batch) => batch.seq === seq);
    if (at >= 0 && batches[at].taps.length <= count) batches.splice(at, 1);
  }

  /** Whether a second sending is safe by both clocks: one may be set back, the other sleep. */
  function mayRepeat(batch, repeatSeconds, now, ticks) {
    const ages = [now - batch.sent];
    if (ticks !== undefined && batch.tick !== undefined) ages.push(ticks - batch.tick);
    return repeatSeconds === null || Math.max(...ages) <= repeatSeconds * 1000;
  }

  /** Removes what was sent too long ago to be repeated, and returns how many taps that were. */
  function forget(batches, repeatSeconds, now, ticks) {
    const sent = batches.filter((each) => each.sent !== null);
    const late = sent.filter((each) => !mayRepeat(each, repeatSeconds, now, ticks));
    const kept = batches.filter((each) => !late.includes(each));
    batches.splice(0, batches.length, ...kept);
    return countTaps(late);
  }

  function payload(client, batch, now, ticks) {
    const age = (tap) => Math.max(0, Math.round(ageOf(tap, now, ticks)));
    const clicks = batch.taps.map((tap) => ({ type: tap[0], age_ms: age(tap) }));
    return JSON.stringify({ client, seq: batch.seq, clicks });
  }

  function countTaps(batches) {
    return batches.reduce((sum, batch) => sum + batch.taps.length, 0);
  }

  /** The batches in a stored text; what is none is passed over. */
  function parse(text) {
    try {
      const batches = JSON.parse(text);
      return Array.isArray(batches) ? batches.filter(isBatch) : [];
    } catch {
      return [];
    }
  }

  function isBatch(value) {
    return (
      Boolean(value) && Number.isInteger(value.seq) && Array.isArray(value.taps) &&
      value.taps.every((tap) => Array.isArray(tap) && TYPES.includes(tap[0]) && Number.isFinite(tap[1])) &&
      (value.sent === null || Number.isFinite(value.sent)) && Number.isInteger(value.tries)
    );
  }

  /** Waiting batches by client, shared by all pages of the origin; in memory where that fails. */
  class Store {
    constructor(storage) {
      this.storage = storage;
      this.memory = new Map();
    }

    read(client) {
      try {
        const kept = this.memory.get(client);
        const batches = parse(kept === undefined ? this.storage.getItem(KEY + client) : kept);
        // Nobody will ever send an entry in which nobody can read a batch.
        if (batches.length === 0) this.storage.removeItem(KEY + client);
        return batches;
      } catch {
        return [];
      }
    }

    write(client, batches) {
      try {
        if (batches.length > 0) this.storage.setItem(KEY + client, JSON.stringify(batches));
        else this.storage.removeItem(KEY + client);
        this.memory.delete(client);
      } catch {
        this.memory.set(client, JSON.stringify(batches));
      }
    }

    clients() {
      try {
        const keys = Array.from({ length: this.storage.length }, (_, at) => this.storage.key(at));
        return keys.filter((key) => key.startsWith(KEY)).map((key) => key.slice(KEY.length));
      } catch {
        return [];
      }
    }
  }

  const all = { Store, TYPES, acknowledge, append, countTaps, expire, forget, mayRepeat, payload };
  if (typeof module !== "undefined") module.exports = all;
  else window.clickBatches = all;
}
