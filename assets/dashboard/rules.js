"use strict";
// Plotly inserts rules for :focus-visible. Safari before 15.4 and Chrome before 86 do not know it and throw,
// and Plotly would not be there at all. There a rule that cannot be read styles nothing, as in a stylesheet.
if (!CSS.supports("selector(:focus-visible)")) {
  const { insertRule } = CSSStyleSheet.prototype;
  CSSStyleSheet.prototype.insertRule = function insertIfReadable(rule, index) {
    try {
      return insertRule.call(this, rule, index);
    } catch (error) {
      if (error.name !== "SyntaxError") throw error;
      return index;
    }
  };
}
