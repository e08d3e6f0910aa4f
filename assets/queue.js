"use strict";
{
  const KEY = "clicks:";
  const TYPES = ["cheers", "hate"];
  const MAX_TAPS = 500;
  const DAY = 24 * 3600 * 1000;
  const GRACE = 250;
  const ASK_CAP = 5000;
  const POST_CAP = 30000;

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
  function expire(batches, now) {
    let dropped = 0;
    for (const batch of batches.filter((each) => each.sent === null)) {
      const fresh = batch.taps.filter((tap) => now - tap[1] <= DAY);
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

  function mayRepeat(batch, repeatSeconds, now) {
    return repeatSeconds === null || now - batch.sent <= repeatSeconds * 1000;
  }

  /** Removes what was sent too long ago to be repeated, and returns how many taps that were. */
  function forget(batches, repeatSeconds, now) {
    const late = batches.filter((each) => each.sent !== null && !mayRepeat(each, repeatSeconds, now));
    const kept = batches.filter((each) => !late.includes(each));
    batches.splice(0, batches.length, ...kept);
    return late.reduce((sum, batch) => sum + batch.taps.length, 0);
  }

  function payload(client, batch, now) {
    const clicks = batch.taps.map(([type, at]) => ({ type, age_ms: Math.max(0, now - at) }));
    return JSON.stringify({ client, seq: batch.seq, clicks });
  }

  /** What an answer (null: none came) says of the batch that was posted. */
  function verdict(answer) {
    if (answer === null) return "unknown";
    const { status, json } = answer;
    const said = json !== null && typeof json === "object" ? json : {};
    if (status === 200 && said.status === "success") return "done";
    if (status === 429 || (status === 503 && said.appended === false)) return "unsent";
    if (said.status !== "error") return "unknown";
    if (status === 401 || status === 403) return "forbidden";
    return [400, 404, 413, 415].includes(status) ? "refused" : "unknown";
  }

  function backoff(attempt, cap, random) {
    return Math.min(cap, 500 * 2 ** Math.min(attempt, 10)) * (0.5 + random / 2);
  }

  /** The toast of a sent batch: one line for each type in it. */
  function sentText(taps, texts) {
    return TYPES
      .map((type) => [texts[type], taps.filter((tap) => tap[0] === type).length])
      .filter(([, count]) => count > 0)
      .map(([text, count]) => (count > 1 ? `${text} ×${count}` : text))
      .join("\n");
  }

  /** The state of delivery as a word for the style and a line to read. */
  function describe({ forbidden, lost, waiting, sent, unknown, refused }) {
    let [kind, text] = sent > 0 ? ["sent", `Sent: ${sent}`] : ["ready", "Ready"];
    if (waiting > 0) [kind, text] = ["waiting", `Waiting: ${waiting}`];
    if (lost && waiting > 0) [kind, text] = ["offline", `Offline, waiting: ${waiting}`];
    if (forbidden && waiting > 0) [kind, text] = ["forbidden", `Not allowed, waiting: ${waiting}`];
    if (refused > 0) text += ` · Not sent: ${refused}`;
    if (unknown > 0) text += ` · Unknown: ${unknown}`;
    return { kind, text };
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
        const batches = JSON.parse(kept === undefined ? this.storage.getItem(KEY + client) : kept);
        return Array.isArray(batches) ? batches.filter(isBatch) : [];
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

  /** The taps of this page, and of earlier ones, on their way to the server: one batch at a time. */
  class Queue {
    constructor(outside) {
      // store, client, texts, post, ask, beacon, now, ticks, random, later, cancel, changed, toast
      Object.assign(this, outside, { seq: 0, others: [], busy: false, flight: null, timer: null, due: 0 });
      Object.assign(this, { failedPosts: 0, failedAsks: 0, notBefore: 0, lost: false, repeat: undefined });
      Object.assign(this, { sent: 0, unknown: 0, refused: 0, forbidden: false, troubled: false });
    }

    tap(type) {
      const batches = this.store.read(this.client);
      this.seq = append(batches, this.seq, [type, this.now()]);
      this.store.write(this.client, batches);
      this.wake(GRACE);
      this.changed();
    }

    /** Takes over what other pages of this origin left, and goes on at once. */
    adopt() {
      this.others = this.store.clients().filter((client) => client !== this.client);
      this.repeat = undefined;
      this.notBefore = 0;
      this.run();
    }

    waiting() {
      const batches = [this.client, ...this.others].map((client) => this.store.read(client)).flat();
      return batches.reduce((sum, batch) => sum + batch.taps.length, 0);
    }

    wake(ms) {
      const due = Math.max(this.ticks() + ms, this.notBefore);
      if (this.timer !== null && this.due <= due) return;
      if (this.timer !== null) this.cancel(this.timer);
      this.due = due;
      this.timer = this.later(() => {
        this.timer = null;
        this.run();
      }, due - this.ticks());
    }

    async run() {
      if (this.busy) return;
      this.busy = true;
      try {
        while (this.ticks() >= this.notBefore && (await this.step()));
      } finally {
        this.busy = false;
      }
      this.changed();
      if (this.waiting() > 0) this.wake(0);
    }

    async step() {
      const next = this.pick();
      if (next === null) return false;
      const asks = this.repeat === undefined && (this.lost || next.batch.sent !== null);
      await (asks ? this.question() : this.deliver(next));
      return true;
    }

    /** The next batch to send, after dropping those for which it is too late. */
    pick() {
      for (const client of [this.client, ...this.others]) {
        const batches = this.store.read(client);
        this.drop(client, batches);
        if (batches.length > 0) return { client, batches, batch: batches[0] };
        this.others = this.others.filter((other) => other !== client);
      }
      return null;
    }

    drop(client, batches) {
      const old = expire(batches, this.now());
      const late = this.repeat === undefined ? 0 : forget(batches, this.repeat, this.now());
      if (old > 0) this.toast(`Not sent: taps older than a day: ${old}`, "bad");
      if (late > 0) this.toast(`Unknown whether these taps were counted: ${late}`, "bad");
      this.refused += old;
      this.unknown += late;
      if (old + late > 0) this.store.write(client, batches);
    }

    async question() {
      const answer = await this.ask();
      if (answer === null) this.pause("unknown", null, backoff(this.failedAsks++, ASK_CAP, this.random()));
      else Object.assign(this, { repeat: answer.repeat_s, lost: false, failedAsks: 0 });
    }

    async deliver({ client, batches, batch }) {
      const before = batch.sent;
      if (before === null) batch.sent = this.now();
      batch.tries += 1;
      this.store.write(client, batches);
      this.flight = { client, seq: batch.seq };
      const answer = await this.post(payload(client, batch, this.now()));
      this.flight = null;
      this.settle(client, batch, before, answer);
    }

    settle(client, batch, before, answer) {
      const result = verdict(answer);
      const batches = this.store.read(client);
      if (result === "done" || result === "refused") {
        acknowledge(batches, batch.seq, batch.taps.length);
        Object.assign(this, { failedPosts: 0, forbidden: false, troubled: false });
      } else if (result !== "unknown") {
        // Where another page has tried the batch since, its outcome stands.
        const kept = batches.find((each) => each.seq === batch.seq && each.tries === batch.tries);
        if (kept) kept.sent = before;
      }
      this.store.write(client, batches);
      if (result === "done") {
        this.sent += batch.taps.length;
        this.toast(sentText(batch.taps, this.texts), "good");
      } else if (result === "refused") {
        this.refused += batch.taps.length;
        this.toast(`Not sent: ${answer.json.message}`, "bad");
      } else {
        this.pause(result, answer, backoff(this.failedPosts++, POST_CAP, this.random()));
      }
    }

    pause(result, answer, ms) {
      const asked = answer === null ? 0 : answer.retryAfter * 1000 * (1 + this.random() / 4);
      this.notBefore = this.ticks() + (result === "forbidden" ? POST_CAP : Math.max(asked, ms));
      this.forbidden = result === "forbidden";
      if (result === "unknown") Object.assign(this, { lost: true, repeat: undefined });
      if (!this.troubled) this.toast(troubleText(result, answer), "bad");
      this.troubled = true;
    }

    isFlying(client, batch) {
      return this.flight !== null && this.flight.client === client && this.flight.seq === batch.seq;
    }

    /** The page goes away: hand all that is unacknowledged, and may be repeated, to the browser. */
    leave() {
      for (const client of [this.client, ...this.others]) {
        const batches = this.store.read(client);
        for (const batch of batches) {
          const may = batch.sent === null || this.isFlying(client, batch) ||
            (this.repeat !== undefined && mayRepeat(batch, this.repeat, this.now()));
          if (!may || !this.beacon(payload(client, batch, this.now()))) continue;
          if (batch.sent === null) batch.sent = this.now();
          batch.tries += 1;
        }
        this.store.write(client, batches);
      }
    }
  }

  function troubleText(result, answer) {
    const message = answer && answer.json && answer.json.message;
    if (result === "forbidden") return `Not allowed: ${message}`;
    return `Not sent yet, will be repeated: ${message || "no answer from the server"}`;
  }

  const all = { Queue, Store, append, acknowledge, backoff, describe, expire, forget, payload, sentText, verdict };
  if (typeof module !== "undefined") module.exports = all;
  else window.clickQueue = all;
}
