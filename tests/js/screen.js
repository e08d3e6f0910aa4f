"use strict";
const { Poller } = require("../../assets/dashboard/poller.js");
const { windowsOf } = require("../../assets/dashboard/view.js");
const { formatsOf } = require("../../assets/dashboard/words.js");
const { timesOf } = require("../../assets/dashboard/zone.js");
const { REACTIONS, SKELETON, text, timeline } = require("./answers.js");

const LOOK = { sizes: { plot: {} }, ...formatsOf("en-US"), times: timesOf("utc") };

const WINDOWS = windowsOf("[[120, 2], [900, 15], [3600, 60]]");

/** A poller whose clock, page and server are in the test's hand. */
function world(search = "", windows = WINDOWS) {
  const shown = {};
  const state = { time: 0, waiting: [], shown, draws: 0, hidden: false, search, page: {}, layout: null, asked: [] };
  const ask = (path) => new Promise((answer) => state.asked.push(path) && state.waiting.push(answer));
  const page = {
    reactions: REACTIONS,
    rebuild: (reactions) => (state.cards = reactions),
    show: (id, props) => Object.assign((shown[id] = shown[id] || {}), props),
    draw: (id, props) => {
      state.draws += 1;
      shown[id] = props;
    },
    list: () => {},
    layout: () => state.layout,
    look: () => LOOK,
    text,
    zone: () => "utc",
    address: (changed) => (changed === undefined ? state.search : (state.search = changed)),
    mark: (marks) => Object.assign(state.page, marks),
    isHidden: () => state.hidden,
  };
  const poller = new Poller({ ask, page, windows, now: () => state.time });
  poller.begin(SKELETON, {}, 1000);
  const answer = async (changes) => {
    state.waiting.shift()({ answer: changes === null ? null : timeline(changes), message: "", came: state.time });
    for (let turn = 0; turn < 10; turn += 1) await null;
  };
  return { poller, page, state, shown, answer };
}

module.exports = { WINDOWS, world };
