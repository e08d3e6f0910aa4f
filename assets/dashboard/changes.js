"use strict";
{
  const FIRST_PAUSE_MS = 1000;
  const LAST_PAUSE_MS = 10000;

  /** Whether the same request may succeed later: nobody answered, or the server says that it cannot now. */
  const isPassing = (status) => status === 0 || status === 429 || status >= 500;
  const isRefusal = (status) => status === 401 || status === 403;

  /**
   * Sends changes of talks one by one, in the order of the presses, and each again with the same body until
   * an answer is final. Until then it is kept, so that none overtakes another and none is lost.
   */
  class Changes {
    /**
     * send(method, path, body): resolves to status (0: no answer), answer and retryMs; later(work, ms): calls
     * work then; mayChange(): resolves to whether the viewer still has the right, null: not known; show(): what
     * waits has changed.
     */
    constructor({ send, later, mayChange, show }) {
      Object.assign(this, { send, later, mayChange, show });
      this.waiting = []; // The first is on its way, or is to be sent next.
      this.isSending = false;
      this.isHeld = false; // Whether the right is lost: nothing is sent until `goOn`.
      this.failure = null; // The server's message if the first failed and will be sent again, "" if it sent none.
      this.failures = 0; // How often in succession.
    }

    /**
     * Takes a change: what it changes (`what`), method, path and body; done(answer) is called when it is made,
     * refused(message) when it never will be. `instead`: the body to send if the server does not take the first.
     */
    add(change) {
      this.waiting.push(change);
      this.goOn();
    }

    /** Whether a change of this kind waits. */
    has(what) {
      return this.waiting.some((change) => change.what === what);
    }

    /** Sends what waits, now: it has waited long enough, or the right is back. */
    async goOn() {
      this.isHeld = false;
      if (this.isSending) return;
      this.isSending = true;
      this.show();
      try {
        while (this.waiting.length > 0 && (await this.sendFirst()));
      } finally {
        this.isSending = false;
        this.show();
      }
    }

    /** Sends the first once; resolves to whether the next one may follow. */
    async sendFirst() {
      const [change] = this.waiting;
      const { status, answer, retryMs } = await this.send(change.method, change.path, change.body);
      const message = (answer && answer.message) || "";
      if (isPassing(status)) return this.pause(message, retryMs);
      if (isRefusal(status)) {
        const mayChange = await this.mayChange();
        if (mayChange === null) return this.pause(message, retryMs);
        this.isHeld = !mayChange;
        if (this.isHeld) return false;
      }
      this.failure = null;
      this.failures = 0;
      if (status === 409 && change.instead) {
        Object.assign(change, { body: change.instead, instead: null });
        return true;
      }
      this.waiting.shift();
      const isDone = status < 300 || (status === 404 && change.method === "DELETE");
      if (isDone) change.done(answer);
      else change.refused(message);
      return true;
    }

    /** Sends the first again after a while that grows; resolves to false. */
    pause(message, retryMs) {
      this.failure = message;
      const pause = Math.min(LAST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.failures);
      this.failures += 1;
      const { failures } = this;
      this.later(() => {
        // Somebody may have sent it in the meantime.
        if (failures === this.failures && !this.isHeld) this.goOn();
      }, Math.max(pause, Math.min(retryMs, LAST_PAUSE_MS)));
      return false;
    }
  }

  const changes = { Changes };
  if (typeof module !== "undefined") module.exports = changes;
  else window.clickChanges = changes;
}
