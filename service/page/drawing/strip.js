/** One axis as a strip: padding, input, padding, and under it each window as a bar; for a transposed convolution the
 * whole output, and what is cropped from it. A long axis is drawn as blocks with their lengths. */

import { h, s } from "../dom.js";
import { t } from "../texts.js";
import { range } from "./plane.js";
import { extentOf } from "./planes_of_layer.js";
import { kindOf } from "./staircase.js";

const SIDE = 22;
const BAR = 5;
const MOST = { cells: 34, bars: 14 };
const WIDE = 300;

/** The picture and the words below it. `axis` is the service's, with windows. */
export function strip(axis, label) {
  const transposed = "output_padding" in axis;
  const picture = transposed ? croppedOutput(axis) : readInput(axis);
  return h("figure", { class: "strip" }, h("figcaption", {}, h("b", {}, label), " · ", wordsOf(axis)), picture);
}

/** The axes with their labels; those that are alike have one together. */
export function alike(axes) {
  const found = new Map();
  for (const [index, axis] of axes.entries()) {
    const key = JSON.stringify(axis);
    found.set(key, { axis, indices: [...(found.get(key)?.indices ?? []), index] });
  }
  return [...found.values()].map(({ axis, indices }) => ({ axis, label: t(indices.length > 1 ? "strip.axes" : "layer.axis", { axis: indices[0], axes: indices.join(", ") }) }));
}

/** The padding of an axis in words. */
export function wordsOf(axis) {
  const [before, after] = axis.padding ?? [];
  if ("output_padding" in axis) return t("strip.crop", { before, after, output: axis.output, more: axis.output_padding });
  if (!axis.padding) return t("strip.windows", { input: axis.input, output: axis.output });
  return t(axis.unread > 0 ? "strip.unread" : "strip.padding", { before, after, input: axis.input, unread: axis.unread });
}

function readInput(axis) {
  const extent = axis.windows ? extentOf(axis) : null;
  if (!extent || extent[1] - extent[0] >= MOST.cells) return blocks(axis.padding ?? [0, 0], axis.input, "input", "padding");
  const read = new Set(axis.windows.flat());
  const place = (position) => (position - extent[0]) * SIDE;
  const cells = range(extent).map((position) => cell(place(position), `cell ${kindOf(position, axis.input, read)}`, position));
  const bars = axis.windows.slice(0, MOST.bars).map((window, index) => window.filter((position) => position !== null).map((position) => s("rect", { class: "bar", x: place(position) + 1.5, y: SIDE + 4 + index * (BAR + 2), width: SIDE - 3, height: BAR, rx: 2 })));
  const rows = Math.min(axis.windows.length, MOST.bars);
  return drawn((extent[1] - extent[0] + 1) * SIDE, SIDE + 4 + rows * (BAR + 2), [cells, bars]);
}

/** The crop as the service counts it: output padding keeps so much of the end. */
function croppedOutput({ padding: [before, after], output, output_padding: kept }) {
  const cut = [Math.max(before, 0), Math.max(after - kept, 0)];
  if (output + cut[0] + cut[1] > MOST.cells) return blocks(cut, output, "output", "cropped");
  const cells = range([-cut[0], output - 1 + cut[1]]).map((position) => cell((position + cut[0]) * SIDE, `cell ${position < 0 || position >= output ? "cropped" : "output"}`, position));
  return drawn((output + cut[0] + cut[1]) * SIDE, SIDE + 2, cells);
}

function cell(x, kind, text) {
  return s("g", { class: kind }, s("rect", { x, y: 0, width: SIDE, height: SIDE, rx: 3 }), s("text", { x: x + SIDE / 2, y: SIDE / 2 + 0.5 }, text));
}

/** The three parts, wide enough to see each. */
function blocks([before, after], size, inner, outer) {
  const parts = [[before, outer], [size, inner], [after, outer]].filter(([length]) => length > 0);
  const narrow = 30;
  const rest = WIDE - narrow * (parts.length - 1);
  let x = 0;
  const drawnParts = parts.map(([length, kind]) => {
    const width = kind === inner ? rest : narrow;
    const part = s("g", { class: `cell ${kind}` }, s("rect", { x, y: 0, width, height: SIDE, rx: 3 }), s("text", { x: x + width / 2, y: SIDE / 2 + 0.5 }, length));
    x += width;
    return part;
  });
  return drawn(WIDE, SIDE, drawnParts);
}

function drawn(width, height, ...children) {
  return s("svg", { class: "plane", viewBox: `0 0 ${Math.max(width, 1)} ${height}`, width, height, "aria-hidden": "true" }, ...children);
}
