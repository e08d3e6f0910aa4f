"use strict";
{
  const { Queue, Store, describe } = window.clickQueue;
  const page = window.clickPage;
  const POST_LIMIT = 20000;
  const ASK_LIMIT = 10000;
  const TOAST_MS = 3500;
  const MOMENT_MS = 1000;

  const texts = {};
  const own = { cheers: 0, hate: 0 };
  const shown = {};
  let toastTimer = null;
  let toasts = 0;
  let isFilled = false;
  let asleep = 0;
  let behind = 0;
  let lastSent = 0;
  let lastWaiting = 0;
  let calmSince = 0;
  let calmTimer = null;

  /** Shows the properties on an element: of the first HTML, or of Dash once it has rendered. */
  function put(id, props) {
    shown[id] = Object.assign(shown[id] || {}, props);
    const shell = document.getElementById("shell");
    const element = shell?.querySelector(`#${id}`);
    if (element) {
      element.textContent = shown[id].children;
      if (shown[id].className) element.className = shown[id].className;
    } else if (isRendered()) {
      window.dash_clientside.set_props(id, props);
    }
  }

  function isRendered() {
    return document.querySelector("#react-entry-point button[data-tap]") !== null;
  }

  /** Puts Dash's own elements in the place of the first HTML, with all that is shown on it. */
  function takeOver(_changes, observer) {
    const shell = document.getElementById("shell");
    if (!shell || !isRendered()) return;
    const focused = shell.contains(document.activeElement) ? document.activeElement.id : "";
    shell.remove();
    observer.disconnect();
    for (const id of Object.keys(shown)) window.dash_clientside.set_props(id, shown[id]);
    if (focused) document.getElementById(focused).focus();
  }

  function toast(text, kind) {
    toasts += 1;
    // Two names for one style: the change starts the animation anew.
    put("toast", { children: text, className: `toast-area shown ${kind} turn-${toasts % 2}` });
    endToast();
  }

  function endToast() {
    window.clearTimeout(toastTimer);
    toastTimer = window.setTimeout(() => put("toast", { children: "", className: "toast-area" }), TOAST_MS);
  }

  function showDelivery() {
    const waiting = queue.waiting();
    if (lastWaiting === 0 || queue.sent !== lastSent) calmSince = ticks();
    lastWaiting = waiting;
    lastSent = queue.sent;
    const left = MOMENT_MS - (ticks() - calmSince);
    window.clearTimeout(calmTimer);
    if (waiting > 0 && left > 0) calmTimer = window.setTimeout(showDelivery, left);
    const { sent, unknown, refused, forbidden, lost } = queue;
    const seen = { sent, unknown, refused, forbidden, lost, waiting, moment: left > 0, online: isOnline() };
    const { kind, text } = describe(seen, page.text);
    put("delivery", { children: text, className: `delivery ${kind}` });
  }

  function isOnline() {
    return navigator.onLine !== false;
  }

  function onStorage() {
    queue.recount();
    showDelivery();
  }

  /** The answer's status, JSON body and Retry-After; null where none came in time. */
  async function call(path, limit, options) {
    const abort = new AbortController();
    const timer = window.setTimeout(() => abort.abort(), limit);
    try {
      const response = await fetch(path, Object.assign({ cache: "no-store", signal: abort.signal }, options));
      const json = await response.json().catch(() => null);
      if (abort.signal.aborted) return null;
      const retryAfter = Number(response.headers.get("Retry-After")) || 0;
      return { status: response.status, json, retryAfter };
    } catch {
      return null;
    } finally {
      window.clearTimeout(timer);
    }
  }

  /** A POST that follows no redirect: the answer would be that of a GET, or of a log-in page. */
  function post(body) {
    const headers = { "Content-Type": "application/json" };
    return call("kafka/click", POST_LIMIT, { method: "POST", headers, body, redirect: "error" });
  }

  async function ask() {
    const answer = await call("kafka/repeat", ASK_LIMIT);
    return answer && answer.status === 200 ? answer.json : null;
  }

  function beacon(body) {
    return navigator.sendBeacon("kafka/click", new Blob([body], { type: "application/json" }));
  }

  function newClient() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function storage() {
    try {
      return window.localStorage;
    } catch {
      return null;
    }
  }

  /** Milliseconds by a clock that nobody sets. */
  function ticks() {
    return performance.now() + asleep;
  }

  // The browser's clock may stand still while a phone sleeps: what the wall clock gained meanwhile counts.
  function onVisible() {
    const ahead = Date.now() - ticks();
    if (document.hidden) behind = ahead;
    else asleep += Math.max(0, ahead - behind);
  }

  const queue = new Queue({
    store: new Store(storage()),
    client: newClient(),
    texts,
    say: page.text,
    post,
    ask,
    beacon,
    toast,
    online: isOnline,
    now: () => Date.now(),
    ticks,
    random: Math.random,
    later: (run, ms) => window.setTimeout(run, ms),
    cancel: (timer) => window.clearTimeout(timer),
    changed: showDelivery,
  });

  /** A tap is one pointer going down, or one click that no pointer made. */
  function onPress(event) {
    const button = event.target instanceof Element && event.target.closest("[data-tap]");
    const isTap = event.type === "click" ? event.detail === 0 : event.button === 0;
    if (!button || !isTap) return;
    count(button);
  }

  /** A key on a stand-in raises no click; on a button that is held down it raises many. */
  function onKey(event) {
    const button = event.target instanceof Element && event.target.closest("[data-tap]");
    if (!button || !["Enter", " "].includes(event.key)) return;
    const isStandIn = button.tagName !== "BUTTON";
    if (isStandIn || (event.repeat && event.key === "Enter")) event.preventDefault();
    if (isStandIn && !event.repeat) count(button);
  }

  function count(button) {
    const type = button.dataset.tap;
    texts[type] = button.dataset.toast;
    own[type] += 1;
    put(`${type}-count`, { children: String(own[type]) });
    queue.tap(type);
    answerTheFinger(button);
  }

  function answerTheFinger(button) {
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (!calm) {
      button.animate([{ transform: "scale(0.97)", filter: "brightness(1.25)" }, { transform: "none" }], 180);
    }
    // Before the first finished gesture the browser refuses to vibrate, and says so on the console.
    if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(12);
  }

  /** Fills the first HTML in, and learns its texts: bundles may keep it from being ready for long. */
  function onFirstHtml() {
    for (const button of document.querySelectorAll("#shell [data-tap]")) {
      texts[button.dataset.tap] = button.dataset.toast;
    }
    for (const id of Object.keys(shown)) put(id, {});
    if (toastTimer !== null) endToast();
    queue.tell();
  }

  function watch(changes, observer) {
    if (!isFilled && document.querySelector("#shell ~ #react-entry-point")) {
      isFilled = true;
      onFirstHtml();
    }
    takeOver(changes, observer);
  }

  document.addEventListener("pointerdown", onPress, { capture: true, passive: true });
  document.addEventListener("click", onPress, { capture: true });
  document.addEventListener("keydown", onKey, { capture: true });
  document.addEventListener("DOMContentLoaded", onFirstHtml);
  document.addEventListener("visibilitychange", onVisible);
  document.addEventListener("visibilitychange", () => document.hidden && queue.run());
  window.addEventListener("pagehide", () => queue.leave());
  window.addEventListener("pageshow", (event) => event.persisted && queue.adopt());
  window.addEventListener("online", () => queue.adopt());
  window.addEventListener("offline", showDelivery);
  window.addEventListener("storage", onStorage);
  new MutationObserver(watch).observe(document, { childList: true, subtree: true });

  window.dash_clientside = Object.assign(window.dash_clientside || {}, {
    clicker: {
      send() {
        queue.run();
        return window.dash_clientside.no_update;
      },
    },
  });
  page.onChange(showDelivery);
  queue.adopt();
}
