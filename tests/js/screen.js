"use strict";
const { Poller } = require("../../assets/dashboard/poller.js");
const { formatsOf } = require("../../assets/dashboard/words.js");
const { SKELETON, text, timeline } = require("./answers.js");

const LOOK = { sizes: {}, ...formatsOf("en-US") };

/** A poller whose clock, page and server are in the test's hand. */
function world(search = "") {
  const shown = {};
  const state = { time: 0, waiting: [], shown, draws: 0, hidden: false, search, page: {}, layout: null, asked: [] };
  const poller = new Poller({
    ask: (path) => new Promise((answer) => state.asked.push(path) && state.waiting.push(answer)),
    show: (id, props) => Object.assign((shown[id] = shown[id] || {}), props),
    draw: (id, props) => {
      state.draws += 1;
      shown[id] = props;
    },
    list: () => {},
    layout: () => state.layout,
    look: () => LOOK,
    text,
    address: (changed) => (changed === undefined ? state.search : (state.search = changed)),
    showPage: (marks) => Object.assign(state.page, marks),
    now: () => state.time,
    hidden: () => state.hidden,
  });
  poller.skeleton = SKELETON;
  const answer = async (changes) => {
    state.waiting.shift()({ answer: changes === null ? null : timeline(changes), message: "", came: state.time });
    for (let turn = 0; turn < 10; turn += 1) await null;
  };
  return { poller, state, shown, answer };
}

module.exports = { world };
