"use strict";
// Shows the join address anew when the machine that presents has changed its network.
(() => {
  const EVERY_MS = 3000;
  // The pages lie at different depths; this script is always at <prefix>/assets/.
  const source = new URL("../join", document.currentScript.src);

  const partOf = (text) => Object.assign(document.createElement("span"), { className: "part", textContent: text });

  const show = ({ url, picture, parts }) => {
    for (const image of document.querySelectorAll(".join-code")) {
      if (image.alt === `QR: ${url}`) continue;
      image.src = picture;
      image.alt = `QR: ${url}`;
    }
    for (const text of document.querySelectorAll(".join-address")) {
      if (text.textContent !== url) text.replaceChildren(...parts.map(partOf));
      if (text.href) text.href = url;
    }
  };

  const follow = async () => {
    try {
      const response = await fetch(source, { cache: "no-store" });
      if (response.ok) show(await response.json());
    } catch {
      // Between two networks: the next look may succeed.
    }
    setTimeout(follow, EVERY_MS);
  };

  setTimeout(follow, EVERY_MS);
})();
