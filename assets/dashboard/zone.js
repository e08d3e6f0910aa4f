"use strict";
{
  const MINUTE_MS = 60000;

  /** Epoch milliseconds as times of a zone: "utc", or "local", which is the viewer's own. */
  function timesOf(zone) {
    const minutesAhead = (ms) => (zone === "utc" ? 0 : -new Date(ms).getTimezoneOffset());

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
