"use strict";
{
  const isPage = typeof module === "undefined";
  const LONGEST_ASK_PAUSE_MS = 5000;
  const LONGEST_POST_PAUSE_MS = 30000;
  const LONGEST_RETRY_AFTER_MS = 60000;
  // Only the site says `appended`: a host's own rules may refuse what the site would take.
  const NOT_APPENDED = { 400: "refused", 413: "refused", 415: "refused", 503: "unsent" };
  const OUTCOMES = { 401: "forbidden", 403: "forbidden" };
  const ASK_OUTCOMES = { 401: "forbidden", 403: "forbidden", 503: "unsure" };

  // The state of delivery after each outcome of a request; docs/delivery.md draws the whole machine:
  // - clear: nothing has failed since the last success;
  // - delayed: the server took nothing, for now;
  // - forbidden: the server does not let this page write;
  // - lost: nobody knows what the server took, so it is asked before anything is sent.
  const DELIVERY_AFTER = {
    done: () => "clear",
    refused: () => "clear",
    late: () => "clear",
    closed: () => "clear",
    unsent: () => "delayed",
    forbidden: () => "forbidden",
    unknown: () => "lost",
    moved: isReachable,
    unoffered: isReachable,
    answered: isReachable,
    unsure: isReachable,
  };

  function isReachable(before) {
    return before === "lost" ? "delayed" : before;
  }

  /** What an answer to a POST (null: none came) means for the batch in it. */
  function outcomeOf(answer) {
    if (answer === null) return "unknown";
    const { status } = answer;
    const json = answer.json ?? {};
    if (status === 200 && json.status === "success") return "done";
    if (status === 429) return "unsent";
    if (status === 409) return conflictOf(json);
    if (json.appended === false && status in NOT_APPENDED) return refusalOf(status, json);
    // Not 404: a server that restarts, or a proxy, may answer so for a moment.
    return (json.status === "error" && OUTCOMES[status]) || "unknown";
  }

  /** Why the site takes the batch not at all, or not now: there may be no button for its types yet. */
  function refusalOf(status, { unknown }) {
    return status === 400 && Array.isArray(unknown) ? "unoffered" : NOT_APPENDED[status];
  }

  /** Which of the batch's conditions does not hold. */
  function conflictOf({ appended, log, repeat_s: repeatSeconds }) {
    if (appended !== false) return "unknown";
    if (typeof log === "string") return "moved";
    // The presenter has closed the buttons: the site names no condition of the batch.
    return repeatSeconds === undefined ? "closed" : "late";
  }

  /** What an answer to the question how long repeats are safe (null: none came) means. */
  function askOutcomeOf(answer) {
    const { status, json } = answer ?? {};
    const seconds = json?.repeat_s;
    if (status === 200 && (seconds === null || (Number.isFinite(seconds) && seconds >= 0))) return "answered";
    return (json?.status === "error" && ASK_OUTCOMES[status]) || "unknown";
  }

  /** A pause in milliseconds that doubles with each attempt up to a cap; `random` (0 to 1) spreads it. */
  function backoff(attempt, cap, random) {
    return Math.min(cap, 500 * 2 ** Math.min(attempt, 10)) * (0.5 + random / 2);
  }

  /** The toast for acknowledged taps: a line for each type, in the order of the texts, a Map. */
  function sentText(taps, texts) {
    // An earlier page may have had reactions that this one has not: those are called by their keys.
    const types = new Set([...texts.keys(), ...taps.map(([type]) => type)]);
    return [...types]
      .map((type) => [texts.get(type) || type, taps.filter((tap) => tap[0] === type).length])
      .filter(([, count]) => count > 0)
      .map(([text, count]) => (count > 1 ? `${text} ×${count}` : text))
      .join("\n");
  }

  /** The state to show; taps that have waited only for a moment do not change it. */
  function stateOf({ delivery, online, waiting, moment, sent, closed }) {
    if (waiting > 0 && delivery === "forbidden") return "forbidden";
    if (waiting > 0 && (delivery === "lost" || !online)) return "offline";
    if (waiting > 0 && !moment) return "waiting";
    if (closed) return "closed";
    return sent > 0 ? "sent" : "ready";
  }

  /** The state to show, as a CSS class and as a line in the words of `text(key, values)`. */
  function describe(seen, text) {
    const state = stateOf(seen);
    const parts = [text(state, { n: state === "sent" ? seen.sent : seen.waiting })];
    if (state === "closed" && seen.sent > 0) parts.push(text("sent", { n: seen.sent }));
    if (seen.refused > 0) parts.push(text("refused", { n: seen.refused }));
    if (seen.unknown > 0) parts.push(text("unknown", { n: seen.unknown }));
    const isDoubtful = parts.length > 1 && (state === "sent" || state === "ready");
    return { kind: isDoubtful ? "doubtful" : state, text: parts.join(" · ") };
  }

  /** The time after a failure in which nothing is sent: it grows, or the server names it. */
  class Pause {
    constructor(clock, random) {
      this.clock = clock;
      this.random = random;
      this.end = 0; // The tick from which on requests may be sent.
      this.serverEnd = 0; // The tick before which the server wants no request (Retry-After).
      this.failedPosts = 0; // Since the last success.
      this.failedAsks = 0; // Since the last answer.
    }

    hasEnded() {
      return this.clock.ticks() >= this.end;
    }

    afterAsk(outcome) {
      this.begin(0, backoff(this.failedAsks, LONGEST_ASK_PAUSE_MS, this.random()));
      if (outcome === "forbidden") this.end = this.clock.ticks() + LONGEST_POST_PAUSE_MS;
      this.failedAsks += 1;
    }

    afterPost(outcome, answer) {
      const grown = backoff(this.failedPosts, LONGEST_POST_PAUSE_MS, this.random());
      const retryAfter = answer === null ? 0 : answer.retryAfter;
      this.begin(retryAfter, grown);
      if (outcome === "forbidden") this.end = this.clock.ticks() + LONGEST_POST_PAUSE_MS;
      this.failedPosts += 1;
    }

    begin(retryAfter, grown) {
      const capped = Math.max(0, Math.min(retryAfter * 1000, LONGEST_RETRY_AFTER_MS));
      const spread = capped * (1 + this.random() / 4);
      this.serverEnd = this.clock.ticks() + spread;
      this.end = this.clock.ticks() + Math.max(spread, grown);
    }

    /** Ends the pause as soon as the server allows. */
    shorten() {
      this.end = this.serverEnd;
    }
  }

  const delivery = { DELIVERY_AFTER, Pause, askOutcomeOf, backoff, describe, outcomeOf, sentText };
  if (isPage) window.clickDelivery = delivery;
  else module.exports = delivery;
}
