"use strict";
{
  const isPage = typeof module === "undefined";
  const { Changes } = isPage ? window.clickChanges : require("./changes.js");
  const { ServerClock } = isPage ? window.clickServerClock : require("./server_clock.js");
  const TALKS = "kafka/talks";
  const CHECK_MS = 5000;
  const DOUBLE_MS = 500;
  const ARMED_MS = 6000;
  const SETTLING_MS = 2000; // Every process shows a change within a second; this page knows it at once.
  const LISTED = 100;
  const OTHER = { open: "closed", closed: "open", shown: "hidden", hidden: "shown" };

  /**
   * What the presenter's bar knows and does. `right`: "unknown" until the server has said whether the viewer
   * may change talks; then "none", "here", or "lost" if it was there before.
   */
  class Bar {
    /**
     * send(method, path, body): resolves to status (0: no answer), answer and retryMs; later(work, ms); now(): ms
     * of a clock that nobody sets; newId(): an id that nobody has; show(): something has changed.
     */
    constructor({ send, later, now, newId, show }) {
      Object.assign(this, { send, later, now, newId, show });
      this.clock = new ServerClock(now);
      this.changes = new Changes({ send, later, mayChange: () => this.check(), show });
      this.right = "unknown";
      this.checkedAt = -Infinity;
      this.problem = null; // Why talks cannot be changed now, in the server's sentence.
      this.talk = null; // The running talk.
      this.over = null; // The talk that has ended while the bar looked on.
      this.hidden = null; // The talk that is over and whose results are still hidden.
      this.soughtAt = -Infinity; // When that one was looked for.
      this.settlesAt = -Infinity; // Until then answers may be older than what this bar has changed.
      this.pressed = {}; // When each button was pressed last.
      this.armedAt = null; // When *End* was pressed for the first time.
      this.marked = null; // The newest mark, until it has its label: talk, id and at.
      this.refusal = null; // Why the server refused a change for good, in its sentence.
    }

    /** Takes an answer of the timeline, and asks once whether the viewer may change talks. */
    async follow(answer, came) {
      this.clock.take(answer.server_time * 1000, came);
      const isOpen = this.right === "unknown" || (this.right === "here" && this.problem !== null);
      if (isOpen && this.now() - this.checkedAt >= CHECK_MS) await this.check();
      if (this.right !== "here" || this.now() < this.settlesAt) return;
      this.take(answer.talk || null);
      const isHidden = this.talk === null && answer.results === "hidden";
      if (!isHidden) this.hidden = null;
      else if (this.hidden === null) await this.findHidden();
      this.show();
    }

    take(talk) {
      if ((talk && talk.id) !== (this.talk && this.talk.id)) this.disarm();
      this.over = talk === null ? this.talk || this.over : null;
      this.talk = talk;
    }

    /** Asks whether the viewer may change talks; resolves to that, null: the server did not say. */
    async check() {
      this.checkedAt = this.now();
      const { status, answer } = await this.send("GET", `${TALKS}?limit=0`);
      if (status === 0 || status === 429 || status >= 500) return null;
      const mayChange = status === 200 && answer.may_change === true;
      const had = this.right === "here" || this.right === "lost";
      this.right = mayChange ? "here" : had ? "lost" : "none";
      this.problem = mayChange ? answer.problem : null;
      this.show();
      return mayChange;
    }

    /** Looks whether a lost right is back, and then sends what waits. */
    async comeBack() {
      if (this.right === "lost" && (await this.check())) await this.changes.goOn();
    }

    /** The newest talks; none if the server does not say. */
    async newest(limit = LISTED) {
      const { status, answer } = await this.send("GET", `${TALKS}?limit=${limit}`);
      return status === 200 ? answer.talks : [];
    }

    async findHidden() {
      if (this.now() - this.soughtAt < CHECK_MS) return;
      this.soughtAt = this.now();
      const talks = await this.newest();
      this.hidden = talks.find(({ results }) => results === "hidden") || null;
    }

    /** Starts a talk; resolves to null, or to why not ("": no answer). The same id is the same talk. */
    async start(id, title, reactions) {
      this.refusal = null;
      const { status, answer } = await this.send("POST", TALKS, { id, title, reactions });
      if (status === 200 || status === 201) {
        this.settle(answer, true);
        return null;
      }
      if (status === 401 || status === 403) await this.check();
      return (answer && answer.message) || "";
    }

    /** Does what the button names: mark, taps, results or end. */
    press(what) {
      if (this.right !== "here" || this.problem !== null || this.isRepeat(what)) return;
      this.refusal = null;
      if (what !== "end") this.disarm();
      const talk = this.talk || (what === "results" ? this.hidden : null);
      if (talk === null) return;
      if (what === "mark") this.mark(talk);
      else if (what === "end") this.end(talk);
      else this.change(what, talk, { [what]: OTHER[talk[what]] });
    }

    /** Whether the same press came within half a second, or, unless it marks, has still to be made. */
    isRepeat(what) {
      const now = this.now();
      if (now - this.pressed[what] < DOUBLE_MS || (what !== "mark" && this.changes.has(what))) return true;
      this.pressed[what] = now;
      return false;
    }

    /** Marks this moment: a label may follow. */
    mark(talk) {
      const id = this.newId();
      const at = this.second(talk);
      const marked = { talk, id, at };
      this.marked = marked;
      this.write("mark", "POST", `${TALKS}/${talk.id}/marks`, {
        body: { id, at },
        // A clock that was set back takes no mark ahead of it, but always one of its own time.
        instead: { id },
        done: (answer) => Object.assign(marked, { at: answer.at }),
      });
    }

    /** Puts a mark with this label in the place of the newest one; without it the newest mark stays as it is. */
    label(label) {
      const { marked } = this;
      this.marked = null;
      if (marked && label) {
        const path = `${TALKS}/${marked.talk.id}/marks`;
        const body = { id: this.newId(), label, at: marked.at };
        const done = () => this.write("label", "DELETE", `${path}/${marked.id}`);
        this.write("label", "POST", path, { body, done });
      }
      this.show();
    }

    /** Ends the talk with the second of the second press; the first only asks for it. */
    end(talk) {
      if (this.armedAt === null) {
        const armedAt = this.now();
        this.armedAt = armedAt;
        this.later(() => this.armedAt === armedAt && this.disarm(), ARMED_MS);
        this.show();
        return;
      }
      this.disarm();
      this.change("end", talk, { ended_at: this.second(talk) + 1 });
    }

    /** Takes the first press of *End* back. */
    disarm() {
      if (this.armedAt === null) return;
      this.armedAt = null;
      this.show();
    }

    /** The second that is under way at the server, in the talk. */
    second(talk) {
      return Math.max(Math.floor(this.clock.time() / 1000), talk.started_at);
    }

    change(what, talk, body) {
      this.write(what, "PATCH", `${TALKS}/${talk.id}`, { body, done: (answer) => this.settle(answer) });
    }

    write(what, method, path, more) {
      const refused = (message) => this.refuse(message);
      this.changes.add({ what, method, path, at: this.clock.time(), done: () => {}, refused, ...more });
    }

    refuse(message) {
      this.refusal = message;
      this.show();
    }

    /** Takes a talk as the server has just changed it; of one that another has replaced it says nothing. */
    settle(talk, isNew = false) {
      if (!isNew && this.talk !== null && this.talk.id !== talk.id) return;
      this.settlesAt = this.now() + SETTLING_MS;
      const isOver = talk.ended_at !== null && talk.ended_at * 1000 < this.clock.time() + SETTLING_MS;
      this.take(isOver ? null : talk);
      this.hidden = isOver && talk.results === "hidden" ? talk : null;
      this.show();
    }
  }

  if (isPage) window.clickBar = { Bar, OTHER };
  else module.exports = { Bar };
}
