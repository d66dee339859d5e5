/** Sliding the window: one output after the other, by hand or by itself. */

import { h } from "../dom.js";
import { t } from "../texts.js";

const PACE = 650; // milliseconds from one output to the next

/** `{ element, show(sizes, chosen), stop() }`; `choose(chosen)` is called for the next output. */
export function tour(choose) {
  let [sizes, chosen, timer] = [[], [], null];
  const play = h("button", { type: "button", onclick: () => (timer ? stop() : start()) }, t("layer.play"));
  const element = h("div", { class: "row" }, h("button", { type: "button", onclick: () => step(-1) }, t("layer.back")), play, h("button", { type: "button", onclick: () => step(1) }, t("layer.step")));

  function step(by) {
    const count = sizes.reduce((product, size) => product * size, 1);
    let place = sizes.reduce((index, size, axis) => index * size + chosen[axis], 0);
    place = (place + by + count) % count;
    const next = [...sizes];
    for (let axis = sizes.length - 1; axis >= 0; axis -= 1) [next[axis], place] = [place % sizes[axis], Math.floor(place / sizes[axis])];
    choose(next);
  }

  function start() {
    timer = setInterval(() => step(1), PACE);
    play.textContent = t("layer.pause");
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    play.textContent = t("layer.play");
  }

  return {
    element,
    stop,
    /** Without sizes there is nothing to slide over. */
    show(shown, at) {
      [sizes, chosen] = [shown ?? [], at];
      element.hidden = !shown;
      if (!shown) stop();
    },
  };
}
