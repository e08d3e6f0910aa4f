"use strict";
{
  const isPage = typeof module === "undefined";
  const batching = isPage ? window.clickBatches : require("./batches.js");
  const { acknowledge, append, countTaps, expire, forget, mayRepeat, payload } = batching;
  const { DELIVERY_AFTER, Pause, outcomeOf, sentText } = isPage ? window.clickDelivery : require("./delivery.js");
  const TAP_DELAY_MS = 250;
  const LONGEST_TIMER_MS = 2 ** 31 - 1;
  const IDLE = { name: "idle" };

  /** The taps of this page, and of earlier pages, on their way to the server: one batch at a time. */
  class Queue {
    /**
     * store: a Store; client: this page's id; server: post(body), ask(), beacon(body), isOnline();
     * clock: now(), ticks() (ms that nobody sets), setTimer(run, ms), clearTimer(timer); random(): 0 to 1;
     * page: texts (the toast of each type), text(key, values), toast(text, kind), onChange().
     */
    constructor({ store, client, server, clock, random, page }) {
      // Class fields would raise the floor: Safari reads them only since iOS 14.1.
      this.store = store;
      this.client = client;
      this.server = server;
      this.clock = clock;
      this.page = page;
      this.pause = new Pause(clock, random);
      this.activity = IDLE; // Else asking (how long repeats are safe) or posting (client, seq).
      this.alarm = null; // The next run: its timer and the tick at which it is due.
      this.delivery = "clear"; // Or delayed, forbidden or lost: see delivery.js.
      this.nextSeq = 0; // The number of this page's next batch.
      this.repeatSeconds = undefined; // How long repeats are safe; null: for ever; undefined: not known.
      this.otherClients = []; // The earlier pages that left batches.
      this.waitingOfOthers = 0; // Their taps, as of the last count.
      this.uncertainClients = new Set(); // Those with a batch of unknown outcome, least recently tried first.
      this.sent = 0; // Taps that the server has acknowledged.
      this.refused = 0; // Taps that the server refuses for good, or that are too old.
      this.unknown = 0; // Taps that may not be repeated any more, of unknown outcome.
      this.unannounced = []; // Acknowledged taps for which no toast was shown yet.
    }

    /** Stores a tap of this page and sends it soon. */
    tap(type) {
      const batches = this.store.read(this.client);
      this.nextSeq = append(batches, this.nextSeq, [type, this.clock.now(), Math.round(this.clock.ticks())]);
      this.store.write(this.client, batches);
      this.wake(TAP_DELAY_MS);
      this.page.onChange();
    }

    /** Takes over what other pages of this origin left, and sends as soon as the server allows. */
    adopt() {
      this.otherClients = this.store.clients().filter((client) => client !== this.client);
      this.recountOthers();
      this.repeatSeconds = undefined;
      this.pause.shorten();
      this.run();
    }

    /** The number of taps that wait, of this page and of others. */
    waiting() {
      return countTaps(this.store.read(this.client)) + this.waitingOfOthers;
    }

    /** Counts what earlier pages left: too much to read at every tap. */
    recountOthers() {
      this.waitingOfOthers = countTaps(this.otherClients.flatMap((client) => this.store.read(client)));
    }

    /** Both clocks for the client's taps: its ticks mean nothing to another page. */
    times(client) {
      return [this.clock.now(), client === this.client ? this.clock.ticks() : undefined];
    }

    /** Runs in so many milliseconds, or at the end of the pause if that is later; an earlier alarm stays. */
    wake(ms) {
      const ticks = this.clock.ticks();
      const due = Math.max(ticks + ms, this.pause.end);
      if (this.alarm !== null && this.alarm.due <= due) return;
      if (this.alarm !== null) this.clock.clearTimer(this.alarm.timer);
      const onAlarm = () => {
        this.alarm = null;
        this.run();
      };
      this.alarm = { timer: this.clock.setTimer(onAlarm, Math.min(due - ticks, LONGEST_TIMER_MS)), due };
    }

    /** Asks and posts, one request after the other, until nothing waits or a pause begins. */
    async run() {
      if (this.activity !== IDLE) return;
      try {
        for (let next = this.pick(); next !== null; next = this.pick()) {
          const { client, batch } = next;
          this.activity = this.mustAsk(batch) ? { name: "asking" } : { name: "posting", client, seq: batch.seq };
          await (this.activity.name === "asking" ? this.ask() : this.post(next));
        }
      } finally {
        this.activity = IDLE;
      }
      this.recountOthers();
      this.page.onChange();
      if (this.waiting() > 0) this.wake(0);
    }

    /** Whether the server must say how long repeats are safe before the batch is sent. */
    mustAsk(batch) {
      return this.repeatSeconds === undefined && (this.delivery === "lost" || batch.sent !== null);
    }

    /** The next batch to send, once those that came too late are dropped; null in a pause. */
    pick() {
      if (!this.pause.hasEnded()) return null;
      for (const client of this.turns()) {
        const batches = this.store.read(client);
        this.dropLate(client, batches);
        if (batches.length > 0) return { client, batches, batch: batches[0] };
        this.otherClients = this.otherClients.filter((other) => other !== client);
      }
      return null;
    }

    /** This page first; clients with a batch of unknown outcome last, least recently tried first. */
    turns() {
      const clients = [this.client, ...this.otherClients];
      const uncertain = [...this.uncertainClients].filter((client) => clients.includes(client));
      return [...clients.filter((client) => !this.uncertainClients.has(client)), ...uncertain];
    }

    dropLate(client, batches) {
      const times = this.times(client);
      const old = expire(batches, ...times);
      const late = this.repeatSeconds === undefined ? 0 : forget(batches, this.repeatSeconds, ...times);
      if (old > 0) this.page.toast(this.page.text("toast_old", { n: old }), "bad");
      if (late > 0) this.page.toast(this.page.text("toast_unknown", { n: late }), "bad");
      this.refused += old;
      this.unknown += late;
      if (old + late > 0) this.store.write(client, batches);
    }

    async ask() {
      const answer = await this.server.ask();
      const seconds = answer === null ? undefined : answer.repeat_s;
      if (seconds === null || (Number.isFinite(seconds) && seconds >= 0)) {
        this.conclude("answered", answer);
        this.repeatSeconds = seconds;
        this.pause.failedAsks = 0;
      } else {
        this.conclude("unknown", null);
        this.pause.afterAsk();
      }
    }

    async post({ client, batches, batch }) {
      const sentBefore = batch.sent;
      const [now, ticks] = this.times(client);
      markSent(batch, now, ticks);
      this.store.write(client, batches);
      const answer = await this.server.post(payload(client, batch, now, ticks));
      const outcome = outcomeOf(answer);
      this.keepOrRemove(client, batch, sentBefore, outcome);
      this.takeTurns(client, outcome);
      this.conclude(outcome, answer);
      if (outcome === "done") {
        this.sent += batch.taps.length;
        this.unannounced.push(...batch.taps);
        this.announce();
      } else if (outcome === "refused") {
        this.refused += batch.taps.length;
        this.page.toast(this.page.text("toast_refused", { message: answer.json.message }), "bad");
      } else {
        this.pause.afterPost(outcome, answer);
      }
    }

    keepOrRemove(client, batch, sentBefore, outcome) {
      const batches = this.store.read(client);
      if (outcome === "done" || outcome === "refused") {
        acknowledge(batches, batch.seq, batch.taps.length);
      } else if (outcome !== "unknown") {
        // If another page has tried the batch meanwhile, that page's outcome stands.
        const same = batches.find((each) => each.seq === batch.seq && each.tries === batch.tries);
        if (same) same.sent = sentBefore;
      }
      this.store.write(client, batches);
    }

    takeTurns(client, outcome) {
      if (outcome === "done") this.uncertainClients.clear();
      this.uncertainClients.delete(client);
      if (outcome === "unknown") this.uncertainClients.add(client);
    }

    /** Takes the delivery to its next state; only the first failure after a success shows a toast. */
    conclude(outcome, answer) {
      const before = this.delivery;
      this.delivery = DELIVERY_AFTER[outcome](before);
      if (this.delivery === "lost") this.repeatSeconds = undefined;
      if (this.delivery === "clear") this.pause.failedPosts = 0;
      else if (before === "clear") this.page.toast(this.troubleText(answer), "bad");
    }

    troubleText(answer) {
      const message = answer?.json?.message || this.page.text("no_answer");
      return this.page.text(this.delivery === "forbidden" ? "toast_forbidden" : "toast_repeat", { message });
    }

    /** Shows a toast for what was sent, once the texts of all its types are known. */
    announce() {
      const { texts } = this.page;
      if (this.unannounced.length === 0 || !this.unannounced.every(([type]) => texts[type])) return;
      this.page.toast(sentText(this.unannounced, texts), "good");
      this.unannounced = [];
    }

    /** The page goes away: hands the browser every waiting batch that may be sent. */
    leave() {
      for (const client of [this.client, ...this.otherClients]) {
        const batches = this.store.read(client);
        const allowed = batches.filter((batch) => this.mayHandOver(client, batch));
        for (const batch of allowed) this.handOver(client, batch);
        this.store.write(client, batches);
      }
    }

    /** Whether the browser may send the batch after the page has gone. */
    mayHandOver(client, batch) {
      // Never sent, it may wait for a day; a beacon that the server does not get would lose it.
      if (batch.sent === null) return this.delivery !== "lost" && this.server.isOnline();
      if (this.activity.client === client && this.activity.seq === batch.seq) return true;
      const seconds = this.repeatSeconds;
      return seconds !== undefined && mayRepeat(batch, seconds, ...this.times(client));
    }

    handOver(client, batch) {
      const [now, ticks] = this.times(client);
      if (this.server.beacon(payload(client, batch, now, ticks))) markSent(batch, now, ticks);
    }
  }

  /** Notes a try, and the time of the first one. */
  function markSent(batch, now, ticks) {
    if (batch.sent === null) Object.assign(batch, { sent: now, tick: ticks });
    batch.tries += 1;
  }

  if (isPage) window.clickQueue = { Queue };
  else module.exports = { Queue };
}
