"use strict";
{
  const batching = typeof module === "undefined" ? window.clickBatches : require("./batches.js");
  const { TYPES, acknowledge, append, countTaps, expire, forget, mayRepeat, payload } = batching;
  const GRACE = 250;
  const ASK_CAP = 5000;
  const POST_CAP = 30000;
  const RETRY_CAP = 60000;
  const LONGEST_TIMER = 2 ** 31 - 1;
  const MEANINGS = { 400: "refused", 401: "forbidden", 403: "forbidden", 413: "refused", 415: "refused" };

  /** What an answer (null: none came) says of the batch that was posted. */
  function verdict(answer) {
    if (answer === null) return "unknown";
    const { status } = answer;
    const said = answer.json ?? {};
    if (status === 200 && said.status === "success") return "done";
    if (status === 429 || (status === 503 && said.appended === false)) return "unsent";
    // Not 404: a restart or a proxy may say so for a moment.
    return (said.status === "error" && MEANINGS[status]) || "unknown";
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

  /** The state of delivery; what has waited only for a moment is not worth a word. */
  function stateOf({ forbidden, lost, online, waiting, moment, sent }) {
    if (waiting > 0 && forbidden) return "forbidden";
    if (waiting > 0 && (lost || !online)) return "offline";
    if (waiting > 0 && !moment) return "waiting";
    return sent > 0 ? "sent" : "ready";
  }

  /** The state of delivery as a word for the style and a line to read, in the words of `say`. */
  function describe(seen, say) {
    const state = stateOf(seen);
    const parts = [say(state, { n: state === "sent" ? seen.sent : seen.waiting })];
    if (seen.refused > 0) parts.push(say("refused", { n: seen.refused }));
    if (seen.unknown > 0) parts.push(say("unknown", { n: seen.unknown }));
    const isDoubtful = parts.length > 1 && (state === "sent" || state === "ready");
    return { kind: isDoubtful ? "doubtful" : state, text: parts.join(" · ") };
  }

  /** The taps of this page, and of earlier ones, on their way to the server: one batch at a time. */
  class Queue {
    constructor(outside) {
      // store, client, texts, say, post, ask, beacon, online, now, ticks, random, later, cancel, changed, toast
      Object.assign(this, outside, { seq: 0, others: [], busy: false, flight: null, timer: null, due: 0 });
      Object.assign(this, { failedPosts: 0, failedAsks: 0, notBefore: 0, wished: 0, lost: false, repeat: undefined });
      Object.assign(this, { sent: 0, unknown: 0, refused: 0, forbidden: false, troubled: false });
      Object.assign(this, { tried: new Set(), untold: [], elsewhere: 0 });
    }

    tap(type) {
      const batches = this.store.read(this.client);
      this.seq = append(batches, this.seq, [type, this.now(), Math.round(this.ticks())]);
      this.store.write(this.client, batches);
      this.wake(GRACE);
      this.changed();
    }

    /** Takes over what other pages of this origin left, and goes on as soon as the server allows. */
    adopt() {
      this.others = this.store.clients().filter((client) => client !== this.client);
      this.recount();
      this.repeat = undefined;
      this.notBefore = this.wished;
      this.run();
    }

    waiting() {
      return countTaps(this.store.read(this.client)) + this.elsewhere;
    }

    /** Counts again what earlier pages left: too much to read at every tap. */
    recount() {
      this.elsewhere = countTaps(this.others.flatMap((client) => this.store.read(client)));
    }

    /** Both clocks for what the client tapped: its ticks mean nothing to another page. */
    times(client) {
      return [this.now(), client === this.client ? this.ticks() : undefined];
    }

    wake(ms) {
      const due = Math.max(this.ticks() + ms, this.notBefore);
      if (this.timer !== null && this.due <= due) return;
      if (this.timer !== null) this.cancel(this.timer);
      this.due = due;
      this.timer = this.later(() => {
        this.timer = null;
        this.run();
      }, Math.min(due - this.ticks(), LONGEST_TIMER));
    }

    async run() {
      if (this.busy) return;
      this.busy = true;
      try {
        while (this.ticks() >= this.notBefore && (await this.step()));
      } finally {
        this.busy = false;
      }
      this.recount();
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

    /** Own batches first; clients with a batch of unknown outcome last, least recently tried first. */
    turns() {
      const clients = [this.client, ...this.others];
      const tried = [...this.tried].filter((client) => clients.includes(client));
      return [...clients.filter((client) => !this.tried.has(client)), ...tried];
    }

    /** The next batch to send, after dropping those for which it is too late. */
    pick() {
      for (const client of this.turns()) {
        const batches = this.store.read(client);
        this.drop(client, batches);
        if (batches.length > 0) return { client, batches, batch: batches[0] };
        this.others = this.others.filter((other) => other !== client);
      }
      return null;
    }

    drop(client, batches) {
      const times = this.times(client);
      const old = expire(batches, ...times);
      const late = this.repeat === undefined ? 0 : forget(batches, this.repeat, ...times);
      if (old > 0) this.toast(this.say("toast_old", { n: old }), "bad");
      if (late > 0) this.toast(this.say("toast_unknown", { n: late }), "bad");
      this.refused += old;
      this.unknown += late;
      if (old + late > 0) this.store.write(client, batches);
    }

    async question() {
      const answer = await this.ask();
      const seconds = answer === null ? undefined : answer.repeat_s;
      if (seconds === null || (Number.isFinite(seconds) && seconds >= 0)) {
        Object.assign(this, { repeat: seconds, lost: false, failedAsks: 0 });
      } else {
        this.pause("unknown", null, backoff(this.failedAsks++, ASK_CAP, this.random()));
      }
    }

    async deliver({ client, batches, batch }) {
      const before = batch.sent;
      const [now, ticks] = this.times(client);
      if (before === null) Object.assign(batch, { sent: now, tick: ticks });
      batch.tries += 1;
      this.store.write(client, batches);
      this.flight = { client, seq: batch.seq };
      const answer = await this.post(payload(client, batch, now, ticks));
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
      this.takeTurns(client, result);
      if (result === "done") {
        this.sent += batch.taps.length;
        this.untold.push(...batch.taps);
        this.tell();
      } else if (result === "refused") {
        this.refused += batch.taps.length;
        this.toast(this.say("toast_refused", { message: answer.json.message }), "bad");
      } else {
        this.pause(result, answer, backoff(this.failedPosts++, POST_CAP, this.random()));
      }
    }

    takeTurns(client, result) {
      if (result === "done") this.tried.clear();
      this.tried.delete(client);
      if (result === "unknown") this.tried.add(client);
    }

    /** Says what was sent, once the texts of all of it are known. */
    tell() {
      if (this.untold.length === 0 || !this.untold.every(([type]) => this.texts[type])) return;
      this.toast(sentText(this.untold, this.texts), "good");
      this.untold = [];
    }

    pause(result, answer, ms) {
      const seconds = answer === null ? 0 : answer.retryAfter;
      const wish = Math.max(0, Math.min(seconds * 1000, RETRY_CAP)) * (1 + this.random() / 4);
      this.wished = this.ticks() + wish;
      this.notBefore = this.ticks() + (result === "forbidden" ? POST_CAP : Math.max(wish, ms));
      this.forbidden = result === "forbidden";
      if (result === "unknown") Object.assign(this, { lost: true, repeat: undefined });
      if (!this.troubled) this.toast(this.troubleText(result, answer), "bad");
      this.troubled = true;
    }

    troubleText(result, answer) {
      const message = answer?.json?.message || this.say("no_answer");
      return this.say(result === "forbidden" ? "toast_forbidden" : "toast_repeat", { message });
    }

    isFlying(client, batch) {
      return this.flight !== null && this.flight.client === client && this.flight.seq === batch.seq;
    }

    /** Whether the browser may send the batch after the page is gone. */
    mayHandOver(client, batch) {
      // A beacon that nobody can take would make a tap that may wait for a day a lost one.
      if (batch.sent === null) return !this.lost && this.online();
      if (this.isFlying(client, batch)) return true;
      return this.repeat !== undefined && mayRepeat(batch, this.repeat, ...this.times(client));
    }

    /** The page goes away: hand all that is unacknowledged, and may be sent, to the browser. */
    leave() {
      for (const client of [this.client, ...this.others]) {
        const batches = this.store.read(client);
        const allowed = batches.filter((batch) => this.mayHandOver(client, batch));
        for (const batch of allowed) this.handOver(client, batch);
        this.store.write(client, batches);
      }
    }

    handOver(client, batch) {
      const [now, ticks] = this.times(client);
      if (!this.beacon(payload(client, batch, now, ticks))) return;
      if (batch.sent === null) Object.assign(batch, { sent: now, tick: ticks });
      batch.tries += 1;
    }
  }

  const all = Object.assign({}, batching, { Queue, backoff, describe, sentText, verdict });
  if (typeof module !== "undefined") module.exports = all;
  else window.clickQueue = all;
}
