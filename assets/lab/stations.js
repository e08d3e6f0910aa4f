"use strict";
{
  const isPage = typeof module === "undefined";
  const { decisionOf, stampOf } = isPage ? window.labRecords : require("./records.js");
  const { refusalOf } = isPage ? window.labRefusals : require("./refusals.js");
  const NAMES = ["phone", "server", "broker", "consumer", "bin"];

  /** The look: say(key, values), whole(), decimal(), times of a zone, and the bins' widths by window (s). */
  const msOf = (ms, { decimal }) => (ms === null ? "" : `${decimal(ms)} ms`);

  /** The five stations of a journey (null: none yet): name, measured time and what it spans, facts, and words. */
  function stationsOf(journey, look) {
    const { say } = look;
    const spans = journey === null ? {} : journey.spans();
    const parts = journey === null ? {} : { phone, server, broker, consumer, bin };
    return NAMES.map((name) => {
      const { facts = [], words = [] } = parts[name] ? parts[name](journey, look, spans) : {};
      const span = spans[name] === undefined ? null : spans[name];
      return {
        name: say(`station_${name}`), time: msOf(span, look), span: say(`span_${name}`),
        facts: facts.filter(([, value]) => value !== null), words, isReached: facts.length + words.length > 0,
      };
    });
  }

  function phone({ at, body, kind }, { say, times, whole }) {
    const { client = null, seq = null, clicks = [] } = body;
    const index = clicks.length - 1;
    const age = kind === "old" ? `${whole(clicks[0].age_ms / 60000)} min` : null;
    return {
      facts: [
        [say("fact_pressed"), stampOf(at, times)],
        [say("fact_client"), client],
        [say("fact_seq"), seq === null ? null : String(seq)],
        [say("fact_index"), index < 0 ? null : String(index)],
        [say("fact_age"), age],
      ],
    };
  }

  function server({ received, answered }, look, { round, server: way, broker: inServer }) {
    const { say, times } = look;
    if (answered === null || received === null) return {};
    return {
      facts: [
        [say("fact_received"), stampOf(received * 1000, times)],
        [say("fact_round"), msOf(round, look)],
        [say("fact_server_part"), msOf(inServer, look)],
      ],
      words: way === null ? [] : [say("never_back")],
    };
  }

  function broker({ place, placed }, { say, isFile, whole }) {
    if (place === null) return {};
    const isMany = placed.length > 1;
    return {
      facts: [
        [say("fact_partition"), isFile ? null : String(place.partition)],
        [say("fact_offset"), whole(place.offset)],
        [say("fact_records"), isMany ? whole(placed.length) : null],
        [say("fact_acknowledged"), say("all_replicas")],
      ],
    };
  }

  function consumer({ state, record, lab, isSameRow }, { say, times, text, isFile }, { consumer: wait }) {
    if (isSameRow) return { words: [say("not_read_again")] };
    if (state === "counted") return { facts: [[say("fact_process"), lab.process]], words: [say("flink_decides")] };
    if (record === null) return {};
    return {
      facts: [
        [say("fact_polled"), stampOf(record.polled_at * 1000, times)],
        [say("fact_decided"), decisionOf(record, { say, text, isFile })],
        [say("fact_process"), String(lab.process)],
      ],
      words: wait < 0 ? [say("polled_first")] : [],
    };
  }

  /** What is known of the bin where Flink counts. */
  function binOfFlink({ body, lab }, { say, whole }) {
    const [click] = body.clicks || [];
    if (click === undefined) return { words: [say("no_bin_unreadable")] };
    const { type } = click;
    return { facts: [[say("fact_total", { type }), whole(lab.totals[type] || 0)]], words: [say("flink_bins")] };
  }

  function bin(journey, look) {
    const { state, record, isSameRow } = journey;
    const { say, times, whole } = look;
    if (isSameRow) return { words: [say("no_bin_repeat")] };
    if (state === "counted") return binOfFlink(journey, look);
    if (record === null) return {};
    const { decision, drawn_at: at, total, type } = record;
    if (decision === "repeat" || decision === "unreadable") return { words: [say(`no_bin_${decision}`)] };
    const isDrawn = decision === "counted" && at !== null;
    return {
      facts: [
        [say("fact_second"), isDrawn ? stampOf(at * 1000, times) : null],
        [say("fact_bin"), isDrawn ? binText(record, look) : null],
        [say("fact_total", { type }), whole(total)],
      ],
      words: isDrawn ? [] : [say("no_bin_untimely")],
    };
  }

  /** The bin of the dashboard that holds the click, in the narrowest of its windows that does. */
  function binText({ drawn_at: at, counted_at: counted }, { say, times, windows }) {
    const found = [...windows].find(([window]) => counted - at < window);
    if (!found) return null;
    const [window, width] = found;
    const start = Math.floor(at / width) * width;
    const [from, to] = [start, start + width].map((second) => times.clock(second * 1000));
    return say("bin_of", { from, to, minutes: window / 60 });
  }

  /** The sentence about a journey. */
  function sentenceOf(journey, look, period) {
    if (journey === null) return "";
    const { say, whole } = look;
    const { state, place, record, lab } = journey;
    if (state === "sent") return say("on_its_way");
    if (state === "lost" || state === "refused") return refusalOf(journey, look);
    const values = { partition: place.partition, offset: whole(place.offset) };
    if (state === "placed") return say("waits", values);
    if (state === "missed") return say(`missed_${journey.whyMissed()}`, { process: lab && lab.process });
    if (journey.isSameRow) return say("not_read_again");
    const decision = state === "counted" ? say("read_by_flink") : decisionOf(record, look);
    return say("arrived", { ...values, decision, ms: msOf(journey.spans().whole, look), period: `${period} ms` });
  }

  const stations = { msOf, sentenceOf, stationsOf };
  if (isPage) window.labStations = stations;
  else module.exports = stations;
}
