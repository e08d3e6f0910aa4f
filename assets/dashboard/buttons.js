"use strict";
{
  const MOST_BUTTONS = 8;
  const LONGEST_KEY = 32;
  const KEYED = /^([a-z0-9_-]{1,32})=\s*(\S.*)$/;

  /** The buttons that lines of text name, one per line: a label, or `key=Label`; null: none, or more than eight. */
  function buttonsOf(text, known = []) {
    const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
    if (lines.length === 0 || lines.length > MOST_BUTTONS) return null;
    const keys = new Map([...known].reverse().map(({ key, label }) => [label, key]));
    const taken = new Set(lines.map((line) => KEYED.exec(line)).filter(Boolean).map(([, key]) => key));
    return lines.map((line) => {
      const keyed = KEYED.exec(line);
      if (keyed) return { key: keyed[1], label: keyed[2] };
      const wanted = keys.get(line);
      const key = wanted && !taken.has(wanted) ? wanted : freeKey(keyOf(line), taken);
      taken.add(key);
      return { key, label: line };
    });
  }

  /** A key that looks like the label: a log counts 32 keys, so the same label has the same key each time. */
  function keyOf(label) {
    const plain = label.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
    const key = plain.replace(/[^a-z0-9_]+/g, "-").slice(0, LONGEST_KEY).replace(/^-+|-+$/g, "");
    return key || "button";
  }

  function freeKey(key, taken) {
    let free = key;
    for (let number = 2; taken.has(free); number += 1) free = `${key.slice(0, LONGEST_KEY - 2)}-${number}`;
    return free;
  }

  /** The lines that name these buttons again. */
  function linesOf(buttons) {
    const labels = buttons.map(({ label }) => label);
    const isPlain = (label) => !KEYED.test(label) && labels.indexOf(label) === labels.lastIndexOf(label);
    return buttons.map(({ key, label }) => (isPlain(label) ? label : `${key}=${label}`)).join("\n");
  }

  const buttons = { buttonsOf, linesOf };
  if (typeof module !== "undefined") module.exports = buttons;
  else window.clickButtons = buttons;
}
