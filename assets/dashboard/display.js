"use strict";
{
  const isPage = typeof module === "undefined";
  const timeline = isPage ? window.clickTimeline : require("./timeline.js");
  const { csvOf, nameOf, pictureOf } = isPage ? window.clickFiles : require("./files.js");
  const words = isPage ? window.clickWords : require("./words.js");
  const { figureOf, isZoomed, peakOf, quantilesOf, recentOf, shareOf, sinceZero, styled } = timeline;
  const { delayOf, noteOf, numberOf, sentenceOf, statusOf, unreadableOf } = words;
  const SENTENCE_MS = 10000;
  const FIRST_SENTENCE_MS = 1500;
  const MEASURED_MS = 60000;
  const MOST_MEASURED = 600;

  /** How long the newest answers took from their arrival to the screen. */
  class DrawTimes {
    constructor(now) {
      this.now = now; // Milliseconds of the page's clock.
      this.cameAt = null; // When the answer came that is not on the screen yet.
      this.measured = []; // The drawings of the last minute: when (`at`), and after how long (`ms`).
    }

    /** Starts to measure an answer that came then (ms); null: there is nothing to measure. */
    begin(cameAt) {
      this.cameAt = cameAt;
    }

    /** Notes that the drawing is on the screen. */
    end() {
      if (this.cameAt === null) return;
      const now = this.now();
      const recent = this.measured.filter(({ at }) => now - at < MEASURED_MS);
      this.measured = [...recent.slice(1 - MOST_MEASURED), { at: now, ms: now - this.cameAt }];
      this.cameAt = null;
    }

    quantiles() {
      return quantilesOf(this.measured.map(({ ms }) => ms));
    }
  }

  /** Shows what a poller knows; a tick without news changes nothing on the page. */
  class Display {
    /** page: what the display reads and changes, see screen.js; windows: a Map of windowsOf; now(): ms. */
    constructor({ page, windows, now }) {
      // Class fields would raise the floor: Safari reads them only since iOS 14.1.
      this.page = page;
      this.windows = windows;
      this.now = now;
      this.emptyFigure = null; // The figure without bins; null before Dash has handed it over.
      this.config = null; // Plotly's configuration of the chart.
      this.refreshMs = 0; // The time between two ticks.
      this.isUnzoomWanted = false; // Whether the next figure ends a zoom.
      this.unzooms = 0; // How many figures have ended a zoom.
      this.figureText = null; // The figure on the screen as JSON.
      this.drawTimes = new DrawTimes(now);
      // When the last sentence was spoken; the first one waits a little for the first answer.
      this.sentenceAt = now() - SENTENCE_MS + FIRST_SENTENCE_MS;
    }

    /** Takes what Dash hands over; before that the display shows nothing. */
    begin(emptyFigure, config, refreshMs) {
      this.emptyFigure = emptyFigure;
      this.config = config;
      this.refreshMs = refreshMs;
    }

    hasBegun() {
      return this.emptyFigure !== null;
    }

    /** Shows the newest answer of the poller in its view, and in the current language and look. */
    redraw(poller) {
      if (!this.hasBegun()) return;
      const { drawn, view } = poller;
      this.showView(poller);
      this.showStatus(poller);
      if (drawn === null) return;
      const answer = sinceZero(drawn, view.zero);
      this.showNumbers(answer, view.zero);
      const shares = this.sharesOf(answer);
      const unzoom = this.isUnzoomWanted;
      if (unzoom) this.unzooms += 1;
      this.isUnzoomWanted = false;
      this.drawIfNew(this.figure(answer, view.zero, { unzoom }));
      this.page.list(answer, shares);
    }

    sharesOf({ cheers, hate }) {
      const { percent } = this.page.look();
      return cheers.map((count, index) => percent(shareOf(count, hate[index])));
    }

    /** What is shown as a file, "csv" or "png": its name, and its content or its figure; null: nothing is shown. */
    file({ drawn, view: { window, zero } }, kind, { title, tag, look }) {
      if (drawn === null) return null;
      const answer = sinceZero(drawn, zero);
      const { text } = this.page;
      const ms = answer.server_time * 1000;
      const name = nameOf(title, look.times, ms, kind);
      if (kind === "csv") return { name, content: csvOf({ answer, zero, text, tag }) };
      const { times, whole, sizes } = look;
      const { cheers, hate } = answer.totals;
      const counts = [["cheers", cheers], ["hate", hate]].map(([type, n]) => `${text(`${type}_name`)} ${whole(n)}`);
      const since = zero ? [text("since", { time: times.minute(zero.at * 1000) })] : [];
      const date = `${times.day(ms)} ${times.clock(ms)} ${times.name(ms)}`;
      const line = [date, ...counts, ...since, this.curveText(window)].join(" · ");
      return { name, figure: pictureOf(this.figure(answer, zero, { look }), { title, line, sizes }) };
    }

    /** What the curve shows: unit and window. */
    curveText(window) {
      const { text } = this.page;
      return text("curve", { bin: text(`bin_${this.windows.get(window)}`), window: window / 60 });
    }

    /** Draws the figure unless it is on the screen already: a tick without news draws nothing. */
    drawIfNew(figure) {
      const text = JSON.stringify(figure);
      if (text === this.figureText) this.drawTimes.begin(null);
      else this.page.draw("timeline", { figure, config: this.config });
      this.figureText = text;
    }

    figure(answer, zero, { unzoom = false, look = this.page.look() }) {
      const figure = figureOf(styled(this.emptyFigure, look), answer, {
        shifted: look.times.shifted,
        drawn: unzoom ? null : this.page.layout(),
        shares: this.sharesOf(answer),
        peak: this.peakText(answer),
        zero: zero && zero.at * 1000,
      });
      if (this.unzooms > 0) figure.layout.uirevision = `jump ${this.unzooms}`;
      return figure;
    }

    peakText(answer) {
      const peak = peakOf(answer);
      if (peak < 0) return "";
      const { whole, times } = this.page.look();
      const [cheers, hate] = [answer.cheers[peak], answer.hate[peak]];
      const time = times.clock((answer.start + peak * answer.bin) * 1000);
      // No line is as high as the sum of both.
      return this.page.text(cheers > 0 && hate > 0 ? "peak_of_both" : "peak", { clicks: whole(cheers + hate), time });
    }

    showNumbers(answer, zero) {
      const { show, text } = this.page;
      const { whole, decimal, percent, seconds } = this.page.look();
      const recent = recentOf(answer);
      const rate = (recent.cheers + recent.hate) / recent.seconds;
      const { cheers, hate } = answer.totals;
      // Without a log nothing is known, not even that there are no clicks.
      const known = (number) => numberOf(answer.log === null ? "–" : number);
      show("total-cheers", known(whole(cheers)));
      show("total-hate", known(whole(hate)));
      show("rate", known((rate < 10 ? decimal : whole)(rate)));
      show("share", numberOf(percent(shareOf(cheers, hate))));
      const drawn = this.drawTimes.quantiles();
      const { total, legs } = delayOf(answer.measured, drawn, this.refreshMs, { text, seconds });
      show("measured", { children: total });
      show("legs", { children: legs });
      show("unreadable", { children: unreadableOf(answer, text, whole) });
      show("empty", { children: this.emptyText(answer, zero) });
    }

    /** The text in the place of a curve without clicks. */
    emptyText({ log, totals }, zero) {
      const { look, text } = this.page;
      if (log === null) return text("waiting_for_log");
      if (totals.cheers + totals.hate > 0) return "";
      return zero ? text("none_since", { time: look().times.clock(zero.at * 1000) }) : text("nothing_yet");
    }

    /** Shows on the buttons, and around the chart, what the viewer has chosen. */
    showView(poller) {
      const { show, text } = this.page;
      const { drawn, view } = poller;
      const { window, presenter, code } = view;
      for (const each of this.windows.keys()) show(`window-${each}`, { "aria-pressed": String(each === window) });
      show("pause", { "aria-pressed": String(poller.isPaused()) });
      this.name("presenter", presenter ? "leave" : "presenter");
      this.name("code", code ? "code" : "show_code");
      this.showZero(poller);
      this.showZone(drawn);
      const bin = text(`bin_${this.windows.get(window)}`);
      show("panel-title", { children: this.curveText(window) });
      show("unfinished", { children: text("unfinished", { bin }) });
      this.markView(view);
    }

    /** Gives an element a text of the catalogue, which page.js translates from then on. */
    name(id, key) {
      this.page.show(id, { children: this.page.text(key), "data-text": key });
    }

    /** Says since when the totals count, and offers all counts, or the zero that they have ended. */
    showZero({ view: { zero }, endedZero }) {
      const { look, show, text } = this.page;
      const since = (key, at) => text(key, { time: look().times.minute(at * 1000) });
      for (const kind of ["cheers", "hate"]) show(`since-${kind}`, { children: zero ? since("since", zero.at) : "" });
      const way = endedZero ? since("zero_again", endedZero.at) : text("all");
      show("all", { hidden: zero === null && endedZero === null, children: way });
    }

    /** Names the zone of the times on the page, and on the switch the other one. */
    showZone(drawn) {
      const { look, show, text, zone } = this.page;
      const at = drawn === null ? Date.now() : drawn.server_time * 1000;
      show("zone", { children: text("times_in", { zone: look().times.name(at) }) });
      this.name("zone-switch", zone() === "utc" ? "local_time" : "utc");
    }

    /** Marks on the page the parts of the view that its style depends on. */
    markView({ presenter, code }) {
      this.page.mark({ view: presenter ? "presenter" : "desk", code: code ? "on" : "off" });
    }

    showStatus(poller) {
      if (!this.hasBegun()) return;
      const { show } = this.page;
      const { text, kind, age } = statusOf({ ...poller.status(), now: this.now(), text: this.page.text });
      show("status", { children: text, className: `status ${kind}` });
      show("age", { children: age });
      const drawn = this.page.layout();
      show("live", { hidden: !poller.isPaused() && !isZoomed(drawn, "xaxis") && !isZoomed(drawn, "yaxis") });
      show("note", { children: this.note(poller, kind) });
      this.page.mark({ state: age && !poller.isPaused() ? "stale" : kind });
      this.speak(poller, text, kind);
    }

    note({ answer, failure, wentBack }, kind) {
      const { text } = this.page;
      if (failure !== null) return failure || (kind === "reconnecting" ? text("server_away") : "");
      return answer ? noteOf({ ...answer, wentBack }, text, this.page.look()) : "";
    }

    /** Tells screen readers the status, at most every 10 s. */
    speak({ drawn, drawnAt, view }, status, kind) {
      const now = this.now();
      if (now - this.sentenceAt < SENTENCE_MS) return;
      this.sentenceAt = now;
      const age = drawn === null ? null : now - drawnAt;
      const counts = () => this.recentText(sinceZero(drawn, view.zero));
      const sentence = sentenceOf({ status, kind, age, counts, text: this.page.text });
      this.page.show("sentence", { children: sentence });
    }

    recentText(answer) {
      const { seconds, cheers, hate } = recentOf(answer);
      const { whole } = this.page.look();
      return this.page.text("lately", { seconds, cheers: whole(cheers), hate: whole(hate) });
    }
  }

  if (isPage) window.clickDisplay = { Display };
  else module.exports = { Display };
}
