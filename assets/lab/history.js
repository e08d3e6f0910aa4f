"use strict";
{
  const isPage = typeof module === "undefined";
  const { lagOf } = isPage ? window.labPause : require("./pause.js");
  const KEPT_MS = 300000;
  const STEP_MS = 900;

  /** The last five minutes of the laboratory: lag by partition, records and bytes per second. */
  class History {
    constructor() {
      // Epoch ms `at`, `lags` by partition, their sum `lag`, records per second `rates` by partition, and `bytes`.
      this.samples = [];
      this.log = null;
      this.newest = new Map(); // The last answer of each process, since each counts for itself.
    }

    /** Takes an answer; those that come faster than one a second change nothing. */
    take(lab) {
      if (lab.log !== this.log) {
        this.log = lab.log;
        this.samples = [];
        this.newest.clear();
      }
      const at = lab.server_time * 1000;
      const last = this.samples[this.samples.length - 1];
      if (last && at - last.at < STEP_MS) return;
      const before = this.newest.get(lab.process) || null;
      this.newest.set(lab.process, lab);
      for (const [process, { server_time: time }] of this.newest) {
        // Each start of a process has a name of its own.
        if (at - time * 1000 >= KEPT_MS) this.newest.delete(process);
      }
      const kept = this.samples.filter((each) => at - each.at < KEPT_MS);
      const lags = byPartition(lab, lagIn);
      this.samples = [...kept, { at, lags, lag: lagOf(lab), ...ratesOf(before, lab) }];
    }

    /** The newest rates by partition; null where they are not known. */
    rateOf(partition) {
      const last = this.samples[this.samples.length - 1];
      const rate = last && last.rates && last.rates[partition];
      return rate === undefined ? null : rate;
    }

    /** The processes that have answered within the last ten seconds. */
    processes() {
      const newest = Math.max(...[...this.newest.values()].map((lab) => lab.server_time));
      const isRecent = (lab) => newest - lab.server_time < 10;
      return [...this.newest.values()].filter(isRecent).map((lab) => lab.process).sort();
    }
  }

  /** The partitions of an answer, in their order. */
  function partitionsOf({ ends, as_of: asOf }) {
    return [...new Set([...Object.keys(ends), ...Object.keys(asOf)])].sort((one, other) => one - other);
  }

  /** How many records of a partition are still to be counted; null: its end is not known. */
  function lagIn({ ends, as_of: asOf }, partition) {
    return partition in ends ? Math.max(0, ends[partition] - (asOf[partition] || 0)) : null;
  }

  /** Where a partition ends: at least where it was read to, since its end was asked for earlier; null: not known. */
  function endIn({ ends, as_of: asOf }, partition) {
    return partition in ends ? Math.max(ends[partition], asOf[partition] || 0) : null;
  }

  function byPartition(lab, valueOf) {
    return Object.fromEntries(partitionsOf(lab).map((partition) => [partition, valueOf(lab, partition)]));
  }

  /** Records per second by partition, and bytes per second, between two answers of one process. */
  function ratesOf(before, lab) {
    const seconds = before === null ? 0 : lab.server_time - before.server_time;
    // The process began to note anew: nobody had asked it for a while.
    if (seconds <= 0 || lab.read.records < before.read.records) return { rates: null, bytes: null };
    const read = (partition) => (lab.as_of[partition] || 0) - (before.as_of[partition] || 0);
    const rates = byPartition(lab, (_, partition) => Math.max(0, read(partition)) / seconds);
    return { rates, bytes: (lab.read.bytes - before.read.bytes) / seconds };
  }

  const history = { History, endIn, lagIn, partitionsOf };
  if (isPage) window.labHistory = history;
  else module.exports = history;
}
