"use strict";
// A model of the site for random walks: it appends what a request carries, now, later or never, recognises a
// repeat for `memory` ms, and keeps of each tap what could go wrong with it.

const ERROR = { status: "error", message: "no" };
const answer = (status, json) => ({ status, json, retryAfter: 0 });
/** What may befall a request: whether it is appended, whether the page hears the answer, and which. */
const FATES = {
  fine: { appends: true, hears: true },
  answerLost: { appends: true, hears: false },
  requestLost: { appends: false, hears: false },
  lateAndUnheard: { appends: true, hears: false, delay: 3000 },
  unclear: { appends: true, hears: true, says: answer(503, ERROR) },
  unclearAndGone: { appends: false, hears: true, says: answer(503, ERROR) },
  notNow: { appends: false, hears: true, says: answer(503, { ...ERROR, appended: false }) },
  tooMany: { appends: false, hears: true, says: answer(429, { ...ERROR, appended: false }) },
  proxy: { appends: false, hears: true, says: answer(502, null) },
  noCode: { appends: false, hears: true, says: answer(401, ERROR) },
};

class SiteModel {
  constructor({ now, pick, memory }) {
    Object.assign(this, { now, pick, memory });
    this.log = "log-0";
    this.logStart = now();
    this.knowsFrom = 0; // The time from which on the site knows its log and what it forgets.
    this.fates = ["fine"];
    this.records = []; // Of all logs: identity, log, time, counted.
    this.unheard = new Map(); // Identity to the time of its first sending whose outcome no page knows.
    this.unfinished = []; // What is appended later.
  }

  /** The log is replaced while the site is away for a moment. */
  replaceLog(name) {
    this.finish();
    Object.assign(this, { log: name, logStart: this.now(), knowsFrom: this.now() + 1000 });
  }

  finish() {
    const due = this.unfinished.filter(({ at }) => at <= this.now());
    this.unfinished = this.unfinished.filter(({ at }) => at > this.now());
    for (const { body, at, log } of due) if (log === this.log) this.append(body, at);
  }

  append({ client, seq, clicks }, time) {
    for (const index of clicks.keys()) {
      const identity = `${client}:${seq}:${index}`;
      const since = time - this.memory;
      const isKnown = this.records.some((r) => r.identity === identity && r.log === this.log && r.time >= since);
      this.records.push({ identity, log: this.log, start: this.logStart, time, counted: !isKnown });
    }
  }

  repeatSeconds() {
    return this.memory === Infinity ? null : Math.floor(this.memory / 2000);
  }

  isKnowing() {
    return this.now() >= this.knowsFrom;
  }

  ask() {
    const fate = FATES[this.pick(this.fates)];
    if (!fate.hears) return null;
    if (fate === FATES.proxy) return fate.says;
    if (!this.isKnowing()) return answer(503, { ...ERROR, appended: false });
    return answer(200, { repeat_s: this.repeatSeconds(), log: this.log });
  }

  /** Why the site refuses these clicks although it is well, or null. */
  conflict({ log, first_sent_ms: since }) {
    const isUnsure = (log !== undefined || since !== undefined) && !this.isKnowing();
    if (isUnsure) return answer(503, { ...ERROR, appended: false });
    if (log !== undefined && log !== this.log) return answer(409, { ...ERROR, appended: false, log: this.log });
    const isLate = since !== undefined && this.memory !== Infinity && since > 1000 * this.repeatSeconds();
    return isLate ? answer(409, { ...ERROR, appended: false, repeat_s: this.repeatSeconds() }) : null;
  }

  /** Takes a request; returns the answer that the page hears, or null. */
  take(body) {
    const fate = FATES[this.pick(this.fates)];
    const conflict = fate.appends ? this.conflict(body) : null;
    if (fate.appends && conflict === null) {
      this.unfinished.push({ body, at: this.now() + (fate.delay ?? 0), log: this.log });
      this.finish();
    }
    const says = conflict ?? fate.says ?? answer(200, { status: "success" });
    const isUnclear = fate === FATES.proxy || (says.status === 503 && says.json.appended !== false);
    if (!fate.hears || isUnclear) this.noteUnheard(body);
    return fate.hears ? says : null;
  }

  noteUnheard({ client, seq, clicks }) {
    for (const index of clicks.keys()) {
      const identity = `${client}:${seq}:${index}`;
      if (!this.unheard.has(identity)) this.unheard.set(identity, this.now());
    }
  }

  counted(identity) {
    return this.records.filter((record) => record.identity === identity && record.counted);
  }
}

module.exports = { FATES, SiteModel };
