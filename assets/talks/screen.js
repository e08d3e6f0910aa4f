"use strict";
{
  const { areTalks } = window.talksContents;
  const { TalksList } = window.talksList;
  const { formatsOf } = window.clickWords;
  const { timesOf } = window.clickZone;

  const { text } = window.clickPage;
  const at = (id) => document.getElementById(id);

  /** The formats of the language, and days and minutes of epoch seconds in the zone of the page. */
  function readLook() {
    const { language, zone } = window.clickPage;
    const { minute, name, shifted } = timesOf(zone);
    const days = new Intl.DateTimeFormat(language, {
      weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC",
    });
    const times = { day: (second) => days.format(shifted(1000 * second)), minute: (second) => minute(1000 * second) };
    const zoneName = zone === "utc" ? text("utc") : `${text("local_time")}, ${name(Date.now())}`;
    return { ...formatsOf(language), times, zoneName, tag: `${language} ${zone}` };
  }

  /** Resolves to the talks, or to what went wrong: a key of the catalogue. */
  async function ask() {
    try {
      const response = await window.fetch("kafka/talks", { cache: "no-store" });
      if (response.status === 401) return { trouble: "talks_need_code" };
      if (response.redirected || [302, 403].includes(response.status)) return { trouble: "log_in" };
      const value = await response.json();
      return areTalks(value) ? { value } : { trouble: "server_away" };
    } catch {
      return { trouble: "server_away" };
    }
  }

  /** Asks for the talks and shows them; what was shown stays while nobody answers. */
  class Screen {
    constructor() {
      this.list = new TalksList(at("talks"));
      this.value = null;
      this.trouble = "";
      this.isAsking = false;
      window.clickPage.onChange(() => this.show());
      document.addEventListener("visibilitychange", () => this.read());
      this.show();
    }

    async read() {
      if (this.isAsking || document.hidden) return;
      this.isAsking = true;
      const { trouble = "", value = this.value } = await ask();
      Object.assign(this, { isAsking: false, trouble, value });
      this.show();
    }

    show() {
      const look = readLook();
      at("zone").textContent = text("times_in", { zone: look.zoneName });
      const problem = this.value && this.value.problem;
      write("trouble", this.trouble ? text(this.trouble) : problem ? text("talks_away", { message: problem }) : "");
      write("no-talks", this.value ? text("no_talks") : text("reading_talks"));
      at("no-talks").hidden = this.value !== null && (this.value.talks.length > 0 || Boolean(problem));
      if (this.value) this.list.show(this.value, text, look);
    }
  }

  /** Writes a text only where it is another one: a screen reader would read it again. */
  function write(id, content) {
    if (at(id).textContent !== content) at(id).textContent = content;
  }

  let screen = null;
  window.dash_clientside = Object.assign(window.dash_clientside || {}, {
    talks: {
      read() {
        if (screen === null) window.clickPage.ready();
        screen = screen || new Screen();
        screen.read();
        return window.dash_clientside.no_update;
      },
    },
  });
}
