"use strict";
{
  const { Store } = window.clickBatches;
  const { describe } = window.clickDelivery;
  const { Queue } = window.clickQueue;
  const { Presses } = window.clickPresses;
  const { OwnTaps } = window.clickOwn;
  const { Pads } = window.clickPads;
  const { TalkWatch, changeOf } = window.clickTalk;
  const page = window.clickPage;
  // The site may take so long to answer, by its settings; the rest is the network's.
  const POST_LIMIT_MS = 17000 + Number(page.words().answer_limit_ms);
  const SITE = new URL("./", window.location.href).pathname;
  const ASK_LIMIT_MS = 10000;
  const TOAST_MS = 3500;
  const MOMENT_MS = 1000;

  const presses = new Presses();
  const toastTexts = new Map(); // By type; empty until the buttons are in the page.
  const shown = {}; // The properties of each element, by id.
  let toastTimer = null;
  let toasts = 0;
  let isFirstHtmlFilled = false;
  let sleptMs = 0; // What the clock of the ticks has missed.
  let ticksBehind = 0; // How far the ticks were behind the wall clock when the page was hidden.
  let lastSent = 0;
  let lastWaiting = 0;
  let calmSince = 0; // The tick of the last success, or at which taps began to wait.
  let calmTimer = null;

  /** Shows the properties on an element of the first HTML, or of Dash once it has rendered. */
  function put(id, props) {
    shown[id] = Object.assign(shown[id] || {}, props);
    const shell = document.getElementById("shell");
    const self = `[id="${id}"]`;
    const element = shell ? shell.querySelector(self) : document.querySelector(`[data-made] ${self}`);
    if (element) {
      element.textContent = shown[id].children;
      if (shown[id].className) element.className = shown[id].className;
    } else if (document.querySelector(`#react-entry-point ${self}`)) {
      window.dash_clientside.set_props(id, shown[id]);
    }
  }

  function isRendered() {
    return document.querySelector("#react-entry-point button[data-tap]") !== null;
  }

  /** Replaces the first HTML by Dash's elements and shows on them what the first HTML showed. */
  function replaceFirstHtml(_changes, observer) {
    const shell = document.getElementById("shell");
    if (!shell || !isRendered()) return;
    const focused = shell.contains(document.activeElement) ? document.activeElement.id : "";
    shell.remove();
    presses.forget();
    observer.disconnect();
    pads.draw();
    for (const id of Object.keys(shown)) put(id, {});
    if (focused) document.getElementById(focused).focus();
  }

  function toast(text, kind) {
    toasts += 1;
    // Two class names with one style: the change restarts the animation.
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
    const { sent, unknown, refused, delivery } = queue;
    const now = { moment: left > 0, online: isOnline(), closed: pads.isClosed };
    const seen = { sent, unknown, refused, delivery, waiting, ...now };
    const { kind, text } = describe(seen, page.text);
    put("delivery", { children: text, className: `delivery ${kind}` });
  }

  function isOnline() {
    return navigator.onLine !== false;
  }

  function onStorage() {
    queue.recountOthers();
    showDelivery();
  }

  /** The answer's status, JSON body and Retry-After (seconds); null if no answer came in time. */
  async function call(path, limit, options) {
    const abort = new AbortController();
    const timer = window.setTimeout(() => abort.abort(), limit);
    try {
      const response = await fetch(path, { cache: "no-store", signal: abort.signal, ...options });
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

  /** Posts without following a redirect, whose answer would be that of a GET or of a log-in page. */
  function post(body) {
    const headers = { "Content-Type": "application/json" };
    return call("kafka/click", POST_LIMIT_MS, { method: "POST", headers, body, redirect: "error" });
  }

  function ask() {
    return call("kafka/repeat", ASK_LIMIT_MS);
  }

  function beacon(body) {
    // Some apps show pages in a browser of their own that has none.
    return navigator.sendBeacon?.("kafka/click", new Blob([body], { type: "application/json" })) ?? false;
  }

  function newClient() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  /** The browser's storage of that name; null if the browser has none for this page. */
  function storage(name) {
    try {
      return window[name];
    } catch {
      return null;
    }
  }

  /** The milliseconds of a clock that nobody sets. */
  function ticks() {
    return performance.now() + sleptMs;
  }

  // The clock may stand still while a phone sleeps: the ticks take over what the wall clock gained.
  function onVisibilityChange() {
    const behind = Date.now() - ticks();
    if (document.hidden) ticksBehind = behind;
    else sleptMs += Math.max(0, behind - ticksBehind);
  }

  const clock = {
    now: () => Date.now(),
    ticks,
    setTimer: (run, ms) => window.setTimeout(run, ms),
    clearTimer: (timer) => window.clearTimeout(timer),
  };
  const pads = new Pads({ page, ticks, presses, learn });
  const watch = new TalkWatch({
    ask: () => call("kafka/talks/current", ASK_LIMIT_MS),
    clock,
    isAway: () => document.hidden || !isOnline(),
    onTalk,
  });
  const queue = new Queue({
    store: new Store(storage("localStorage"), SITE),
    client: newClient(),
    server: { post, ask, beacon, isOnline },
    clock,
    random: Math.random,
    page: {
      texts: toastTexts, text: page.text, toast, onChange: showDelivery, onLog: countFor, onHint: () => watch.hint(),
    },
  });

  const ownTaps = new OwnTaps(storage("sessionStorage"), SITE);

  function countFor(log) {
    ownTaps.countFor(log, ticks());
    showOwnTaps();
  }

  function showOwnTaps() {
    for (const type of toastTexts.keys()) put(`${type}-count`, { children: String(ownTaps.of(type)) });
  }

  /** Another talk runs, or none, or it has changed. */
  function onTalk(talk, before) {
    pads.take(talk);
    drawPads();
    showDelivery();
    const change = changeOf(talk, before);
    if (change !== null) toast(page.text(...change), talk?.taps === "closed" ? "bad" : "good");
  }

  function drawPads() {
    if (!isFirstHtmlFilled) return;
    pads.draw();
    showOwnTaps();
  }

  /** Counts each press of a button once, by a finger, a mouse, a key or assistive technology. */
  function onPress(event) {
    const isTap = presses.isTap(event);
    const button = event.target instanceof Element && event.target.closest("[data-tap]");
    if (button && isTap) count(button);
  }

  /** Makes a key one tap: on a stand-in it raises no click, and held down on a button it raises many. */
  function onKey(event) {
    const button = event.target instanceof Element && event.target.closest("[data-tap]");
    if (!button || !["Enter", " "].includes(event.key)) return;
    const isStandIn = button.tagName !== "BUTTON";
    if (isStandIn || (event.repeat && event.key === "Enter")) event.preventDefault();
    if (isStandIn && !event.repeat) count(button);
  }

  function count(button) {
    if (pads.areNew()) return;
    if (pads.isClosed) {
      toast(page.text("buttons_closed"), "bad");
      watch.hint();
      return;
    }
    const type = button.dataset.tap;
    learn(button);
    put(`${type}-count`, { children: String(ownTaps.add(type, ticks())) });
    queue.tap(type);
    showPress(button);
  }

  /** Notes which reaction a button sends, and its toast. */
  function learn({ dataset }) {
    toastTexts.set(dataset.tap, dataset.toast);
  }

  function showPress(button) {
    const prefersCalm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (!prefersCalm) {
      // Chrome before 84 wants each property in each frame.
      const frames = [{ transform: "scale(0.97)", filter: "brightness(1.25)" }, { transform: "none", filter: "none" }];
      button.animate(frames, 180);
    }
    // Before the first finished gesture the browser refuses to vibrate and logs an error.
    if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(12);
  }

  /** Fills in the first HTML and reads its texts; bundles may keep the page from being ready for long. */
  function onFirstHtml() {
    watch.begin(JSON.parse(document.getElementById("shell")?.dataset.talk || null));
    isFirstHtmlFilled = true;
    drawPads();
    for (const id of Object.keys(shown)) put(id, {});
    if (toastTimer !== null) endToast();
    queue.announce();
  }

  function comeBack() {
    queue.adopt();
    watch.look();
  }

  function onNodes(changes, observer) {
    if (!isFirstHtmlFilled && document.querySelector("#shell ~ #react-entry-point")) onFirstHtml();
    replaceFirstHtml(changes, observer);
  }

  for (const type of ["pointerdown", "pointerup", "pointercancel", "click"]) {
    document.addEventListener(type, onPress, { capture: true, passive: true });
  }
  document.addEventListener("keydown", onKey, { capture: true });
  document.addEventListener("DOMContentLoaded", onFirstHtml);
  document.addEventListener("visibilitychange", onVisibilityChange);
  document.addEventListener("visibilitychange", () => (document.hidden ? queue.run() : watch.look()));
  window.addEventListener("pagehide", () => queue.leave());
  window.addEventListener("pageshow", (event) => event.persisted && comeBack());
  window.addEventListener("online", comeBack);
  window.addEventListener("offline", showDelivery);
  window.addEventListener("storage", onStorage);
  new MutationObserver(onNodes).observe(document, { childList: true, subtree: true });

  window.dash_clientside = Object.assign(window.dash_clientside || {}, {
    clicker: {
      send() {
        queue.run();
        return window.dash_clientside.no_update;
      },
    },
  });
  page.onChange(showDelivery);
  comeBack();
  page.ready();
}
