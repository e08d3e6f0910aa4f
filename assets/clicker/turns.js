"use strict";
{
  /** Whose batches are tried first: clients with a batch of unknown outcome come last, least recently tried first. */
  class Turns {
    constructor() {
      this.uncertain = new Set();
    }

    order(clients) {
      const uncertain = [...this.uncertain].filter((client) => clients.includes(client));
      return [...clients.filter((client) => !this.uncertain.has(client)), ...uncertain];
    }

    /** Notes the outcome of a batch of the client's. */
    note(client, outcome) {
      if (outcome === "done") this.uncertain.clear();
      this.uncertain.delete(client);
      if (outcome === "unknown") this.uncertain.add(client);
    }
  }

  if (typeof module !== "undefined") module.exports = { Turns };
  else window.clickTurns = { Turns };
}
