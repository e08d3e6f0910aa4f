"use strict";
{
  const { PICTURE, nameOf, pictureOf, savePicture } = window.clickFiles;
  const { isolated } = window.clickLabels;
  const { fullScreen, lookAt, readLook, showControls } = window.clickLook;
  const { lengthOf } = window.clickTalk;
  const { WakeLock } = window.clickWall;
  const { unreadableOf } = window.clickWords;
  const { Cards } = window.reportCards;
  const { binText, drawnOf, noteOf, othersOf, recordsOf, tables, timeOf, titleOf } = window.reportContents;
  const { ReplayControls } = window.reportControls;
  const { frameOf, wholeFigure } = window.reportFrames;
  const { Growth } = window.reportGrowth;
  const { fitOnPaper, onPrint, paperFigure, paperLook } = window.reportPaper;
  const { Replay } = window.reportReplay;
  const { tablePanel } = window.reportTables;

  const MOST_IN_A_ROW = 4;
  const TABLES = ["totals", "segments", "moments"];

  const { text } = window.clickPage;
  const at = (id) => document.getElementById(id);
  const fill = (id, ...children) => {
    at(id).textContent = "";
    at(id).append(...children);
  };
  /** The key of a button in the catalogue, by what the button does. */
  const PRESENTER = { on: "leave", off: "presenter" };

  /** Shows a report in the elements of the page, or of a file; it knows nothing of Dash. */
  class ReportView {
    /**
     * report: a document; emptyFigure: that of the dashboard; draw(figure): puts it into the element `timeline`;
     * foot: elements beside the button for the picture; address(search): keeps the view in the address.
     */
    constructor({ report, emptyFigure, draw, foot, address }) {
      Object.assign(this, { report, emptyFigure, draw, foot, address });
      this.growth = new Growth(report);
      const isCalm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
      this.replay = new Replay({
        length: this.growth.length,
        now: () => performance.now(),
        later: (work, ms) => window.setTimeout(work, ms),
        isCalm,
        show: () => this.showMoment(),
      });
      const clockOf = (seconds) => this.look.times.clock((report.from + Math.floor(seconds)) * 1000);
      this.controls = new ReplayControls(this.replay, { text, clockOf });
      this.wakeLock = new WakeLock(navigator.wakeLock);
      this.wasPlaying = false;
      this.isOnPaper = false; // Whether the browser prints: nothing else changes the page then.
      this.isPresenter = new URLSearchParams(location.search).get("view") === "presenter";
      at("replay").append(this.controls.root, this.controls.hint);
      this.listen();
      this.showView();
    }

    listen() {
      document.addEventListener("click", ({ target }) => {
        const button = target instanceof Element && target.closest("[data-do]");
        if (button) this.press(button.dataset.do);
      });
      document.addEventListener("keydown", (event) => {
        if (this.controls.onKey(event)) event.preventDefault();
        else if (event.key === "Escape" && this.isPresenter) this.press("presenter");
      });
      document.addEventListener("pointermove", showControls());
      document.addEventListener("visibilitychange", () => document.hidden || this.wakeLock.want(this.isPresenter));
      // Its cards, a note or a font make the frame smaller as well as the window does. JavaFX's WebKit lacks it.
      if (window.ResizeObserver) {
        new ResizeObserver(() => this.restyle()).observe(document.querySelector(".timeline-frame"));
      } else {
        window.addEventListener("resize", () => this.restyle());
      }
      window.clickPage.onChange(() => this.show());
      onPrint(() => this.showOnPaper(), () => this.showOnScreen());
    }

    press(what) {
      if (what === "full") fullScreen();
      if (what === "png") this.savePicture();
      if (what !== "presenter") return;
      this.isPresenter = !this.isPresenter;
      this.address(this.isPresenter);
      this.showView();
    }

    /** Shows the view that is chosen: that of a desk or of a wall. */
    showView() {
      document.documentElement.dataset.view = this.isPresenter ? "presenter" : "desk";
      this.wakeLock.want(this.isPresenter);
      this.show();
    }

    /** Shows all of it, in the current language, zone and look. */
    show() {
      if (this.isOnPaper) return;
      const { report } = this;
      this.look = readLook();
      this.cards = new Cards(report, text);
      const title = titleOf(report, text);
      document.title = `${title} · ${text("report")}`;
      // Until now it named the page, and page.js translated it.
      delete at("report-title").dataset.text;
      fill("report-title", title);
      fill("report-eyebrow", text("report"));
      fill("report-time", timeOf(report, this.look.times, text));
      fill("report-note", noteOf(report, text, this.look));
      document.documentElement.dataset.cards = drawnOf(report).length > MOST_IN_A_ROW ? "many" : "few";
      document.documentElement.dataset.more = drawnOf(report).length < report.reactions.length ? "on" : "off";
      fill("reactions", ...this.cards.elements());
      fill("panel-title", text("curve_per", { bin: binText(report, text) }));
      fill("zone", text("times_in", { zone: this.zoneName() }));
      this.showTables();
      this.showFoot();
      this.restyle();
    }

    showTables() {
      const { report, look } = this;
      const panel = (key) => tablePanel(`table-${key}`, text(`${key}_title`), tables[key](report, text, look));
      fill("tables", ...TABLES.map(panel));
      const sentences = [othersOf, recordsOf].map((sentenceOf) => sentenceOf(report, text, look));
      fill("records", [...sentences, unreadableOf(report, text, look.whole)].filter(Boolean).join(" "));
    }

    showFoot() {
      const { element } = window.clickElements;
      const button = (what, key) => element("button", { type: "button", className: "control", textContent: text(key) }, { "data-do": what });
      const full = document.fullscreenEnabled ? [button("full", "full")] : [];
      const presenter = button("presenter", PRESENTER[this.isPresenter ? "on" : "off"]);
      fill("foot", ...this.foot(), button("png", "png"), ...full, presenter);
    }

    zoneName() {
      const name = this.look.times.name(this.report.from * 1000);
      const { zone } = window.clickPage;
      const named = zone === "local" ? Intl.DateTimeFormat().resolvedOptions().timeZone : zone;
      return zone === "utc" || !named || named === name ? name : `${named} (${name})`;
    }

    /** Draws with the sizes that the element has now. */
    restyle() {
      if (this.isOnPaper) return;
      this.look = readLook();
      this.figure = this.figureWith(this.look);
      this.showMoment();
      const zone = at("zone-switch");
      if (!zone) return;
      // page.js translates it from then on.
      zone.dataset.text = window.clickPage.zone === "utc" ? "local_time" : "utc";
      zone.textContent = text(zone.dataset.text);
    }

    figureWith(look) {
      return wholeFigure(this.emptyFigure, this.report, look, text);
    }

    /** Shows the moment of the replay: its totals and the curve up to it. */
    showMoment() {
      if (this.isOnPaper) return;
      const seconds = this.replay.at;
      this.controls.show();
      this.cards.show(this.growth.totalsAt(seconds), text, this.look);
      this.draw(frameOf(this.figure, this.report, this.growth, seconds));
      this.speak();
    }

    /** Tells screen readers the totals when the replay stops. */
    speak() {
      const { at: seconds, isPlaying } = this.replay;
      if (this.wasPlaying && !isPlaying) {
        const totals = this.growth.totalsAt(seconds);
        const countOf = ({ key, label }) => `${this.look.whole(totals[key])} ${isolated(label)}`;
        const counts = drawnOf(this.report).map(countOf).join(", ");
        fill("sentence", text("replayed", { moment: lengthOf(seconds), counts }));
      }
      this.wasPlaying = isPlaying;
    }

    /** Shows the whole talk as it is to be printed, at once: the browser does not wait. */
    showOnPaper() {
      if (this.isOnPaper) return;
      document.documentElement.dataset.view = "desk";
      this.isOnPaper = true;
      this.cards.show(this.report.totals, text, this.look);
      const { data, layout } = paperFigure(this.figureWith(paperLook()));
      window.Plotly.react(document.querySelector(".js-plotly-plot"), data, layout);
      const panels = Object.fromEntries(TABLES.map((key) => [key, at(`table-${key}`)]));
      fitOnPaper(panels, this.report, text, this.look);
    }

    showOnScreen() {
      this.isOnPaper = false;
      // Plotly keeps the size of the sheet until it is told to look at the frame.
      window.Plotly.Plots.resize(document.querySelector(".js-plotly-plot"));
      this.showView();
    }

    /** Saves the whole curve as a picture, as the dashboard does. */
    savePicture() {
      const { report } = this;
      const look = { ...lookAt(1, PICTURE), isClear: false };
      const { totals } = report;
      const numbers = drawnOf(report).map(({ key }) => look.whole(totals[key]));
      const counts = drawnOf(report).map(({ label }, place) => `${isolated(label)} ${numbers[place]}`);
      const line = [timeOf(report, look.times, text), this.zoneName(), ...(counts.length > 2 ? [] : counts)].join(" · ");
      const heading = { title: titleOf(report, text), line, totals: numbers, sizes: look.sizes };
      const name = nameOf(titleOf(report, text), look.times, report.from * 1000, "png");
      savePicture(pictureOf(this.figureWith(look), heading), name);
    }
  }

  window.reportView = { ReportView };
}
