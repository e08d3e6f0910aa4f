"use strict";
const { Store } = require("../../assets/clicker/batches.js");
const { Queue } = require("../../assets/clicker/queue.js");
const { FATES, SiteModel } = require("./site_model.js");
const { MemoryStorage, SITE, TEXTS, text } = require("./world.js");

const FLIGHT_MS = 40;
const LIMIT_MS = 20000;

/** Random numbers from 0 to 1 that are the same for the same seed. */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One browser with up to two pages of the site, and the site, in the hand of a random walk. */
class Walk {
  constructor(seed) {
    this.random = seeded(seed);
    this.wall = 1e12; // Ticks are the wall clock without the sleeps.
    this.slept = 0;
    this.timers = [];
    this.storage = new MemoryStorage();
    this.site = new SiteModel({
      now: () => this.wall,
      pick: (from) => from[Math.floor(this.random() * from.length)],
      memory: this.any([12000, 60000, Infinity]),
    });
    this.pages = [];
    this.opened = 0;
    this.taps = []; // Of all pages: identity, time, and the log if the page knew it.
    this.wrongs = [];
  }

  any(choices) {
    return choices[Math.floor(this.random() * choices.length)];
  }

  after(page, ms, run) {
    const timer = { page, run, due: this.wall + ms };
    this.timers.push(timer);
    return timer;
  }

  async settle() {
    for (let turn = 0; turn < 30; turn += 1) await null;
  }

  /** Lets time pass, timer by timer. */
  async pass(ms) {
    const end = this.wall + ms;
    for (;;) {
      const next = this.timers.filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0];
      if (!next) break;
      this.timers.splice(this.timers.indexOf(next), 1);
      this.wall = Math.max(this.wall, next.due);
      this.site.finish();
      next.run();
      await this.settle();
    }
    this.wall = end;
    this.site.finish();
    await this.settle();
  }

  /** The machine sleeps: the wall clock goes on, the ticks and the timers do not; no connection outlives it. */
  async sleep(ms) {
    const arrivals = this.timers.filter((timer) => timer.arrives);
    this.timers = this.timers.filter((timer) => !timer.arrives);
    for (const { run } of arrivals) run();
    for (const timer of this.timers) timer.due += ms;
    this.wall += ms;
    this.slept += ms;
    this.site.finish();
    await this.settle();
  }

  open() {
    const page = { client: `page${this.opened}`, flights: new Set(), heard: "nothing", isOpen: true };
    this.opened += 1;
    page.queue = new Queue({
      store: new Store(this.storage, SITE),
      client: page.client,
      server: {
        post: (body) => this.fly(page, JSON.parse(body)),
        ask: () => this.fly(page, null),
        beacon: (body) => this.beacon(page, JSON.parse(body)),
        isOnline: () => true,
      },
      clock: {
        now: () => this.wall,
        ticks: () => this.wall - this.slept,
        setTimer: (run, ms) => this.after(page, ms, run),
        clearTimer: (timer) => (this.timers = this.timers.filter((each) => each !== timer)),
      },
      random: this.random,
      page: { texts: TEXTS, text, toast: () => {}, onChange: () => {}, onLog: () => {} },
    });
    this.pages.push(page);
    page.queue.adopt();
    return page;
  }

  /** A request, which takes a moment each way; without an answer the page waits for its limit, or not. */
  fly(page, body) {
    return new Promise((resolve) => {
      const flight = { body, end: resolve, isSent: false };
      page.flights.add(flight);
      this.after(page, FLIGHT_MS, () => this.arrive(page, flight)).arrives = true;
    });
  }

  arrive(page, flight) {
    flight.isSent = true;
    const said = flight.body === null ? this.site.ask() : this.site.take(flight.body);
    const wait = said === null ? this.any([FLIGHT_MS, LIMIT_MS]) : FLIGHT_MS;
    flight.timer = this.after(page, wait, () => {
      page.flights.delete(flight);
      const isForLost = flight.body === null && page.queue.delivery === "lost" && said?.status === 502;
      if (flight.body !== null || isForLost) page.heard = said === null ? "nothing" : String(said.status);
      flight.end(said);
    });
  }

  tap(page) {
    page.queue.tap(this.any(["cheers", "hate"]));
    const batch = page.queue.store.read(page.client).at(-1);
    const identity = `${page.client}:${batch.seq}:${batch.taps.length - 1}`;
    this.taps.push({ identity, time: this.wall, log: batch.log });
  }

  beacon(page, body) {
    const isKnownToFail = ["503", "502", "429", "401"].includes(page.heard);
    const wasNeverSent = !this.site.unheard.has(`${body.client}:${body.seq}:0`);
    const flights = this.pages.flatMap((each) => [...each.flights]);
    const isFlying = flights.some((flight) => flight.body?.seq === body.seq);
    if (isKnownToFail && wasNeverSent && !isFlying && !page.ended) {
      this.wrongs.push(`${body.client}:${body.seq} was handed over after ${page.heard}`);
    }
    this.site.noteUnheard(body);
    const arrive = () => this.any([true, true, false]) && this.site.take(body);
    this.after(null, this.any([5, 500]), arrive).arrives = true;
    return true;
  }

  /** The page ends: in Chromium pagehide comes before its requests end, elsewhere they are rejected first. */
  async leave(page, engine) {
    const flying = [...page.flights];
    for (const { body, isSent } of flying) {
      if (body === null) continue;
      this.site.noteUnheard(body);
      if (!isSent && this.any([true, false])) this.site.take(body);
    }
    this.timers = this.timers.filter((timer) => timer.page !== page || !flying.some((each) => each.timer === timer));
    if (engine !== "chromium") {
      for (const flight of flying) {
        page.flights.delete(flight);
        flight.end(null);
      }
      page.ended = flying.length > 0;
      await this.settle();
      await this.pass(this.any([0, 100, 300]));
    }
    page.queue.leave();
    this.end(page);
  }

  /** The page is gone without a word, as when the system ends it. */
  end(page) {
    page.isOpen = false;
    for (const { body } of page.flights) if (body !== null) this.site.noteUnheard(body);
    this.timers = this.timers.filter((timer) => timer.page !== page);
    this.pages = this.pages.filter((each) => each !== page);
  }

  async step() {
    const page = this.any(this.pages) ?? this.open();
    const steps = {
      tap: () => this.tap(page),
      wait: () => this.pass(this.any([100, 300, 2000, 7000])),
      long: () => this.pass(this.any([30000, 90000])),
      sleep: () => this.sleep(this.any([3000, 60000, 1200000])),
      trouble: () => (this.site.fates = [this.any(Object.keys(FATES)), this.any(Object.keys(FATES)), "fine"]),
      well: () => (this.site.fates = ["fine"]),
      restart: () => (this.site.knowsFrom = this.wall + this.any([500, 9000])),
      second: () => this.pages.length < 2 && this.open(),
      leave: () => this.leave(page, this.any(["chromium", "firefox"])),
      killed: () => this.end(page),
      newLog: () => this.any([true, false, false]) && this.site.replaceLog(`log-${this.taps.length}-${this.opened}`),
    };
    const names = ["tap", "tap", "tap", "wait", "wait", "wait", "trouble", "trouble", ...Object.keys(steps)];
    const name = this.any(names);
    await steps[name]();
    return name;
  }
}

module.exports = { Walk };
