"use strict";
{
  const isPage = typeof module === "undefined";
  const { acknowledge, ageOf, append, countTaps, expire, forget, markSent, markUnsent, mayRepeat, payload, remove,
    withdraw } = isPage ? window.clickBatches : require("./batches.js");
  const { Alarm } = isPage ? window.clickAlarm : require("./alarm.js");
  const { Doubts } = isPage ? window.clickDoubts : require("./doubts.js");
  const { Turns } = isPage ? window.clickTurns : require("./turns.js");
  const { FRESH_MS, Knowledge } = isPage ? window.clickKnowledge : require("./knowledge.js");
  const { DELIVERY_AFTER, Pause, askOutcomeOf, outcomeOf, sentText } =
    isPage ? window.clickDelivery : require("./delivery.js");
  const TAP_DELAY_MS = 250;
  const OWN_END_MS = 3000; // Firefox and WebKit cancel the requests of a page that is left, and say later that it ends.
  const DOUBT_PAUSE_S = 1;
  const IDLE = { name: "idle" };

  /** The taps of this page, and of earlier pages, on their way to the server: one batch at a time. */
  class Queue {
    /**
     * store: a Store; client: this page's id; server: post(body), ask(), beacon(body), isOnline();
     * clock: now(), ticks() (ms that nobody sets), setTimer(run, ms), clearTimer(timer); random(): 0 to 1;
     * page: texts (a Map: the toast of each type, empty at first), text(key, values), toast(text, kind), onChange(),
     * onLog(log), onHint() (an answer says that the buttons are others now).
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
      this.alarm = new Alarm(clock, () => this.run());
      this.delivery = "clear"; // Or delayed, forbidden or lost: see delivery.js.
      this.loss = null; // The first request without an answer: its tick and batch, and the delivery before.
      this.nextSeq = 0; // The number of this page's next batch.
      this.known = new Knowledge(clock);
      this.doubts = new Doubts();
      this.isHeld = false; // Whether all that waits must wait for another answer.
      this.otherClients = []; // The earlier pages that left batches.
      this.waitingOfOthers = 0; // Their taps, as of the last count.
      this.turns = new Turns();
      this.sent = 0; // Taps that the server has acknowledged.
      this.refused = 0; // Taps that the server refuses for good, or that are too old.
      this.unknown = 0; // Taps that may not be repeated any more, of unknown outcome.
      this.unannounced = []; // Acknowledged taps for which no toast was shown yet.
    }

    /** Stores a tap of this page and sends it soon. */
    tap(type) {
      const batches = this.store.read(this.client);
      const tap = [type, this.clock.now(), Math.round(this.clock.ticks())];
      this.nextSeq = append(batches, this.nextSeq, tap, this.known.log);
      this.store.write(this.client, batches);
      this.wake(TAP_DELAY_MS);
      this.page.onChange();
    }

    /** Takes over what other pages of this origin left, and sends as soon as the server allows. */
    adopt() {
      this.otherClients = this.store.clients().filter((client) => client !== this.client);
      this.recountOthers();
      this.known.forget();
      this.pause.shorten();
      if (this.waiting() === 0) this.inquire(); // For which log the next taps are.
      else this.run();
    }

    /** Asks how long repeats are safe and which log the site counts, and notes the answer. */
    async inquire() {
      const asked = this.known.moment();
      const answer = await this.server.ask();
      const outcome = askOutcomeOf(answer);
      if (["answered", "unsure"].includes(outcome)) this.known.note(answer.json.repeat_s, asked);
      if (outcome === "answered") this.learnLog(answer.json.log, asked);
      return { outcome, answer };
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
      this.alarm.set(Math.max(this.clock.ticks() + ms, this.pause.end));
    }

    /** Asks and posts, one request after the other, until nothing waits or a pause begins. */
    async run() {
      if (this.activity !== IDLE) return;
      try {
        for (let next = this.pick(); next !== null; next = this.pick()) {
          const { client, batch } = next;
          const mustAsk = this.nextStep(batch) === "ask";
          this.activity = mustAsk ? { name: "asking" } : { name: "posting", client, seq: batch.seq };
          await (this.activity.name === "asking" ? this.ask() : this.post(next));
        }
      } finally {
        this.activity = IDLE;
      }
      this.recountOthers();
      this.page.onChange();
      if (this.waiting() > 0) this.wake(this.isHeld ? FRESH_MS : 0);
    }

    /** What the batch needs next: "post", "ask" (how long repeats are safe, which log is counted) or "hold". */
    nextStep(batch) {
      const isFirst = batch.sent === null && this.delivery !== "lost";
      const mayBeSent = isFirst || this.known.repeatSeconds !== undefined;
      if (mayBeSent && !this.known.isStray(batch)) return "post";
      return this.known.isFresh() ? "hold" : "ask";
    }

    /** The next batch to send, once those that came too late are dropped; null in a pause or if all must wait. */
    pick() {
      this.isHeld = false;
      if (!this.pause.hasEnded()) return null;
      for (const client of this.turns.order([this.client, ...this.otherClients])) {
        const batches = this.store.read(client);
        this.dropLate(client, batches);
        const batch = batches.find((each) => this.nextStep(each) !== "hold");
        if (batch) return { client, batches, batch };
        if (batches.length > 0) this.isHeld = true;
        else this.otherClients = this.otherClients.filter((other) => other !== client);
      }
      return null;
    }

    dropLate(client, batches) {
      const times = this.times(client);
      const old = expire(batches, ...times);
      const seconds = this.known.repeatSeconds;
      const strays = this.known.isSettled() ? batches.filter((batch) => this.known.isStray(batch)) : [];
      const uncertain = remove(batches, strays.filter((batch) => batch.sent !== null));
      const moved = remove(batches, strays.filter((batch) => batch.sent === null));
      const late = uncertain + (seconds === undefined ? 0 : forget(batches, seconds, ...times));
      if (old + moved + late > 0) this.store.write(client, batches);
      this.drop("refused", "toast_old", old);
      this.drop("refused", "toast_other_log", moved);
      this.drop("unknown", "toast_unknown", late);
    }

    /** Counts dropped taps and says why. */
    drop(counter, text, taps) {
      this[counter] += taps;
      if (taps > 0) this.page.toast(this.page.text(text, { n: taps }), "bad");
    }

    async ask() {
      const { outcome, answer } = await this.inquire();
      if (answer === null) this.noteLoss({});
      this.conclude(outcome, answer);
      if (outcome === "answered") this.pause.failedAsks = 0;
      else if (outcome !== "unsure") this.pause.afterAsk(outcome);
    }

    /** Notes a request without an answer, the first one since the last answer. */
    noteLoss(place) {
      if (this.loss === null) this.loss = { ...place, ticks: this.clock.ticks(), before: this.delivery };
    }

    /** Notes which log the site counts, and takes the taps of this page over to it that are for none, or new. */
    learnLog(log, asked) {
      if (!this.known.learnLog(log, asked)) return;
      this.page.onLog(log);
      const batches = this.store.read(this.client);
      const now = this.clock.now();
      const isYoung = (tap) => Math.max(now - tap[1], ageOf(tap, ...this.times(this.client))) <= FRESH_MS;
      const isNew = ({ sent, taps }) => sent === null && isYoung(taps[0]);
      const ours = batches.filter((batch) => batch.log === undefined || isNew(batch));
      for (const batch of ours) batch.log = log;
      if (ours.length > 0) this.store.write(this.client, batches);
    }

    async post({ client, batches, batch }) {
      const isRepeat = batch.sent !== null;
      const [now, ticks] = this.times(client);
      const asked = this.known.moment();
      markSent(batch, now, ticks);
      this.store.write(client, batches);
      const answer = await this.server.post(payload(client, batch, now, ticks, isRepeat));
      const outcome = outcomeOf(answer);
      this.keepOrRemove(client, batch, outcome);
      this.turns.note(client, outcome);
      if (answer === null) this.noteLoss({ client, seq: batch.seq });
      this.conclude(outcome, answer);
      if (outcome === "done") {
        this.sent += batch.taps.length;
        this.unannounced.push(...batch.taps);
        this.doubts.forget(batch.taps.map(([type]) => type));
        this.announce();
      } else if (outcome === "refused") {
        this.refused += batch.taps.length;
        this.page.toast(this.page.text("toast_refused", { message: answer.json.message }), "bad");
      } else if (outcome === "late" || (outcome === "closed" && isRepeat)) {
        this.drop("unknown", "toast_unknown", batch.taps.length);
      } else if (outcome === "closed") {
        this.drop("refused", "toast_closed", batch.taps.length);
      } else if (outcome === "unoffered") {
        this.doubt(client, batch, answer.json.unknown);
      } else {
        if (outcome === "moved") this.learnLog(answer.json.log, asked);
        this.pause.afterPost(outcome, answer);
      }
      if (outcome === "closed" || outcome === "unoffered") this.page.onHint();
    }

    /** The site has no buttons for these types of the batch: tries again, and in the end drops their taps. */
    doubt(client, batch, types) {
      this.pause.begin(DOUBT_PAUSE_S, 0);
      const gone = this.doubts.judge(types, this.clock.ticks());
      if (gone.length === 0) return;
      this.doubts.forget(gone);
      const batches = this.store.read(client);
      const { sure, uncertain } = withdraw(batches, batch.seq, gone);
      this.store.write(client, batches);
      this.drop("refused", "toast_no_button", sure);
      this.drop("unknown", "toast_unknown", uncertain);
    }

    keepOrRemove(client, batch, outcome) {
      const batches = this.store.read(client);
      if (["done", "refused", "late", "closed"].includes(outcome)) {
        acknowledge(batches, batch.seq, batch.taps.length);
      } else if (outcome !== "unknown") {
        const same = batches.find((each) => each.seq === batch.seq);
        if (same) markUnsent(same);
      }
      this.store.write(client, batches);
    }

    /** Takes the delivery to its next state; only the first failure after a success shows a toast. */
    conclude(outcome, answer) {
      const before = this.delivery;
      this.delivery = DELIVERY_AFTER[outcome](before);
      if (this.delivery === "lost") this.known.forget();
      if (answer !== null) this.loss = null;
      if (this.delivery === "clear") this.pause.failedPosts = 0;
      else if (before === "clear") this.page.toast(this.troubleText(answer), "bad");
    }

    troubleText(answer) {
      const message = answer?.json?.message || this.page.text("no_answer");
      return this.page.text(this.delivery === "forbidden" ? "toast_forbidden" : "toast_repeat", { message });
    }

    /** Shows a toast for what was sent, once the texts are known. */
    announce() {
      const { texts } = this.page;
      if (this.unannounced.length === 0 || texts.size === 0) return;
      this.page.toast(sentText(this.unannounced, texts), "good");
      this.unannounced = [];
    }

    /** The page goes away: hands the browser every waiting batch that may be sent. */
    leave() {
      for (const client of [this.client, ...this.otherClients]) {
        const batches = this.store.read(client);
        const allowed = batches.filter((batch) => this.mayHandOver(client, batch));
        for (const batch of allowed) this.handOver(client, batches, batch);
      }
    }

    /** Whether the browser may send the batch after the page has gone. */
    mayHandOver(client, batch) {
      if (this.known.isStray(batch)) return false;
      const ends = this.loss !== null && this.clock.ticks() - this.loss.ticks < OWN_END_MS ? this.loss : {};
      // Never sent, it may wait for a day: a beacon that the server refuses, or does not get, would lose it.
      if (batch.sent === null) return (ends.before ?? this.delivery) === "clear" && this.server.isOnline();
      if ([this.activity, ends].some((each) => each.client === client && each.seq === batch.seq)) return true;
      const seconds = this.known.repeatSeconds;
      return seconds !== undefined && mayRepeat(batch, seconds, ...this.times(client));
    }

    handOver(client, batches, batch) {
      const [now, ticks] = this.times(client);
      const isRepeat = batch.sent !== null;
      markSent(batch, now, ticks);
      this.store.write(client, batches);
      if (this.server.beacon(payload(client, batch, now, ticks, isRepeat))) return;
      markUnsent(batch);
      this.store.write(client, batches);
    }
  }

  if (isPage) window.clickQueue = { Queue };
  else module.exports = { Queue };
}
