"use strict";
{
  const MINUTE_MS = 60000;

  /** How many minutes a zone of that name, such as Europe/Madrid, is ahead of UTC at a moment. */
  function minutesAheadIn(timeZone) {
    const whole = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" };
    const format = new Intl.DateTimeFormat("en-US", { ...whole, hourCycle: "h23", calendar: "gregory", timeZone });
    let known = { ms: NaN, minutes: 0 };
    const ahead = (ms) => {
      const parts = format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]);
      const { year, month, day, hour, minute } = Object.fromEntries(parts);
      return Math.round(Date.UTC(year, month - 1, day, hour, minute) / MINUTE_MS - Math.floor(ms / MINUTE_MS));
    };
    // A chart asks for one moment with each of its bins.
    return (ms) => {
      if (known.ms !== ms) known = { ms, minutes: ahead(ms) };
      return known.minutes;
    };
  }

  /** The function that tells how many minutes a zone is ahead of UTC; a zone that the browser lacks is UTC. */
  function offsetsOf(zone) {
    if (zone === "utc") return () => 0;
    if (zone === "local") return (ms) => -new Date(ms).getTimezoneOffset();
    try {
      return minutesAheadIn(zone);
    } catch {
      return () => 0;
    }
  }

  /** Epoch milliseconds as times of a zone: "utc", "local", which is the viewer's own, or one like Europe/Madrid. */
  function timesOf(zone) {
    const minutesAhead = offsetsOf(zone);

    /**
     * The time, moved so that Plotly, which draws UTC, shows the zone's. All times of an answer take the
     * offset of one moment, so that no hour is missing or appears twice.
     */
    const shifted = (ms, moment = ms) => ms + minutesAhead(moment) * MINUTE_MS;
    const written = (ms) => new Date(shifted(ms)).toISOString();

    return {
      shifted,
      day: (ms) => written(ms).slice(0, 10),
      clock: (ms) => written(ms).slice(11, 19),
      minute: (ms) => written(ms).slice(11, 16),
      /** The name of the zone at a moment, such as UTC, UTC+1 or UTC-3:30. */
      name: (ms) => {
        const ahead = minutesAhead(ms);
        if (ahead === 0) return "UTC";
        const [hours, minutes] = [Math.trunc(Math.abs(ahead) / 60), Math.abs(ahead) % 60];
        return `UTC${ahead < 0 ? "-" : "+"}${hours}${minutes ? `:${String(minutes).padStart(2, "0")}` : ""}`;
      },
    };
  }

  const zone = { timesOf };
  if (typeof module !== "undefined") module.exports = zone;
  else window.clickZone = zone;
}
