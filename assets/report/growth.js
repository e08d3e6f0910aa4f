"use strict";
{
  const isPage = typeof module === "undefined";

  /** The counts of a report at each of its moments, in seconds after its start. */
  class Growth {
    constructor({ from, to, bin, reactions, series, seconds }) {
      this.length = to - from;
      this.bin = bin;
      this.series = series;
      this.keys = reactions.map(({ key }) => key);
      this.sums = new Map(this.keys.map((key) => [key, sumsOf(seconds[key])]));
    }

    /** By key the clicks before that moment. */
    totalsAt(seconds) {
      return Object.fromEntries(this.keys.map((key) => [key, countIn(this.sums.get(key), seconds)]));
    }

    /** By key the bins as they were at that moment: the one that went on holds what it had, later ones are null. */
    seriesAt(seconds) {
      if (seconds >= this.length) return this.series;
      const open = Math.floor(seconds / this.bin);
      return Object.fromEntries(this.keys.map((key) => [key, this.series[key].map((count, at) => {
        if (at !== open) return at < open ? count : null;
        return countIn(this.sums.get(key), seconds) - countIn(this.sums.get(key), open * this.bin);
      })]));
    }
  }

  /** The seconds that have clicks, and the clicks up to the end of each. */
  function sumsOf(pairs) {
    let sum = 0;
    return { seconds: pairs.map(([second]) => second), sums: pairs.map(([, count]) => (sum += count)) };
  }

  /** The clicks of the seconds that are over at that moment. */
  function countIn({ seconds, sums }, moment) {
    let [low, high] = [0, seconds.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (seconds[middle] + 1 <= moment) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : sums[low - 1];
  }

  if (isPage) window.reportGrowth = { Growth };
  else module.exports = { Growth };
}
