/** One axis as a staircase: the input with its padding above, and below it a step for each output's window. */

import { h, s } from "../dom.js";
import { range } from "./plane.js";

const STEP = 22;
const LEFT = 46;
const RIGHT = 64;
const SIDE = 26;
const SMALL = 12;
const WIDE = 700;

/** How much is drawn at most: positions across and windows down. */
export const MOST = { positions: 64, windows: 40 };

/** The picture of an axis.
 *
 * `extent` is the first and last position drawn, `size` the input's, `windows` those of the service; `value(position)`
 * and `result(output)` are texts, or "" for none; `point(output)` is called for the window under the mouse or the focus.
 * Of a part of an axis, `first` is the number of its first window, and `read` holds all positions that any window reads.
 */
export function staircase({ label, extent, size, windows, value, result, point, describe, marked, first = 0, read = new Set(windows.flat()) }) {
  const across = range(extent);
  const side = across.length * SIDE > WIDE ? SMALL : SIDE;
  const place = (position) => LEFT + (position - extent[0]) * side;
  const shown = windows.slice(0, MOST.windows);
  const [width, height] = [LEFT + across.length * side + RIGHT, (shown.length + 1) * STEP + 26];
  const top = s("g", {}, across.map((position) => cell(place(position), 16, side, `cell ${kindOf(position, size, read)}`, side === SIDE ? value(position) : "")));
  const steps = shown.map((window, output) =>
    s(
      "g",
      { class: "step", role: "listitem", tabindex: -1, "aria-label": describe(output), onmouseenter: () => point(output), onfocus: () => point(output), onkeydown: toNext },
      s("rect", { class: "lane", x: LEFT, y: 22 + (output + 1) * STEP, width: across.length * side, height: STEP - 4, rx: 3 }),
      s("text", { class: "axis end", x: LEFT - 8, y: 31 + (output + 1) * STEP }, first + output),
      window.map((position) => (position === null ? null : cell(place(position), 22 + (output + 1) * STEP, side, `cell weight ${position < 0 || position >= size ? "outside" : ""}`, "", STEP - 4))),
      cell(place(extent[1] + 1) + 10, 22 + (output + 1) * STEP, RIGHT - 14, "cell output", result(output), STEP - 4),
    ),
  );
  (steps[marked ?? 0] ?? steps[0])?.setAttribute("tabindex", 0);
  steps[marked]?.classList.add("marked");
  const ticks = across.filter((position) => side === SIDE || position % 4 === 0).map((position) => s("text", { class: "axis", x: place(position) + side / 2, y: 8 }, position));
  return h("div", { class: "scroll" }, s("svg", { class: "plane staircase", role: "list", "aria-label": label, viewBox: `0 0 ${width} ${height}`, width, height }, ticks, top, steps));
}

/** Marks the window of another output in a staircase. */
export function markStep(element, output) {
  const steps = [...element.querySelectorAll(".step")];
  steps.forEach((step, index) => {
    step.classList.toggle("marked", index === output);
    step.setAttribute("tabindex", index === (output < steps.length ? output : 0) ? 0 : -1);
  });
}

/** The arrow keys go from step to step. */
function toNext(event) {
  const by = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[event.key];
  const steps = [...event.currentTarget.parentNode.querySelectorAll(".step")];
  const next = by && steps[steps.indexOf(event.currentTarget) + by];
  if (!by) return;
  event.preventDefault();
  next?.focus();
}

/** What a position of the padded input is. */
export function kindOf(position, size, read) {
  const inside = position >= 0 && position < size;
  return `${inside ? "input" : "padding"}${read.has(position) ? "" : " unread"}`;
}

function cell(x, y, width, kind, text, height = 20) {
  return s("g", { class: kind, "aria-hidden": "true" }, s("rect", { x, y, width, height, rx: 3 }), text === "" ? null : s("text", { x: x + width / 2, y: y + height / 2 + 0.5 }, text));
}
