"use strict";
{
  const KEY = /^[a-z0-9_-]{1,32}$/; // Earlier pages may have had other reactions.
  const MAX_TAPS = 500;
  const DAY = 24 * 3600 * 1000;

  // A tap is [type, time, tick]; a batch notes its first sending as `sent` and `tick`, as `tries` how many
  // sendings have no known outcome, and as `log` which log it is for, if the page knew. Nobody sets the
  // clock of the ticks, but each page has its own: only the page that tapped may compare them.

  /** The age of the tap in milliseconds; `ticks` is undefined if another page tapped. */
  function ageOf([, time, tick], now, ticks) {
    return ticks === undefined || tick === undefined ? now - time : ticks - tick;
  }

  /** Adds a tap to the last batch if that was never sent and has room, else to a new one; returns the next seq. */
  function append(batches, nextSeq, tap, log) {
    const last = batches[batches.length - 1];
    if (last && last.sent === null && last.taps.length < MAX_TAPS && last.log === log) {
      last.taps.push(tap);
      return nextSeq;
    }
    batches.push({ seq: nextSeq, taps: [tap], sent: null, tries: 0, log });
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

  /** How long ago the batch was first sent, by both clocks: somebody may set one back, the other may sleep. */
  function sentAge({ sent, tick }, now, ticks) {
    if (ticks !== undefined && tick !== undefined) return Math.max(now - sent, ticks - tick);
    return now < sent ? Infinity : now - sent;
  }

  function mayRepeat(batch, repeatSeconds, now, ticks) {
    return repeatSeconds === null || sentAge(batch, now, ticks) <= repeatSeconds * 1000;
  }

  /** Removes these batches from the others, and returns the number of their taps. */
  function remove(batches, unwanted) {
    const others = batches.filter((each) => !unwanted.includes(each));
    batches.splice(0, batches.length, ...others);
    return countTaps(unwanted);
  }

  /**
   * Removes the taps of these types from a batch that was never sent. If an earlier sending may have been appended,
   * the others must keep their places: then the batch goes. Returns how many were surely not sent, and are uncertain.
   */
  function withdraw(batches, seq, types) {
    const same = batches.filter((batch) => batch.seq === seq);
    if (same.some(({ sent }) => sent !== null)) return { sure: 0, uncertain: remove(batches, same) };
    const before = countTaps(same);
    for (const batch of same) batch.taps = batch.taps.filter(([type]) => !types.includes(type));
    const sure = before - countTaps(same);
    remove(batches, same.filter(({ taps }) => taps.length === 0));
    return { sure, uncertain: 0 };
  }

  /** Removes the batches that were sent too long ago to be repeated, and returns the number of their taps. */
  function forget(batches, repeatSeconds, now, ticks) {
    const sent = batches.filter((each) => each.sent !== null);
    return remove(batches, sent.filter((each) => !mayRepeat(each, repeatSeconds, now, ticks)));
  }

  /** The body of the POST that sends the batch now, for the first time or as a repeat. */
  function payload(client, batch, now, ticks, isRepeat = false) {
    const age = (tap) => Math.max(0, Math.round(ageOf(tap, now, ticks)));
    const clicks = batch.taps.map((tap) => ({ type: tap[0], age_ms: age(tap) }));
    const { seq, log } = batch;
    const since = isRepeat ? Math.min(Math.round(sentAge(batch, now, ticks)), Number.MAX_SAFE_INTEGER) : undefined;
    return JSON.stringify({ client, seq, clicks, log, first_sent_ms: since });
  }

  /** Notes a try whose outcome is not known yet, and the time of the first one. */
  function markSent(batch, now, ticks) {
    if (batch.sent === null) Object.assign(batch, { sent: now, tick: ticks, tries: 0 });
    batch.tries += 1;
  }

  /** Takes back a try that the server did not append: without another one the batch was never sent. */
  function markUnsent(batch) {
    batch.tries -= 1;
    if (batch.tries <= 0) Object.assign(batch, { sent: null, tries: 0 });
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
      value.taps.every((tap) => Array.isArray(tap) && KEY.test(tap[0]) && Number.isFinite(tap[1])) &&
      (value.sent === null || Number.isFinite(value.sent)) && Number.isInteger(value.tries) &&
      (value.log === undefined || typeof value.log === "string")
    );
  }

  /** Waiting batches by client, in the storage of all pages of the site, or in memory if that fails. */
  class Store {
    /** storage: like localStorage, or null; all sites of an origin share it. site: this one's path. */
    constructor(storage, site) {
      this.storage = storage;
      this.prefix = `clicks:${site}:`;
      this.memory = new Map(); // The batches as JSON that the storage did not take, by client.
    }

    read(client) {
      try {
        const json = this.memory.get(client);
        const batches = parse(json === undefined ? this.storage.getItem(this.prefix + client) : json);
        // No page can send an entry without a readable batch.
        if (batches.length === 0) this.storage.removeItem(this.prefix + client);
        return batches;
      } catch {
        return [];
      }
    }

    write(client, batches) {
      try {
        if (batches.length > 0) this.storage.setItem(this.prefix + client, JSON.stringify(batches));
        else this.storage.removeItem(this.prefix + client);
        this.memory.delete(client);
      } catch {
        this.memory.set(client, JSON.stringify(batches));
      }
    }

    clients() {
      try {
        this.takeOver();
        const keys = this.keys().filter((key) => key.startsWith(this.prefix));
        return keys.map((key) => key.slice(this.prefix.length));
      } catch {
        return [];
      }
    }

    keys() {
      return Array.from({ length: this.storage.length }, (_, index) => this.storage.key(index));
    }

    /** Adds the batches to those of the other key; a page of the earlier version may still be open and store more. */
    move(from, to) {
      try {
        const left = parse(this.storage.getItem(from));
        const others = parse(this.storage.getItem(to)).filter(({ seq }) => !left.some((each) => each.seq === seq));
        this.storage.setItem(to, JSON.stringify([...others, ...left]));
        this.storage.removeItem(from);
      } catch {
        // In a full storage they stay where they are until there is room.
      }
    }

    /** Takes what an earlier version stored without a site: the first site that comes. */
    takeOver() {
      for (const key of this.keys().filter((each) => /^clicks:[\w-]+$/.test(each))) {
        this.move(key, this.prefix + key.slice("clicks:".length));
      }
    }
  }

  const changing = { acknowledge, append, expire, forget, markSent, markUnsent, remove, withdraw };
  const batching = { Store, ageOf, countTaps, mayRepeat, payload, ...changing };
  if (typeof module !== "undefined") module.exports = batching;
  else window.clickBatches = batching;
}
