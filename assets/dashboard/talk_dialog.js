"use strict";
{
  const { buttonsOf, linesOf } = window.clickButtons;
  const { element } = window.clickElements;
  const TITLE_LIMIT = 80;
  const OFFERED = 8;

  const { text, words } = window.clickPage;

  /** Asks for the title and the buttons of a talk, and starts it. */
  class TalkDialog {
    constructor({ bar, newId }) {
      this.bar = bar;
      this.newId = newId;
      this.sources = []; // Buttons that can be taken: `title`, null for those of the site, and `reactions`.
      this.isStarting = false;
      this.attempt = null; // The talk that was last sent, as text (`wanted`), and its `id`.
      this.message = () => ""; // What went wrong.
      this.heading = element("h2", { id: "new-talk" });
      this.title = element("input", { id: "new-title", type: "text", maxLength: TITLE_LIMIT, autocomplete: "off" });
      this.source = element("select", { id: "new-source" });
      this.lines = element("textarea", { id: "new-buttons", rows: 5 });
      this.hint = element("p", { id: "new-keys", className: "talk-hint" });
      this.lines.setAttribute("aria-describedby", "new-keys");
      this.ends = element("p", { className: "talk-hint" });
      this.error = element("p", { className: "talk-error" });
      this.error.setAttribute("role", "alert");
      this.go = element("button", { type: "submit", className: "control go" });
      this.cancel = element("button", { type: "button", className: "control" });
      this.labels = [[this.title, "talk_title"], [this.source, "buttons_from"], [this.lines, "talk_buttons"]].map(
        ([field, key]) => ({ field, key, label: element("label", { htmlFor: field.id }) }),
      );
      this.root = this.build();
    }

    build() {
      const form = element("form", { noValidate: true }, {}, [
        this.heading,
        ...this.labels.map(({ field, label }) => element("div", { className: "talk-field" }, {}, [label, field])),
        this.hint, this.ends, this.error,
        element("div", { className: "controls" }, {}, [this.go, this.cancel]),
      ]);
      form.addEventListener("submit", (event) => this.onSubmit(event));
      this.lines.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.onSubmit(event);
      });
      this.source.addEventListener("change", () => this.fill());
      this.cancel.addEventListener("click", () => this.close());
      const root = element("dialog", { className: "talk-dialog" }, {}, [form]);
      root.setAttribute("role", "dialog");
      root.setAttribute("aria-labelledby", this.heading.id);
      root.addEventListener("close", () => this.onClose());
      return root;
    }

    isOpen() {
      return this.root.hasAttribute("open");
    }

    async open() {
      if (this.isOpen()) return;
      this.message = () => "";
      this.offer([]);
      this.fill();
      this.show();
      // Safari before 15.4 and Firefox before 98 do not know dialogs: there it is a part of the page.
      if (this.root.showModal) this.root.showModal();
      else this.root.setAttribute("open", "");
      this.title.focus();
      this.offer(await this.bar.newest(OFFERED));
    }

    close() {
      if (!this.isOpen()) return;
      if (this.root.close) this.root.close();
      else {
        this.root.removeAttribute("open");
        this.onClose();
      }
    }

    /** Gives the focus to the first button of the bar: *Start*, or *Mark* where the talk has started. */
    onClose() {
      const next = document.querySelector("#bar .control:not([hidden])");
      if (next) next.focus();
    }

    /** Offers the buttons of the site and of these talks; what is typed already stays. */
    offer(talks) {
      this.sources = [{ title: null, reactions: JSON.parse(words().reactions) }, ...talks];
      this.source.textContent = "";
      this.source.append(...this.sources.map(({ title }, at) => element("option", { value: at, textContent: title })));
      this.source.options[0].textContent = text("of_site");
    }

    fill() {
      this.lines.value = linesOf(this.sources[Number(this.source.value)].reactions);
    }

    show() {
      const { talk } = this.bar;
      this.heading.textContent = text("new_talk");
      for (const { key, label } of this.labels) label.textContent = text(key);
      this.source.options[0].textContent = text("of_site");
      this.hint.textContent = text("talk_keys");
      this.ends.textContent = talk === null ? "" : text("ends_other", { title: talk.title });
      this.error.textContent = this.message();
      this.go.textContent = text("start");
      this.go.disabled = this.isStarting;
      this.cancel.textContent = text("cancel");
    }

    async onSubmit(event) {
      event.preventDefault();
      if (this.isStarting) return;
      const title = this.title.value.trim();
      const chosen = Number(this.source.value);
      const known = [this.sources[chosen], ...this.sources].flatMap(({ reactions }) => reactions);
      const reactions = buttonsOf(this.lines.value, known);
      if (title === "") this.fail("no_title", this.title);
      else if (reactions === null) this.fail("bad_buttons", this.lines);
      else await this.start(title, reactions);
    }

    fail(key, field) {
      this.message = () => text(key);
      this.show();
      field.focus();
    }

    /** Starts the talk; the same talk keeps its id until it has started, so that it starts once. */
    async start(title, reactions) {
      const wanted = JSON.stringify([title, reactions]);
      if (this.attempt === null || this.attempt.wanted !== wanted) this.attempt = { wanted, id: this.newId() };
      this.isStarting = true;
      this.show();
      const failure = await this.bar.start(this.attempt.id, title, reactions);
      this.isStarting = false;
      this.message = () => (failure === null ? "" : text("not_started", { message: failure || text("no_reply") }));
      this.show();
      if (failure !== null) return;
      this.attempt = null;
      this.title.value = "";
      this.close();
    }
  }

  window.clickTalkDialog = { TalkDialog };
}
