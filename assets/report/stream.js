"use strict";
{
  const isPage = typeof module === "undefined";
  const { isReport } = isPage ? window.reportContents : require("./contents.js");
  const LEAST_RETRY_S = 2;
  /** What the server says most often, and the key under which the page says it in its own language. */
  const SENTENCES = new Map([
    ["Another report or export is under way; try again when it is done", "another_counted"],
    ["The presenter shows the results later", "results_later"],
    ["There is no such talk", "unknown_talk"],
  ]);

  /** Takes the parts of a stream of JSON lines, and returns the values of the lines that are whole. */
  class Lines {
    constructor() {
      this.rest = "";
    }

    take(part) {
      const lines = (this.rest + part).split("\n");
      this.rest = lines.pop();
      return lines.filter((line) => line.trim() !== "").map((line) => JSON.parse(line));
    }
  }

  /** What went wrong, as a key of the catalogue with its values, and after how many seconds to ask again (0: never). */
  const trouble = (key, values = {}, retry = 0) => ({ trouble: { key, values, retry } });

  /** The key of a refusal: that of its sentence, or else that of its status, which quotes the server. */
  function keyOf(status, message) {
    return SENTENCES.get(message) || { 401: "needs_code", 403: "not_allowed", 503: "busy" }[status] || "refused_report";
  }

  /** What a refusal means, from the status and the server's own message. */
  function refusalOf(status, message, retryAfter) {
    const retry = status === 503 ? Math.max(LEAST_RETRY_S, Number(retryAfter) || 0) : 0;
    return trouble(keyOf(status, message), { message }, retry);
  }

  /**
   * Asks for the report at the path and resolves to `report` or to `trouble`; onDone(part) hears how much is
   * counted (0 to 1). `fetched`: like window.fetch.
   */
  async function readReport(fetched, path, onDone) {
    let isBegun = false;
    try {
      const response = await fetched(path);
      const isJson = (response.headers.get("Content-Type") || "").includes("json");
      if (!isJson) return trouble(response.redirected || !response.ok ? "needs_login" : "no_report");
      if (!response.ok) {
        const { message = "" } = await response.json();
        return refusalOf(response.status, message, response.headers.get("Retry-After"));
      }
      isBegun = true;
      return await readLines(response.body.getReader(), onDone);
    } catch {
      return trouble(isBegun ? "broke_off" : "no_connection");
    }
  }

  /** Reads the lines to the last, which is the report or says why there is none. */
  async function readLines(reader, onDone) {
    const [decoder, lines] = [new TextDecoder(), new Lines()];
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      for (const value of lines.take(decoder.decode(part.value, { stream: true }))) {
        if (value.error) return trouble(SENTENCES.get(value.error) || "not_counted", { message: value.error });
        if (value.report) return isReport(value.report) ? { report: value.report } : trouble("no_report");
        onDone(value.done);
      }
    }
    return trouble("broke_off");
  }

  const stream = { Lines, readReport };
  if (isPage) window.reportStream = stream;
  else module.exports = stream;
}
