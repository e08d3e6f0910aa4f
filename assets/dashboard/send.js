"use strict";
{
  const ABORT_MS = 10000;

  /** Sends a request; resolves to its status (0: no answer), the JSON of the answer, and Retry-After in ms. */
  async function send(method, path, body) {
    const abort = new AbortController();
    const timer = window.setTimeout(() => abort.abort(), ABORT_MS);
    try {
      const headers = body ? { "Content-Type": "application/json" } : {};
      const response = await fetch(path, { method, headers, body: body && JSON.stringify(body), signal: abort.signal });
      const isJson = (response.headers.get("Content-Type") || "").includes("json");
      // A host's login answers with a page of its own.
      const status = response.ok && response.status !== 204 && !isJson ? 401 : response.status;
      const retryMs = 1000 * Number(response.headers.get("Retry-After")) || 0;
      return { status, answer: isJson ? await response.json() : null, retryMs };
    } catch {
      return { status: 0, answer: null, retryMs: 0 };
    } finally {
      window.clearTimeout(timer);
    }
  }

  /** An id that nobody has: 12 hexadecimal digits. */
  function newId() {
    const bytes = window.crypto.getRandomValues(new Uint8Array(6));
    return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  window.clickSend = { newId, send };
}
