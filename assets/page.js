"use strict";
// Every page loads this first. An engine below the floor of docs/pages.md cannot read its `?.`: so none of our
// scripts runs there, the notice stays, and the page offers nothing.
{
  const THEMES = ["dark", "light"];

  /** The text with each {name} replaced by the value of that name. */
  function filled(text, values) {
    return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
  }

  /** Theme, language and time zone: the viewer's choices, else those of the system and the browser. */
  class Choices {
    /**
     * languages: those of the catalogue, the default first; storage: like localStorage, or null;
     * dark(): whether the system is dark; preferred(): language tags; zone: the one that is not UTC.
     */
    constructor({ languages, storage, dark, preferred, zone = "local" }) {
      this.known = { theme: THEMES, language: languages, zone: [zone, "utc"] };
      this.storage = storage;
      this.dark = dark;
      this.preferred = preferred;
      this.unstored = {}; // The choices that the storage did not take: they last as long as the page.
    }

    get theme() {
      return this.chosen("theme") || this.byDefault("theme");
    }

    get language() {
      return this.chosen("language") || this.byDefault("language");
    }

    /** The zone of the times that a page shows: the viewer's own, or UTC. */
    get zone() {
      return this.chosen("zone") || this.byDefault("zone");
    }

    /** The theme, language or zone without a choice. */
    byDefault(what) {
      if (what === "theme") return this.dark() ? "dark" : "light";
      if (what === "zone") return this.known.zone[0];
      const tags = this.preferred().map((tag) => tag.slice(0, 2).toLowerCase());
      return tags.find((tag) => this.known.language.includes(tag)) || this.known.language[0];
    }

    chosen(what) {
      let choice = this.unstored[what];
      try {
        choice = choice || this.storage?.getItem(`clicker.${what}`);
      } catch {
        // The browser may refuse to read its storage.
      }
      return this.known[what].includes(choice) ? choice : null;
    }

    /** Chooses the next value; where that is the system's, the choice ends and follows the system. */
    chooseNext(what) {
      const known = this.known[what];
      const next = known[(known.indexOf(this[what]) + 1) % known.length];
      delete this.unstored[what];
      try {
        if (next === this.byDefault(what)) this.storage.removeItem(`clicker.${what}`);
        else this.storage.setItem(`clicker.${what}`, next);
      } catch {
        this.unstored[what] = next;
      }
    }
  }

  function openStorage() {
    try {
      return window.localStorage;
    } catch {
      return null;
    }
  }

  /** Marks a page that stands in a frame of another page, or over the picture of a stream, for the style. */
  function markEmbedded() {
    const query = new URLSearchParams(location.search);
    const { dataset } = document.documentElement;
    if (query.get("embed") === "on") dataset.embed = "on";
    if (query.get("view") === "overlay") dataset.overlay = "on";
  }

  /** Whether the parser has passed the element: until then its text may be a part, which the rest would follow. */
  function isParsed(element) {
    for (let node = element; node !== null; node = node.parentNode) if (node.nextSibling) return true;
    return document.readyState !== "loading";
  }

  /** Calls the listener when the query matches or ceases to; Safari before 14 knows only the older name. */
  function onMatch(query, listener) {
    if (query.addEventListener) query.addEventListener("change", listener);
    else query.addListener(listener);
  }

  /** Whether the click or key presses the button; on a real one the browser turns a key into a click. */
  function presses(event, button) {
    if (event.type === "click") return true;
    if (button.tagName === "BUTTON" || !["Enter", " "].includes(event.key)) return false;
    event.preventDefault();
    return true;
  }

  /** Marks the page until one of its scripts fails; returns what marks it for good, since the page is ready. */
  function markScripts(page) {
    function onError({ filename, target }) {
      const source = filename || target.src;
      // A report that is one file holds its scripts: their errors name the file itself.
      const isOurs = source === document.URL || [...document.scripts].some(({ src }) => src !== "" && src === source);
      if (isOurs) delete page.dataset.script;
    }

    page.dataset.script = "on";
    window.addEventListener("error", onError, true);
    return () => {
      window.removeEventListener("error", onError, true);
      page.dataset.script = "on";
    };
  }

  /** The choices of a page, or of a file: that begins in its own language and zone, and stores nothing. */
  function choicesOf({ preferredLanguage = [], zone }, languages, dark) {
    const preferred = () => [preferredLanguage, navigator.languages || navigator.language].flat();
    return new Choices({ languages, storage: zone ? null : openStorage(), dark, preferred, zone });
  }

  /** The theme of the page: over a stream it is dark, and on paper light. */
  function themeOf({ overlay, printing }, { theme }) {
    if (printing === "on") return "light";
    return overlay === "on" ? "dark" : theme;
  }

  /** Has the page in the theme of paper while the browser prints it. */
  function followPrinting({ dataset }, choices) {
    const mark = (printing) => {
      dataset.printing = printing;
      dataset.bsTheme = themeOf(dataset, choices);
    };
    window.addEventListener("beforeprint", () => mark("on"));
    window.addEventListener("afterprint", () => mark("off"));
  }

  function start() {
    const page = document.documentElement;
    const system = window.matchMedia("(prefers-color-scheme: dark)");
    const catalogue = JSON.parse(document.getElementById("texts").textContent);
    const choices = choicesOf(page.dataset, Object.keys(catalogue), () => system.matches);
    const listeners = [];

    const words = () => catalogue[choices.language];
    // A text may contain another entry of the catalogue, such as the name of a zone.
    function text(key, values = {}) {
      return filled(words()[key] || key, { ...words(), ...values });
    }

    /** Sets the texts and labels of the elements that name an entry of the catalogue. */
    function translate() {
      for (const element of document.querySelectorAll("[data-text]")) {
        const translated = text(element.dataset.text);
        if (element.textContent !== translated && isParsed(element)) element.textContent = translated;
      }
      for (const element of document.querySelectorAll("[data-label]")) {
        element.setAttribute("aria-label", text(element.dataset.label));
      }
    }

    function apply() {
      page.lang = choices.language;
      page.dataset.bsTheme = themeOf(page.dataset, choices);
      translate();
      for (const listener of listeners) listener();
    }

    function onPress(event) {
      const button = event.target instanceof Element && event.target.closest("[data-switch]");
      if (!button || !presses(event, button)) return;
      choices.chooseNext(button.dataset.switch);
      apply();
    }

    /** Translates whatever appears, until Dash has rendered. */
    function watch() {
      translate();
      if (document.readyState === "loading") return;
      if (document.querySelector("#react-entry-point [data-text]")) observer.disconnect();
    }

    const observer = new MutationObserver(watch);
    observer.observe(document, { childList: true, subtree: true });
    document.addEventListener("DOMContentLoaded", watch);
    document.addEventListener("click", onPress);
    document.addEventListener("keydown", onPress);
    onMatch(system, apply);
    window.addEventListener("languagechange", apply);
    followPrinting(page, choices);
    // The viewer has chosen in another tab of the site.
    window.addEventListener("storage", ({ key }) => key !== null && key.startsWith("clicker.") && apply());
    window.clickPage = {
      filled, words, text,
      get language() {
        return choices.language;
      },
      get zone() {
        return choices.zone;
      },
      /** Calls the listener after each change of theme, language or zone. */
      onChange: (listener) => listeners.push(listener),
      ready: markScripts(page),
    };
    apply();
  }

  if (typeof module !== "undefined") module.exports = { Choices, filled };
  else {
    markEmbedded();
    start();
  }
}
