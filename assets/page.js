"use strict";
{
  const KNOWN = { theme: ["dark", "light"], language: ["en", "es"] };
  const LOCALES = { en: "en-US", es: "es-ES" };

  /** The text with each {name} replaced by the value of that name. */
  function filled(text, values) {
    return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
  }

  /** Theme and language: the viewer's choices, else those of the system and the browser. */
  class Choices {
    /** storage: like localStorage, or null; dark(): whether the system is dark; preferred(): language tags. */
    constructor({ storage, dark, preferred }) {
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

    /** The theme or language without a choice. */
    byDefault(what) {
      if (what === "theme") return this.dark() ? "dark" : "light";
      const tags = this.preferred().map((tag) => tag.slice(0, 2).toLowerCase());
      return tags.find((tag) => KNOWN.language.includes(tag)) || "en";
    }

    chosen(what) {
      let choice = this.unstored[what];
      try {
        choice = choice || (this.storage && this.storage.getItem(`clicker.${what}`));
      } catch {
        // The browser may refuse to read its storage.
      }
      return KNOWN[what].includes(choice) ? choice : null;
    }

    /** Chooses the other value; where that is the system's, the choice ends and follows the system. */
    toggle(what) {
      const other = KNOWN[what].find((each) => each !== this[what]);
      delete this.unstored[what];
      try {
        if (other === this.byDefault(what)) this.storage.removeItem(`clicker.${what}`);
        else this.storage.setItem(`clicker.${what}`, other);
      } catch {
        this.unstored[what] = other;
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

  function start() {
    const system = window.matchMedia("(prefers-color-scheme: dark)");
    const preferred = () => navigator.languages || [navigator.language];
    const choices = new Choices({ storage: openStorage(), dark: () => system.matches, preferred });
    const catalogue = JSON.parse(document.getElementById("texts").textContent);
    const listeners = [];

    const words = () => catalogue[choices.language];

    // A text may contain another entry of the catalogue, such as the names of the two types.
    function text(key, values = {}) {
      return filled(words()[key], { ...words(), ...values });
    }

    /** Sets the texts and labels of the elements below root that name an entry of the catalogue. */
    function translate(root = document) {
      for (const element of root.querySelectorAll("[data-text]")) {
        const translated = text(element.dataset.text);
        if (element.textContent !== translated) element.textContent = translated;
      }
      for (const element of root.querySelectorAll("[data-label]")) {
        element.setAttribute("aria-label", text(element.dataset.label));
      }
    }

    function apply() {
      document.documentElement.lang = choices.language;
      document.documentElement.dataset.bsTheme = choices.theme;
      translate();
      for (const listener of listeners) listener();
    }

    function onSwitch(event) {
      const button = event.target instanceof Element && event.target.closest("[data-switch]");
      if (!button) return;
      if (event.type === "keydown") {
        // On a real button the browser turns the key into a click.
        if (button.tagName === "BUTTON" || !["Enter", " "].includes(event.key)) return;
        event.preventDefault();
      }
      choices.toggle(button.dataset.switch);
      apply();
    }

    /** Translates whatever appears, until Dash has rendered. */
    function watch(_changes, observer) {
      translate();
      if (document.querySelector("#react-entry-point [data-text]")) observer.disconnect();
    }

    new MutationObserver(watch).observe(document, { childList: true, subtree: true });
    document.addEventListener("click", onSwitch);
    document.addEventListener("keydown", onSwitch);
    system.addEventListener("change", apply);
    window.addEventListener("languagechange", apply);
    // The viewer has chosen in another tab of the site.
    window.addEventListener("storage", ({ key }) => key !== null && key.startsWith("clicker.") && apply());
    window.clickPage = {
      words,
      text,
      translate,
      get language() {
        return choices.language;
      },
      get locale() {
        return LOCALES[choices.language];
      },
      /** Calls the listener after each change of theme or language. */
      onChange: (listener) => listeners.push(listener),
    };
    apply();
  }

  if (typeof module !== "undefined") module.exports = { Choices, filled };
  else start();
}
