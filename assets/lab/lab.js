"use strict";
{
  const isPage = typeof module === "undefined";
  const { Journey } = isPage ? window.labJourney : require("./journey.js");
  const { Pause } = isPage ? window.labPause : require("./pause.js");
  const CLICK = "kafka/click";
  const LAB = "kafka/lab";
  const SLOW_MS = 1000;
  const QUICK_MS = 100;
  const MANY = 200;
  const EXPERIMENTS = ["again", "broken", "pause", "old", "many"];

  /** What the page knows of the laboratory, asks of it and sends to it. */
  class Lab {
    /**
     * send(method, path, body): resolves to status (0: no answer), answer and retryMs; now(): ms of a clock that
     * nobody sets; wall(): epoch ms; client: an id of this page; isHidden(): whether nobody sees it; show(): changed.
     */
    constructor({ send, now, wall, client, isHidden, show }) {
      Object.assign(this, { send, now, wall, client, isHidden, show });
      this.seq = 0;
      this.answer = null; // The newest of the laboratory.
      this.answered = null; // The tick at which it came.
      this.asked = null; // The tick of the request that is on its way.
      this.askedLast = -Infinity;
      this.failure = null; // Status and message of the last request, if it failed.
      this.listeners = []; // Hear of each answer.
      this.journey = null; // The newest, which the stations show.
      this.tapped = null; // The newest that was a tap of one, which can be sent again.
      this.outcomes = {}; // By experiment: its newest journey or pause.
      this.own = new Set(); // The places of this page's records.
      this.log = null; // The id of the log that they are in.
    }

    /** Asks if it is time: at once while a journey waits for its record, else each second; not while hidden. */
    async tick() {
      if (this.asked !== null || this.isHidden()) return;
      const period = this.journeys.some((each) => each.isWaiting) ? QUICK_MS : SLOW_MS;
      if (this.now() - this.askedLast < period) return;
      await this.ask();
    }

    get journeys() {
      return [this.journey, ...Object.values(this.outcomes)].filter((each) => each instanceof Journey);
    }

    async ask() {
      this.asked = this.askedLast = this.now();
      const { status, answer } = await this.send("GET", LAB);
      const now = this.now();
      this.asked = null;
      if (status === 200 && isLab(answer)) {
        this.answer = answer;
        this.answered = now;
        this.failure = null;
        this.follow(answer.log);
        for (const listener of this.listeners) listener(answer, now);
      } else {
        this.failure = { status, message: (answer && answer.message) || "" };
      }
      for (const each of this.journeys) {
        if (this.failure === null) each.look(answer, now);
        each.giveUp(now);
      }
      if (this.failure === null && this.outcomes.pause instanceof Pause) this.outcomes.pause.look(answer, now);
      this.show();
    }

    /** Forgets what stands in a log that is another one now: its places are those of other records. */
    follow(log) {
      if (log === null || log === this.log) return;
      if (this.log !== null) {
        this.own.clear();
        this.tapped = null;
        this.outcomes = {};
        // What is still on its way gets its place in the new log.
        if (this.journey !== null && this.journey.state !== "sent") this.journey = null;
      }
      this.log = log;
    }

    /** Whether whoever looks may experiment, as the server has said. */
    get mayChange() {
      return this.answer !== null && this.answer.may_change;
    }

    /** Whether the experiment can be made: a file has no place for what is broken, and Flink does not pause. */
    may(what, { isFile, isFlink }) {
      const isPossible = { broken: !isFile, pause: !isFlink, again: this.tapped !== null };
      return this.mayChange && isPossible[what] !== false;
    }

    get isPausing() {
      const { pause } = this.outcomes;
      return pause !== undefined && pause.state === "pausing";
    }

    /** Sends one tap of this type, which was pressed at this tick. */
    tap(type, pressed) {
      return this.post("tap", [{ type, age_ms: 0 }], pressed);
    }

    /** Does the experiment; value: the kind of what is broken, or the age (s) of a tap. */
    experiment(what, value, pressed) {
      if (!this.mayChange || !EXPERIMENTS.includes(what)) return null;
      const [{ key }] = this.answer.reactions;
      if (what === "again") return this.again(pressed);
      if (what === "pause") return this.isPausing ? null : this.pause();
      if (what === "old") return this.post("old", [{ type: key, age_ms: value * 1000 }], pressed);
      if (what === "many") return this.post("many", Array(MANY).fill({ type: key, age_ms: 0 }), pressed);
      return this.travel({ kind: "broken", path: `${LAB}/broken`, body: { kind: value }, pressed });
    }

    post(kind, clicks, pressed) {
      this.seq += 1;
      const body = { client: this.client, seq: this.seq, clicks, trace: true };
      return this.travel({ kind, path: CLICK, body, pressed });
    }

    /** Sends the newest tap once more, as a phone does that got no answer. */
    again(pressed) {
      const first = this.tapped;
      if (first === null) return null;
      return this.travel({ kind: "again", path: CLICK, body: first.body, pressed, first });
    }

    async travel(parts) {
      const journey = new Journey({ ...parts, at: this.wall() - (this.now() - parts.pressed) });
      this.journey = journey;
      if (journey.kind === "tap") this.tapped = journey;
      else this.outcomes[journey.kind] = journey;
      journey.sent = this.now();
      const sending = this.send("POST", journey.path, journey.body);
      this.show();
      const reply = await sending;
      journey.take(reply, this.now());
      for (const { partition, offset } of journey.placed) this.own.add(`${partition}/${offset}`);
      this.show();
      return journey;
    }

    async pause() {
      const { status, answer } = await this.send("POST", `${LAB}/pause`, {});
      const isPaused = status === 200 && answer;
      this.outcomes.pause = isPaused ? new Pause(answer.process, this.now()) : refusedPause(status, answer);
      this.show();
    }
  }

  /** A pause that did not begin, as outcomeOf reads it. */
  function refusedPause(status, answer) {
    return { state: status === 0 ? "lost" : "refused", refusal: { status, message: (answer && answer.message) || "" } };
  }

  function isLab(answer) {
    return answer !== null && typeof answer === "object" && Array.isArray(answer.records) && "as_of" in answer;
  }

  const lab = { Lab, MANY, QUICK_MS };
  if (isPage) window.labLab = lab;
  else module.exports = lab;
}
