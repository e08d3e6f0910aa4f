"use strict";
{
  /** What the server says, up to a colon, and the key under which the page says it in its own language. */
  const SENTENCES = new Map([
    ["The presenter shows the results later", "results_later"],
    ["The presenter has closed the buttons", "closed_now"],
    ["Only the presenter may do this", "no_right"],
    ["Invalid click type", "no_button"],
    ["Not allowed to write to the topic", "may_not_write"],
    ["Failed to send to Kafka", "not_written"],
    ["Failed to write the clicks", "not_written"],
    ["The record was not written", "not_written"],
    ["Not known yet which buttons there are", "not_known_yet"],
    ["Consumer not loaded", "not_counting"],
    ["Producer not loaded", "not_counting"],
    ["Flink counts the clicks, so a pause of this process would show nothing", "flink_counts"],
  ]);

  /** A message of the server in the language of the page; one that is not known stays as it is. */
  function inWords(message, text) {
    const key = SENTENCES.get(message.split(": ")[0]);
    return key === undefined ? message : text(key);
  }

  /** Why a request was not taken, in words. */
  function refusalOf({ state, refusal }, { say, text }) {
    const { status, message, seconds } = refusal;
    if (state === "lost") return say("lost");
    if (status === 401) return say("needs_tap_code");
    if (status === 429 && seconds > 0) return say("too_many", { seconds });
    return say("not_taken", { message: message ? inWords(message, text) : status });
  }

  const refusals = { inWords, refusalOf };
  if (typeof module !== "undefined") module.exports = refusals;
  else window.labRefusals = refusals;
}
