"use strict";
{
  const KNOWN = { theme: ["dark", "light"], language: ["en", "es"] };
  const LOCALES = { en: "en-US", es: "es-ES" };

  /** The text with each {name} replaced by the value of that name. */
  function filled(text, values) {
    return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
  }

  /** Theme and language: those that the viewer has chosen, else those of the system and the browser. */
  class Choices {
    /** storage: like localStorage, or null; dark(): whether the system is dark; preferred(): language tags. */
    constructor({ storage, dark, preferred }) {
      Object.assign(this, { storage, dark, preferred, unkept: {} });
    }

    get theme() {
      return this.chosen("theme") || this.followed("theme");
    }

    get language() {
      return this.chosen("language") || this.followed("language");
    }

    /** What is taken without a choice. */
    followed(what) {
      if (what === "theme") return this.dark() ? "dark" : "light";
      const tags = this.preferred().map((tag) => tag.slice(0, 2).toLowerCase());
      return tags.find((tag) => KNOWN.language.includes(tag)) || "en";
    }

    chosen(what) {
      let kept = this.unkept[what];
      try {
        kept = kept || (this.storage && this.storage.getItem(`clicker.${what}`));
      } catch {
        // A browser may refuse its storage: then the choice lasts as long as the page.
      }
      return KNOWN[what].includes(kept) ? kept : null;
    }

    /** Takes the other one; if that is what the system has, the system is followed again. */
    toggle(what) {
      const other = KNOWN[what].find((each) => each !== this[what]);
      delete this.unkept[what];
      try {
        if (other === this.followed(what)) this.storage.removeItem(`clicker.${what}`);
        else this.storage.setItem(`clicker.${what}`, other);
      } catch {
        this.unkept[what] = other;
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

    // What stands in the catalogue may stand in another text too: the names of the two types do.
    function text(key, values = {}) {
      return filled(words()[key], { ...words(), ...values });
    }

    /** Sets the texts below root that are the same all the time. */
    function translate(root = document) {
      for (const element of root.querySelectorAll("[data-text]")) {
        const said = text(element.dataset.text);
        if (element.textContent !== said) element.textContent = said;
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
        // Of a real button the browser makes a click out of the key.
        if (button.tagName === "BUTTON" || !["Enter", " "].includes(event.key)) return;
        event.preventDefault();
      }
      choices.toggle(button.dataset.switch);
      apply();
    }

    /** Until Dash has rendered, whatever appears is translated. */
    function watch(_changes, observer) {
      translate();
      if (document.querySelector("#react-entry-point [data-text]")) observer.disconnect();
    }

    new MutationObserver(watch).observe(document, { childList: true, subtree: true });
    document.addEventListener("click", onSwitch);
    document.addEventListener("keydown", onSwitch);
    system.addEventListener("change", apply);
    window.addEventListener("languagechange", apply);
    // Another tab of the site has chosen.
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
      /** Has the listener called after each change of theme or language. */
      onChange: (listener) => listeners.push(listener),
    };
    apply();
  }

  if (typeof module !== "undefined") module.exports = { Choices, filled };
  else start();
}
