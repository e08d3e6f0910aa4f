"use strict";
{
  /** A new element with these properties, attributes and children. */
  function element(tag, properties = {}, attributes = {}, children = []) {
    const made = Object.assign(document.createElement(tag), properties);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  window.clickElements = { element };
}
