"use strict";
{
  const isPage = typeof module === "undefined";
  const timeline = isPage ? window.clickTimeline : require("./timeline.js");
  const { csvOf, nameOf, pictureOf } = isPage ? window.clickFiles : require("./files.js");
  const words = isPage ? window.clickWords : require("./words.js");
  const { labelled, peakOf, recentOf, shareOf, sharesOf, shownOf, sumOf, totalsOf } = timeline;
  const { TalkStrip } = isPage ? window.clickTalkStrip : require("./talk_strip.js");
  const { phonesOf } = isPage ? window.clickTalk : require("./talk.js");
  const { figureOf, isZoomed, styled } = isPage ? window.clickFigure : require("./figure.js");
  const { isolated } = isPage ? window.clickLabels : require("./labels.js");
  const { DrawTimes } = isPage ? window.clickDrawTimes : require("./draw_times.js");
  const { delayOf, noteOf, numberOf, peakTextOf, sentenceOf, statusOf, unreadableOf } = words;
  const SENTENCE_MS = 10000;
  const FIRST_SENTENCE_MS = 1500;

  /** The title of what is shown: that of the talk, or of the page. */
  function titleOf({ talk }, title) {
    return talk ? talk.title : title;
  }

  /** A total as text; null: nobody knows it. */
  function numeral(total, whole) {
    return total === null ? "…" : whole(total);
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
      this.reactions = page.reactions; // Those whose cards the page has.
      this.isUnzoomWanted = false; // Whether the next figure ends a zoom.
      this.unzooms = 0; // How many figures have ended a zoom.
      this.figureText = null; // The figure on the screen as JSON.
      this.drawTimes = new DrawTimes(now);
      this.strip = new TalkStrip(page, now);
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
      this.strip.show(drawn);
      const answer = this.shown(poller);
      this.showNumbers(answer, view.zero);
      const shares = this.sharesOf(answer);
      const unzoom = this.isUnzoomWanted;
      if (unzoom) this.unzooms += 1;
      this.isUnzoomWanted = false;
      this.drawIfNew(this.figure(answer, view.zero, { unzoom }));
      this.page.list(answer, shares);
    }

    /** What is shown of the answer in the picture. */
    shown({ drawn, view }) {
      return shownOf(drawn, view.zero, this.page.text);
    }

    sharesOf(answer) {
      const { percent } = this.page.look();
      return sharesOf(answer).map((shares) => shares.map(percent));
    }

    /** What is shown as a file, "csv" or "png": its name, and its content or its figure; null: nothing is shown. */
    file(poller, kind, { title, tag, look }) {
      if (poller.drawn === null) return null;
      const { window, zero } = poller.view;
      const answer = this.shown(poller);
      const { text } = this.page;
      const ms = answer.server_time * 1000;
      const name = nameOf(titleOf(answer, title), look.times, ms, kind);
      if (kind === "csv") return { name, content: csvOf({ answer, zero, text, tag }) };
      const { times, whole, sizes } = look;
      const totals = totalsOf(answer).map((total) => numeral(total, whole));
      const counts = answer.reactions.map(({ label }, at) => `${isolated(label)} ${totals[at]}`);
      const since = zero ? [text("since", { time: times.minute(zero.at * 1000) })] : [];
      const date = `${times.day(ms)} ${times.clock(ms)} ${times.name(ms)}`;
      // The totals of many stand in the legend, since no line has room for them.
      const line = [date, ...(counts.length > 2 ? [] : counts), ...since, this.curveText(window)].join(" · ");
      const heading = { title: titleOf(answer, title), line, totals, sizes };
      return { name, figure: pictureOf(this.figure(answer, zero, { look }), heading) };
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
        sizes: look.sizes,
        drawn: unzoom ? null : this.page.layout(),
        shares: this.sharesOf(answer),
        peak: this.peakText(answer),
        zero: zero && zero.at * 1000,
      });
      if (this.unzooms > 0) figure.layout.uirevision = `jump ${this.unzooms}`;
      return figure;
    }

    peakText(answer) {
      return peakTextOf(answer, this.page.look(), this.page.text);
    }

    showNumbers(answer, zero) {
      const { show, text } = this.page;
      const { whole, decimal, percent, seconds } = this.page.look();
      const recent = recentOf(answer);
      const rate = sumOf(recent.counts) / recent.seconds;
      const totals = totalsOf(answer);
      const all = sumOf(totals);
      // Without a log nothing is known, not even that there are no clicks.
      const known = (number) => numberOf(answer.log === null ? "–" : number);
      answer.reactions.forEach(({ key }, at) => {
        show(`total-${key}`, known(numeral(totals[at], whole)));
        show(`part-${key}`, { children: totals.length > 2 ? percent(shareOf(totals[at], all)) : "" });
      });
      show("rate", known((rate < 10 ? decimal : whole)(rate)));
      show("share", numberOf(percent(shareOf(totals[0], all))));
      show("people", { children: phonesOf(answer, "phones_lately", text, whole) });
      const drawn = this.drawTimes.quantiles();
      const { total, legs } = delayOf(answer.measured, drawn, this.refreshMs, { text, seconds });
      show("measured", { children: total });
      show("legs", { children: legs });
      show("unreadable", { children: unreadableOf(answer, text, whole) });
      show("empty", { children: this.emptyText(answer, zero) });
    }

    /** The text in the place of a curve without clicks. */
    emptyText(answer, zero) {
      const { look, text } = this.page;
      if (answer.log === null) return text("waiting_for_log");
      const isEmpty = answer.totals !== null && sumOf(totalsOf(answer)) === 0;
      // What the curve has may be older than the talk.
      if (!isEmpty || (answer.talk && peakOf(answer) >= 0)) return "";
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
      this.showReactions(drawn);
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

    /** Shows a card for each reaction of the answer, also if the page was made with others. */
    showReactions(drawn) {
      const { mark, rebuild, show, text } = this.page;
      const reactions = drawn === null ? this.reactions : labelled(drawn, text).reactions;
      if (JSON.stringify(reactions) !== JSON.stringify(this.reactions)) rebuild(reactions);
      this.reactions = reactions;
      mark({ reactions: reactions.length });
      show("share-title", { children: text("share", { label: isolated(reactions[0].label) }) });
    }

    /** Says since when the totals count, and offers all counts, or the zero that they have ended. */
    showZero({ view: { zero }, endedZero }) {
      const { look, show, text } = this.page;
      const since = (key, at) => text(key, { time: look().times.minute(at * 1000) });
      for (const { key } of this.reactions) show(`since-${key}`, { children: zero ? since("since", zero.at) : "" });
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
    markView({ presenter, overlay, code }) {
      const onOff = (is) => (is ? "on" : "off");
      this.page.mark({ view: presenter ? "presenter" : "desk", overlay: onOff(presenter && overlay), code: onOff(code) });
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
      this.strip.showLength(poller);
      this.page.mark({ state: age && !poller.isPaused() ? "stale" : kind });
      this.speak(poller, text, kind);
    }

    note({ answer, failure, wentBack }, kind) {
      const { text } = this.page;
      if (failure !== null) return failure || (kind === "reconnecting" ? text("server_away") : "");
      return answer ? noteOf({ ...answer, wentBack }, text, this.page.look()) : "";
    }

    /** Tells screen readers the status, at most every 10 s. */
    speak(poller, status, kind) {
      const now = this.now();
      if (now - this.sentenceAt < SENTENCE_MS) return;
      this.sentenceAt = now;
      const age = poller.drawn === null ? null : now - poller.drawnAt;
      const counts = () => this.recentText(this.shown(poller));
      const sentence = sentenceOf({ status, kind, age, counts, text: this.page.text });
      this.page.show("sentence", { children: sentence });
    }

    recentText(answer) {
      const { seconds, counts } = recentOf(answer);
      const { whole } = this.page.look();
      const parts = answer.reactions.map(({ label }, at) => `${whole(counts[at])} ${isolated(label)}`);
      return this.page.text("lately", { seconds, counts: parts.join(", ") });
    }
  }

  if (isPage) window.clickDisplay = { Display };
  else module.exports = { Display };
}
