"use strict";
{
  const isPage = typeof module === "undefined";
  const { Alarm } = isPage ? window.clickAlarm : require("./alarm.js");
  // A new talk shows within 10 s: a proxy keeps an answer for 1 s, and a process may hear of it 1 s later.
  const PERIOD_MS = 8000;
  const SHORTEST_MS = 1000;
  const EAGER_MS = 4000;
  const KEY = /^[a-z0-9_-]{1,32}$/;

  const isText = (value) => typeof value === "string";
  const isReaction = (value) => isText(value?.key) && KEY.test(value.key) && isText(value.label);

  /** The running talk as an answer says, null without one; undefined if the answer does not say. */
  function talkOf(answer) {
    const talk = answer?.status === 200 ? answer.json?.talk : undefined;
    if (!talk) return talk === null ? null : undefined;
    const { id, title, reactions, taps } = talk;
    const isTalk = [id, title, taps].every(isText) && Array.isArray(reactions) && reactions.every(isReaction);
    return isTalk && reactions.length > 0 ? { id, title, reactions, taps } : undefined;
  }

  /** What to say of a change: the key of a text and its values; null if nothing is worth a word. */
  function changeOf(talk, before) {
    if (before === undefined) return null;
    if (talk === null) return ["talk_over", {}];
    // The title may be from right to left, and what follows it not.
    if (before?.id !== talk.id || before.title !== talk.title) return ["talk_now", { title: `\u2068${talk.title}\u2069` }];
    if (before.taps === talk.taps) return null;
    return [talk.taps === "closed" ? "buttons_closed" : "buttons_open", {}];
  }

  /** Asks which talk runs: at once when told to, and time and again while somebody looks at the page. */
  class TalkWatch {
    /** ask(): status and JSON, or null; isAway(): hidden or offline; onTalk(talk, before): it has changed. */
    constructor({ ask, clock, isAway, onTalk }) {
      this.ask = ask;
      this.clock = clock;
      this.isAway = isAway;
      this.onTalk = onTalk;
      this.talk = undefined; // Null without one; undefined until the site has said so.
      this.isAsking = false;
      this.asked = -Infinity; // The tick of the last question.
      this.eagerEnd = -Infinity; // The tick until which a change is likely to be seen soon.
      this.alarm = new Alarm(clock, () => this.look());
    }

    /** Asks now, or as soon as the answer may be another one. */
    async look() {
      if (this.isAway() || this.isAsking) return;
      const next = this.asked + SHORTEST_MS;
      if (this.clock.ticks() >= next) await this.inquire();
      else this.alarm.set(next);
    }

    /** Takes the talk that the page came with (null: it knew of none), unless the site has said which runs by now. */
    begin(talk) {
      const known = talkOf({ status: 200, json: { talk } });
      if (known && this.talk === undefined) this.note(known);
    }

    /** Somebody says that the buttons are others now: the site may show it at once, or in a second. */
    hint() {
      this.eagerEnd = this.clock.ticks() + EAGER_MS;
      this.look();
    }

    async inquire() {
      this.isAsking = true;
      this.asked = this.clock.ticks();
      this.alarm.stop();
      const talk = talkOf(await this.ask());
      this.isAsking = false;
      if (talk !== undefined) this.note(talk);
      this.alarm.set(this.asked + (this.clock.ticks() < this.eagerEnd ? SHORTEST_MS : PERIOD_MS));
    }

    note(talk) {
      const before = this.talk;
      if (JSON.stringify(talk) === JSON.stringify(before)) return;
      this.talk = talk;
      if (before !== undefined) this.eagerEnd = -Infinity;
      this.onTalk(talk, before);
    }
  }

  if (isPage) window.clickTalk = { TalkWatch, changeOf };
  else module.exports = { TalkWatch, changeOf, talkOf };
}
