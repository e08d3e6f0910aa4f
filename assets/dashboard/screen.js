"use strict";
{
  const { Poller } = window.clickPoller;
  const { PICTURE, savePicture, saveText } = window.clickFiles;
  const { writeTable } = window.clickTable;
  const { drawer, forgetChanges, fullScreen, graph, lookAt, readLook, showControls } = window.clickLook;
  const { isTimeline } = window.clickTimeline;
  const { windowsOf } = window.clickView;
  const { WakeLock } = window.clickWall;
  const { RangeRecords } = window.recordsView;
  const ABORT_MS = 15000;

  /** Whether a host's login answered: by a redirect to its page, or by a refusal that is not the site's JSON. */
  function asksForLogin({ redirected, status, headers }) {
    const isJson = (headers.get("Content-Type") || "").includes("json");
    return !isJson && (redirected || status === 401 || status === 403);
  }

  /** A link of Dash's that loads the page again, so that the login can ask for what it needs. */
  function linkToHere(children) {
    return { namespace: "dash_html_components", type: "A", props: { children, href: `${location.pathname}${location.search}` } };
  }

  /** The server's answer and when it came; where it is no timeline null, and the server's message. */
  async function ask(path) {
    const abort = new AbortController();
    const timer = window.setTimeout(() => abort.abort(), ABORT_MS);
    try {
      const response = await fetch(path, { signal: abort.signal });
      const came = performance.now();
      if (asksForLogin(response)) return { answer: null, message: linkToHere(window.clickPage.text("log_in")) };
      const answer = await response.json();
      if (response.ok && isTimeline(answer)) {
        // The presenter's bar listens to it.
        document.dispatchEvent(new CustomEvent("timeline", { detail: { answer, came } }));
        return { answer, message: "", came };
      }
      const hasMessage = answer !== null && typeof answer === "object" && typeof answer.message === "string";
      return { answer: null, message: hasMessage ? answer.message : "" };
    } catch {
      return { answer: null, message: "" };
    } finally {
      window.clearTimeout(timer);
    }
  }

  /** Dash's elements of the reactions' cards, made from the page's form of one. */
  function cardsOf(reactions) {
    const { filled, words } = window.clickPage;
    return reactions.map(({ key, label, isSum }, at) => {
      const values = { key, label, place: isSum ? "all" : at + 1, total: isSum ? "" : "Total " };
      const fill = (_, value) => (typeof value === "string" ? filled(value, values) : value);
      return JSON.parse(words().card, fill);
    });
  }

  /** Saves what is shown as a file of this kind, csv or png. */
  function saveAs(kind, poller) {
    // A spreadsheet reads numbers as the system does, which the page's own language need not be.
    const tag = navigator.language;
    const look = { ...lookAt(1, PICTURE), isClear: false };
    const file = poller.display.file(poller, kind, { title: document.title, tag, look });
    if (file === null) return;
    if (kind === "csv") saveText(file.content, file.name);
    else savePicture(file.figure, file.name);
  }

  /** The query of the page's address, once it is replaced by `search` if that is given. */
  function address(search) {
    if (search !== undefined) window.history.replaceState(null, "", `${location.pathname}${search}${location.hash}`);
    return location.search;
  }

  /** Does what the viewer does; restyle() draws anew with the page's look. */
  function listen(poller, restyle) {
    const wakeLock = new WakeLock(navigator.wakeLock);
    const stayAwake = () => wakeLock.want(poller.view.presenter);
    const press = (what, value) => {
      poller.press(what, value);
      if (!["code", "presenter"].includes(what)) return;
      restyle();
      stayAwake();
    };
    document.addEventListener("click", ({ target }) => {
      const button = target instanceof Element && target.closest("[data-do]");
      if (!button) return;
      const { do: what, value } = button.dataset;
      if (what === "full") fullScreen();
      else if (["csv", "png"].includes(what)) saveAs(what, poller);
      else press(what, Number(value));
    });
    document.addEventListener("keydown", ({ key }) => {
      // In full screen the browser takes Esc for itself: the next one is for the page.
      if (key === "Escape" && poller.view.presenter) press("presenter");
    });
    document.addEventListener("pointermove", showControls());
    document.addEventListener("toggle", () => poller.redraw(), true);
    document.addEventListener("visibilitychange", () => {
      poller.refresh();
      if (!document.hidden) stayAwake();
    });
    window.addEventListener("resize", restyle);
    window.clickPage.onChange(restyle);
    stayAwake();
  }

  function begin() {
    const shown = {};
    const show = (id, props) => {
      const text = JSON.stringify(props);
      if (shown[id] === text) return;
      window.dash_clientside.set_props(id, props);
      shown[id] = text;
    };
    const rebuild = (reactions) => {
      window.dash_clientside.set_props("reactions", { children: cardsOf(reactions) });
      for (const id of Object.keys(shown)) delete shown[id];
    };
    let look = null;
    let records = null;
    const seeRange = ({ server_time: seconds }) => {
      records = records || new RangeRecords(document.querySelector(".timeline-frame"));
      records.see(graph().layout, page.look().times.shifted(seconds * 1000) - seconds * 1000);
    };
    const { text, words } = window.clickPage;
    const page = {
      reactions: JSON.parse(words().reactions),
      rebuild,
      show,
      draw: drawer(() => {
        poller.display.drawTimes.end();
        seeRange(poller.drawn);
      }),
      list: writeTable,
      layout: () => graph() && graph().layout,
      look: () => look || (look = readLook()),
      text,
      zone: () => window.clickPage.zone,
      mark: (marks) => Object.assign(document.documentElement.dataset, marks),
      address,
      isHidden: () => document.hidden,
    };
    const poller = new Poller({ ask, page, windows: windowsOf(text("windows")), now: () => performance.now() });
    const restyle = () => {
      look = null;
      poller.redraw();
    };
    listen(poller, restyle);
    // The status must be true between two ticks, too, however far apart these are.
    window.setInterval(() => poller.showStatus(), 250);
    window.dash_clientside = Object.assign(window.dash_clientside || {}, {
      dashboard: {
        refresh(_ticks, emptyFigure, config, refreshMs) {
          if (!poller.display.hasBegun()) {
            if (!document.fullscreenEnabled) show("full", { hidden: true });
            poller.begin(emptyFigure, config, refreshMs);
            window.clickPage.ready();
          }
          forgetChanges();
          poller.tick();
          return window.dash_clientside.no_update;
        },
      },
    });
  }

  begin();
}
