"use strict";
{
  const KEY = "clicks:";
  const TYPES = ["cheers", "hate"];
  const MAX_TAPS = 500;
  const DAY = 24 * 3600 * 1000;

  // A tap is [type, time, tick]; a batch notes its first sending as `sent` and `tick`. Nobody sets the
  // clock of the ticks, but each page has its own: only the page that tapped may compare them.

  /** The age of the tap in milliseconds; `ticks` is undefined if another page tapped. */
  function ageOf([, time, tick], now, ticks) {
    return ticks === undefined || tick === undefined ? now - time : ticks - tick;
  }

  /** Adds a tap to the last batch if that was never sent and has room, else to a new one; returns the next seq. */
  function append(batches, nextSeq, tap) {
    const last = batches[batches.length - 1];
    if (last && last.sent === null && last.taps.length < MAX_TAPS) {
      last.taps.push(tap);
      return nextSeq;
    }
    batches.push({ seq: nextSeq, taps: [tap], sent: null, tries: 0 });
    return nextSeq + 1;
  }

  /** Removes the taps that were never sent and are older than a day, and returns their number. */
  function expire(batches, now, ticks) {
    let dropped = 0;
    for (const batch of batches.filter((each) => each.sent === null)) {
      const fresh = batch.taps.filter((tap) => ageOf(tap, now, ticks) <= DAY);
      dropped += batch.taps.length - fresh.length;
      batch.taps = fresh;
    }
    const filled = batches.filter((batch) => batch.taps.length > 0);
    batches.splice(0, batches.length, ...filled);
    return dropped;
  }

  /** Removes an acknowledged batch, unless its page has added taps to the `count` that were sent. */
  function acknowledge(batches, seq, count) {
    const index = batches.findIndex((batch) => batch.seq === seq);
    if (index >= 0 && batches[index].taps.length <= count) batches.splice(index, 1);
  }

  /** Whether a repeat is safe by both clocks: somebody may set one back, the other may sleep. */
  function mayRepeat(batch, repeatSeconds, now, ticks) {
    const ages = [now - batch.sent];
    if (ticks !== undefined && batch.tick !== undefined) ages.push(ticks - batch.tick);
    return repeatSeconds === null || Math.max(...ages) <= repeatSeconds * 1000;
  }

  /** Removes the batches that were sent too long ago to be repeated, and returns the number of their taps. */
  function forget(batches, repeatSeconds, now, ticks) {
    const sent = batches.filter((each) => each.sent !== null);
    const late = sent.filter((each) => !mayRepeat(each, repeatSeconds, now, ticks));
    const others = batches.filter((each) => !late.includes(each));
    batches.splice(0, batches.length, ...others);
    return countTaps(late);
  }

  /** The body of the POST that sends the batch now. */
  function payload(client, batch, now, ticks) {
    const age = (tap) => Math.max(0, Math.round(ageOf(tap, now, ticks)));
    const clicks = batch.taps.map((tap) => ({ type: tap[0], age_ms: age(tap) }));
    return JSON.stringify({ client, seq: batch.seq, clicks });
  }

  function countTaps(batches) {
    return batches.reduce((sum, batch) => sum + batch.taps.length, 0);
  }

  /** The batches in a stored text, without entries that are no batches. */
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

  /** Waiting batches by client, in the storage of all pages of the origin, or in memory if that fails. */
  class Store {
    constructor(storage) {
      this.storage = storage; // Like localStorage, or null.
      this.memory = new Map(); // The batches as JSON that the storage did not take, by client.
    }

    read(client) {
      try {
        const json = this.memory.get(client);
        const batches = parse(json === undefined ? this.storage.getItem(KEY + client) : json);
        // No page can send an entry without a readable batch.
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
        const keys = Array.from({ length: this.storage.length }, (_, index) => this.storage.key(index));
        return keys.filter((key) => key.startsWith(KEY)).map((key) => key.slice(KEY.length));
      } catch {
        return [];
      }
    }
  }

  const batching = { Store, TYPES, acknowledge, append, countTaps, expire, forget, mayRepeat, payload };
  if (typeof module !== "undefined") module.exports = batching;
  else window.clickBatches = batching;
}
