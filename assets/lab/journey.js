"use strict";
{
  const WAIT_MS = 12000;

  /**
   * A request of this page on its way from a press to the counts; of several records the last one is followed.
   * Ticks are milliseconds of a clock of the page that nobody sets; `received` and `acknowledged` are seconds
   * of the server's. `state` is "sent", then "placed", and in the end "shown", "missed", "refused" or "lost";
   * "counted" where Flink counts, which tells how far it is and shows no record.
   */
  class Journey {
    /** kind: tap, again, broken, old or many; pressed: a tick, `at` in epoch ms; first: the journey that it repeats. */
    constructor({ kind, path, body, pressed, at, first = null }) {
      Object.assign(this, { kind, path, body, pressed, at, first });
      this.state = "sent";
      this.sent = null;
      this.answered = null;
      this.placed = [];
      this.received = null;
      this.acknowledged = null;
      this.refusal = null; // The status, the server's message and how long to wait (s).
      this.lab = null; // The answer that holds the record, or the last one if none came to hold it.
      this.record = null;
      this.seen = null; // The tick at which this page saw its record.
    }

    /** The place of the record that is followed; null: nobody knows it. */
    get place() {
      return this.placed.length > 0 ? this.placed[this.placed.length - 1] : null;
    }

    /** Whether it got no place of its own, since its clicks stood there already: so it is in a file. */
    get isSameRow() {
      const { first, record, place, received } = this;
      if (first === null || place === null) return false;
      // Of a first one without an answer only this is known.
      return first.place === null ? record !== null && record.polled_at < received : isAt(first.place, place);
    }

    /** Whether it waits for an answer of the laboratory, which is asked quickly then. */
    get isWaiting() {
      return this.state === "placed";
    }

    /** Takes the answer to its request, which came at this tick. */
    take({ status, answer, retryMs = 0 }, answered) {
      this.answered = answered;
      if (status !== 200 || !answer || !Array.isArray(answer.placed) || answer.placed.length === 0) {
        this.state = isLost(status, answer) ? "lost" : "refused";
        this.refusal = { status, message: (answer && answer.message) || "", seconds: Math.ceil(retryMs / 1000) };
        return;
      }
      this.placed = answer.placed;
      this.received = answer.received_at;
      this.acknowledged = answer.acknowledged_at;
      this.state = "placed";
      if (this.isSameRow) this.end("shown", this.first.lab, answered, this.first.record);
    }

    /** Looks for its record in an answer of the laboratory that came at this tick. */
    look(lab, now) {
      if (!this.isWaiting) return;
      this.lab = lab;
      const record = lab.records.find((each) => isAt(each, this.place));
      if (record) this.end("shown", lab, now, record);
      else if (lab.counts_from === "flink" && this.isPassed) this.end("counted", lab, now, null);
    }

    /** Whether the counts of the last answer hold its record. */
    get isPassed() {
      const { partition, offset } = this.place;
      return (this.lab.as_of[partition] || 0) > offset;
    }

    /** Ends the waiting after 12 s. */
    giveUp(now) {
      if (this.isWaiting && now - this.answered > WAIT_MS) this.end("missed", this.lab, now, null);
    }

    end(state, lab, now, record) {
      Object.assign(this, { state, lab, record, seen: now });
    }

    /** What was measured between two stations, in ms; null: it is not known, or not yet. */
    spans() {
      const { sent, pressed, answered, received, acknowledged, record } = this;
      const inServer = received === null ? null : (acknowledged - received) * 1000;
      const read = this.isSameRow ? null : record;
      return {
        phone: sent === null ? null : sent - pressed,
        round: answered === null ? null : answered - sent,
        server: inServer === null ? null : answered - sent - inServer,
        broker: inServer,
        consumer: read && (read.polled_at - acknowledged) * 1000,
        bin: read && (read.counted_at - read.polled_at) * 1000,
        whole: this.seen !== null && this.state !== "missed" ? this.seen - pressed : null,
      };
    }

    /** Why its record was not shown: "noted" (counted, but not shown), "behind" or "silent" (no answer). */
    whyMissed() {
      if (this.lab === null) return "silent";
      return this.isPassed ? "noted" : "behind";
    }
  }

  /** Whether nobody knows if a request was appended: only where nothing was, a 503 says so. */
  function isLost(status, answer) {
    return status === 0 || (status === 503 && !(answer && answer.appended === false));
  }

  function isAt(one, place) {
    return place !== null && one.partition === place.partition && one.offset === place.offset;
  }

  const journey = { Journey };
  if (typeof module !== "undefined") module.exports = journey;
  else window.labJourney = journey;
}
