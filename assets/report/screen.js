"use strict";
{
  const { element } = window.clickElements;
  const { drawer, forgetChanges, graph } = window.clickLook;
  const { RangeRecords } = window.recordsView;
  const { readReport } = window.reportStream;
  const { ReportView } = window.reportView;
  const KINDS = ["csv", "json", "html"];

  const { text } = window.clickPage;
  const at = (id) => document.getElementById(id);
  const query = new URLSearchParams(location.search);
  const WHICH = ["talk", "from", "to", "bin"].filter((name) => query.has(name));

  /** The path of the report that the page's address names, and with more parameters that of its files. */
  function archivePath(more = {}) {
    const which = Object.fromEntries(WHICH.map((name) => [name, query.get(name)]));
    return `kafka/archive?${new URLSearchParams({ ...which, ...more })}`;
  }

  /** Links to the report as files, whose times are in the zone of the page. */
  function downloads() {
    const { language, zone } = window.clickPage;
    const named = zone === "utc" ? "UTC" : Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
    return KINDS.map((format) => element("a", {
      className: "control", textContent: text(format), href: archivePath({ format, zone: named, lang: language }), download: "",
    }));
  }

  /** Keeps the view in the page's address, so that a link shows the same to others. */
  function address(isPresenter) {
    if (isPresenter) query.set("view", "presenter");
    else query.delete("view");
    window.history.replaceState(null, "", `${location.pathname}?${query}${location.hash}`);
  }

  /** Asks for the report, says how far it is, and shows it, or in words why not. */
  class Screen {
    constructor(emptyFigure, config) {
      this.emptyFigure = emptyFigure;
      this.config = config;
      this.isReading = false;
      this.timer = null;
      this.said = null; // What went wrong: a key of the catalogue and its values.
      window.clickPage.onChange(() => this.say());
    }

    async read() {
      if (this.isReading) return;
      window.clearTimeout(this.timer);
      this.isReading = true;
      this.said = null;
      this.showDone(0);
      this.say();
      const found = await this.ask();
      this.isReading = false;
      if (found.report) this.show(found.report);
      else this.wait(found.trouble);
    }

    ask() {
      if (WHICH.length === 0) return { trouble: { key: "no_talk", values: {}, retry: 0 } };
      const fetched = (path) => window.fetch(path, { cache: "no-store" });
      return readReport(fetched, archivePath(), (part) => this.showDone(part));
    }

    showDone(part) {
      const percent = Math.floor(100 * part);
      window.dash_clientside.set_props("progress", { value: percent, label: `${percent} %` });
    }

    /** Says what went wrong; what passes by itself is tried again then. */
    wait(trouble) {
      this.said = trouble;
      if (trouble.retry > 0) this.timer = window.setTimeout(() => this.read(), 1000 * trouble.retry);
      this.say();
    }

    say() {
      const { said } = this;
      at("counting").hidden = said !== null;
      // Dash's component takes no name.
      const bar = document.querySelector("#progress [role=progressbar]");
      if (bar) bar.setAttribute("aria-label", text("progress"));
      at("trouble").textContent = said ? text(said.key, said.values) : "";
      at("retry").hidden = said === null || said.key === "no_talk";
    }

    show(report) {
      at("waiting").hidden = true;
      at("report").hidden = false;
      const records = new RangeRecords(document.querySelector(".timeline-frame"));
      // The curve takes the offset of its last bin.
      const last = (report.to - report.bin) * 1000;
      const shiftMs = () => this.view.look.times.shifted(last) - last;
      const drawn = drawer(() => records.see(graph().layout, shiftMs()));
      const draw = (figure) => {
        drawn("timeline", { figure, config: this.config });
        forgetChanges();
      };
      this.view = new ReportView({ report, emptyFigure: this.emptyFigure, draw, foot: downloads, address });
    }
  }

  let screen = null;
  window.dash_clientside = Object.assign(window.dash_clientside || {}, {
    report: {
      read(_presses, emptyFigure, config) {
        if (screen === null) window.clickPage.ready();
        screen = screen || new Screen(emptyFigure, config);
        screen.read();
        return window.dash_clientside.no_update;
      },
    },
  });
}
