"use strict";
{
  const ZERO = /^(\d{1,11})((?:\.[a-z0-9_-]{1,32}\*\d{1,16}){1,8})\.(.+)$/;

  /** The windows of the page's JSON: the width of a bin by window, both in seconds. */
  function windowsOf(json) {
    return new Map(JSON.parse(json));
  }

  /** The first window is the one of an address that names none. */
  function defaultOf(windows) {
    return windows.keys().next().value;
  }

  /** The view that the page's address names: window (s), zero, presenter view, that as overlay, the join code. */
  function viewOf(search, windows) {
    const query = new URLSearchParams(search);
    const zero = ZERO.exec(query.get("zero") || "");
    const named = [...windows.keys()].find((seconds) => String(seconds) === query.get("window"));
    return {
      window: named || defaultOf(windows),
      zero: zero && { at: Number(zero[1]), counts: countsIn(zero[2]), log: zero[3] },
      presenter: ["presenter", "overlay"].includes(query.get("view")),
      overlay: query.get("view") === "overlay",
      code: query.get("qr") !== "off",
    };
  }

  /** The counts by key in a text such as ".ok*12.slow*3". */
  function countsIn(text) {
    const pairs = text.slice(1).split(".").map((pair) => pair.split("*"));
    return new Map(pairs.map(([key, count]) => [key, Number(count)]));
  }

  /** The query that names the view; parameters of `search` that are not the dashboard's stay. */
  function searchOf(view, windows, search = "") {
    const query = new URLSearchParams(search);
    const { zero } = view;
    const wanted = {
      window: view.window === defaultOf(windows) ? null : view.window,
      zero: zero && [zero.at, ...[...zero.counts].map((pair) => pair.join("*")), zero.log].join("."),
      view: view.presenter ? (view.overlay ? "overlay" : "presenter") : null,
      qr: view.code ? null : "off",
    };
    for (const [name, value] of Object.entries(wanted)) {
      if (value === null) query.delete(name);
      else query.set(name, value);
    }
    return `${query}` && `?${query}`;
  }

  /** The path of the window's bins and totals. */
  function timelinePath(window, windows) {
    return `kafka/timeline?window=${window}&bin=${windows.get(window)}`;
  }

  const view = { searchOf, timelinePath, viewOf, windowsOf };
  if (typeof module !== "undefined") module.exports = view;
  else window.clickView = view;
}
