"use strict";
{
  const isObject = (value) => value !== null && typeof value === "object";

  /** Whether the value is a talk with all that the page shows of it, and totals of these keys; or none. */
  function isTalk(talk, keys) {
    if (talk === null || talk === undefined) return true;
    if (!isObject(talk)) return false;
    const { title, started_at, totals, marks } = talk;
    const areTotals = totals === null || (isObject(totals) && keys.every((key) => Number.isFinite(totals[key])));
    return typeof title === "string" && Number.isFinite(started_at) && areTotals && Array.isArray(marks) && marks.every(isMark);
  }

  function isMark(mark) {
    return isObject(mark) && Number.isFinite(mark.at) && typeof mark.label === "string";
  }

  /** Seconds as h:mm:ss. */
  function lengthOf(seconds) {
    const whole = Math.max(0, Math.floor(seconds));
    const [minutes, rest] = [Math.floor(whole / 60) % 60, whole % 60].map((part) => String(part).padStart(2, "0"));
    return `${Math.floor(whole / (60 * 60))}:${minutes}:${rest}`;
  }

  /** How many phones there are, in words with this key; empty where nobody knows. */
  function phonesOf({ people, more_people: areMore }, key, text, whole) {
    return Number.isFinite(people) ? text(key, { n: `${whole(people)}${areMore ? "+" : ""}` }) : "";
  }

  /** How many taps and phones a talk has, in words. */
  function factsOf(talk, text, whole) {
    const counts = talk.totals && Object.values(talk.totals).reduce((sum, count) => sum + count, 0);
    const taps = text("taps", { n: counts === null ? "…" : whole(counts) });
    return [taps, phonesOf(talk, "phones", text, whole)].filter(Boolean).join(" · ");
  }

  const talk = { factsOf, isTalk, lengthOf, phonesOf };
  if (typeof module !== "undefined") module.exports = talk;
  else window.clickTalk = talk;
}
