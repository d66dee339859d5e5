/** Layers on each other, the input below: which positions of each row one output depends on. */

import { h, s } from "../../dom.js";
import { t } from "../../texts.js";

const SIDE = 26;
const HEIGHT = 22;
const GAP = 34;
const LEFT = 4;

/** What each row below a cell shares with it: rows of positions, from the cell's own row down to the input. */
export function seenBelow(windows, layer, output) {
  const rows = [[output]];
  for (let below = layer; below >= 0; below -= 1) {
    const positions = new Set(rows.at(-1).flatMap((place) => windows[below][place]));
    rows.push([...positions].sort((first, second) => first - second));
  }
  return rows;
}

/** The drawing; `point(layer, output)` is called for a cell under the mouse or the focus. Layer -1 is the input. */
export function pyramid({ report, windows, chosen, point }) {
  const size = report.layers[0].input_shapes[0][2];
  const rows = [{ count: size, stride: 1, start: 0 }, ...report.layers.map(({ output_shape: shape, receptive_field: field }) => ({ count: shape[2], stride: field.stride[0], start: field.start[0] }))];
  const [width, height] = [LEFT * 2 + size * SIDE, rows.length * (HEIGHT + GAP) - GAP + 4];
  const left = (row, index) => LEFT + (rows[row].start + index * rows[row].stride) * SIDE;
  const top = (row) => 2 + (rows.length - 1 - row) * (HEIGHT + GAP);
  const seen = seenBelow(windows, ...chosen);
  const marked = new Map(seen.map((positions, depth) => [chosen[0] + 1 - depth, positions]));
  const beams = seen.slice(1).map((positions, depth) => {
    const row = chosen[0] + 1 - depth;
    const [from, to] = [seen[depth], positions];
    const corners = [[left(row, from[0]), top(row) + HEIGHT], [left(row, from.at(-1)) + SIDE, top(row) + HEIGHT], [left(row - 1, to.at(-1)) + SIDE, top(row - 1)], [left(row - 1, to[0]), top(row - 1)]];
    return s("polygon", { class: "beam", points: corners.map((corner) => corner.join(",")).join(" ") });
  });
  const lines = rows.map((row, index) => s("g", { role: "list", "aria-label": rowName(index) }, Array.from({ length: row.count }, (_, place) => cell(index, place, left(index, place), top(index), marked.get(index)?.includes(place)))));

  function cell(row, place, x, y, isMarked) {
    const touched = row > 0;
    const isChosen = row === chosen[0] + 1 && place === chosen[1];
    const attributes = touched ? { tabindex: isChosen ? 0 : -1, id: `cell-${row}-${place}`, onmouseenter: () => point(row - 1, place), onfocus: () => point(row - 1, place), onkeydown: (event) => move(event, row, place) } : {};
    return s("g", { class: `cell ${touched ? "output readable" : "input"} ${isMarked ? "marked" : ""}`, role: "listitem", "aria-label": t("learn.cell", { row: rowName(row), place }), ...attributes }, s("rect", { x: x + 1, y, width: SIDE - 2, height: HEIGHT, rx: 4 }), s("text", { x: x + SIDE / 2, y: y + HEIGHT / 2 + 0.5 }, place));
  }

  function move(event, row, place) {
    const [up, along] = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [1, 0], ArrowDown: [-1, 0] }[event.key] ?? [0, 0];
    const next = row + up;
    if ((!up && !along) || next < 1 || next >= rows.length) return;
    event.preventDefault();
    const to = Math.max(0, Math.min(rows[next].count - 1, place + along));
    event.currentTarget.ownerSVGElement.getElementById(`cell-${next}-${to}`)?.focus();
  }

  return h("div", { class: "scroll" }, s("svg", { class: "plane pyramid", viewBox: `0 0 ${width} ${height}`, width, height, role: "group", "aria-label": t("learn.pyramid") }, beams, lines));
}

/** The same as a table: what the chosen output depends on, row by row. */
export function pyramidTable({ report, windows, chosen }) {
  const seen = seenBelow(windows, ...chosen);
  const rows = report.layers.map(({ output_shape: shape, receptive_field: field }, layer) => [layer + 1, shape[2], field.size[0], field.stride[0], seen[chosen[0] - layer]]);
  rows.unshift([0, report.layers[0].input_shapes[0][2], "", "", seen.at(-1)]);
  const heads = ["layer", "size", "sees", "step", "positions"].map((name) => h("th", { class: name === "layer" || name === "positions" ? null : "number" }, t(`learn.head.${name}`)));
  const lines = rows.map(([row, ...rest]) => h("tr", {}, h("td", {}, rowName(row)), rest.slice(0, 3).map((value) => h("td", { class: "number" }, value)), h("td", {}, rest[3]?.join(", ") ?? "–")));
  return h("table", {}, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, lines));
}

/** What a row is called: the input, or a layer's output. */
export function rowName(row) {
  return row === 0 ? t("layer.input") : t("learn.layer", { layer: row });
}
