"use strict";
const { Store } = require("../../assets/clicker/batches.js");
const { Queue } = require("../../assets/clicker/queue.js");

const SITE = "/room/";
const TEXTS = new Map([["cheers", "Event sent: CHEERS 🚀"], ["hate", "Event sent: HATE 🚀"]]);
const DONE = { status: 200, json: { status: "success" }, retryAfter: 0 };
const NOT_APPENDED = { status: 503, json: { status: "error", message: "Failed to send to Kafka", appended: false }, retryAfter: 1 };
const MAYBE_APPENDED = { status: 503, json: { status: "error", message: "Failed to send to Kafka" }, retryAfter: 1 };

/** A text as its key and its values, so that a test sees both. */
function text(key, values = {}) {
  return [key, ...Object.values(values)].join(" ");
}

class MemoryStorage {
  constructor() {
    this.items = new Map();
  }
  get length() {
    return this.items.size;
  }
  key(at) {
    return [...this.items.keys()][at];
  }
  getItem(key) {
    return this.items.has(key) ? this.items.get(key) : null;
  }
  setItem(key, value) {
    this.items.set(key, value);
  }
  removeItem(key) {
    this.items.delete(key);
  }
}

/** A queue whose clock, timers and server are in the test's hand. */
function world({ storage = new MemoryStorage(), client = "me", answers = [], asked = [], texts = TEXTS } = {}) {
  const heard = { posted: [], asks: 0, toasts: [], delays: [], timers: [], beacons: [], logs: [], hints: 0 };
  const state = { time: 1000000, jump: 0, online: true, answers, asked, ...heard };
  const store = new Store(storage, SITE);
  const server = {
    post: async (body) => {
      state.posted.push(JSON.parse(body));
      const answer = state.answers.length > 0 ? state.answers.shift() : DONE;
      return typeof answer === "function" ? answer() : answer;
    },
    ask: async () => {
      state.asks += 1;
      const json = state.asked.length > 0 ? state.asked.shift() : { repeat_s: null };
      return json && { status: 200, json, retryAfter: 0 };
    },
    beacon: (body) => state.beacons.push(JSON.parse(body)) > 0,
    isOnline: () => state.online,
  };
  const clock = {
    now: () => state.time + state.jump,
    ticks: () => state.time,
    setTimer: (run, ms) => {
      state.delays.push(ms);
      const timer = { run, due: state.time + ms };
      state.timers.push(timer);
      return timer;
    },
    clearTimer: (timer) => state.timers.splice(state.timers.indexOf(timer), 1),
  };
  const toast = (shown) => state.toasts.push(shown);
  const onHint = () => (state.hints += 1);
  const page = { texts, text, toast, onChange: () => {}, onLog: (log) => state.logs.push(log), onHint };
  const queue = new Queue({ store, client, server, clock, random: () => 0.5, page });
  const settle = async () => {
    for (let turn = 0; turn < 50; turn += 1) await null;
  };
  const pass = async (ms) => {
    state.time += ms;
    const due = state.timers.filter((timer) => timer.due <= state.time);
    state.timers = state.timers.filter((timer) => timer.due > state.time);
    for (const timer of due) timer.run();
    await settle();
  };
  const go = async () => {
    queue.run();
    await settle();
  };
  return { store, server, state, queue, storage, pass, go, settle };
}

module.exports = { DONE, MAYBE_APPENDED, SITE, MemoryStorage, NOT_APPENDED, TEXTS, text, world };
