"use strict";
// Shows the join address anew when the machine that presents has changed its network.
(() => {
  const EVERY_MS = 3000;
  // The pages lie at different depths; this script is always at <prefix>/assets/.
  const source = new URL("../join", document.currentScript.src);

  const partOf = (text) => Object.assign(document.createElement("span"), { className: "part", textContent: text });

  const fill = (text, parts) => {
    text.textContent = "";
    text.append(...parts.map(partOf));
  };

  const show = ({ url, picture, parts }) => {
    for (const image of document.querySelectorAll(".join-code")) {
      if (image.alt === `QR: ${url}`) continue;
      image.src = picture;
      image.alt = `QR: ${url}`;
    }
    for (const text of document.querySelectorAll(".join-address")) {
      if (text.textContent !== url) fill(text, parts);
      if (text.href) text.href = url;
    }
  };

  const isShown = () => !document.hidden && document.querySelector(".join-address") !== null;
  let isAsking = false;

  const follow = async () => {
    if (isAsking || !isShown()) return;
    isAsking = true;
    try {
      const response = await fetch(source, { cache: "no-store" });
      if (response.ok) show(await response.json());
    } catch {
      // Between two networks: the next look may succeed.
    } finally {
      isAsking = false;
    }
  };

  window.addEventListener("pageshow", follow);
  document.addEventListener("visibilitychange", follow);
  setInterval(follow, EVERY_MS);
})();
