/** The drawing of a layer: planes of numbers where there is room for them, and a staircase of windows an axis. */

import { h, refill } from "../../dom.js";
import { extentOf, PlanesOfLayer } from "../../drawing/planes_of_layer.js";
import { markStep, MOST, staircase } from "../../drawing/staircase.js";
import { t } from "../../texts.js";

const FLAT = { input: 1, output: 1, kernel: 1, padding: [0, 0], windows: [[0]] }; // the axis across a line of numbers
const LINE = 800; // pixels that a line of numbers may take

/** `choose(chosen)` is called for an output that is pointed at, `edit(name, row, column, value)` for a number. */
export function pictureOfLayer({ choose, edit }) {
  const planes = new PlanesOfLayer({ choose: (row, column) => choose([row, column]), edit });
  const line = new PlanesOfLayer({ choose: (_, column) => choose([column]), edit, widest: LINE });
  const element = h("div", { class: "drawing stack" });

  function showLine({ axes, numbers, chosen }) {
    const flat = Object.fromEntries(Object.entries(numbers).map(([name, values]) => [name, values && [values]]));
    line.show({ axes: [FLAT, ...axes], numbers: flat, chosen: [0, ...chosen], named: axes });
  }

  return {
    element,
    /** `numbers` may be empty. */
    show({ axes, numbers, chosen }) {
      const drawn = axes.length < 3 && numbers.output;
      if (drawn && axes.length === 2) planes.show({ axes, numbers, chosen });
      if (drawn && axes.length === 1) showLine({ axes, numbers, chosen });
      if (drawn && axes.length === 2) return refill(element, planes.element);
      return refill(element, drawn ? line.element : null, alike(axes).map((group) => stairs(group, axes, drawn ? numbers : {}, chosen, choose)));
    },
    mark(chosen) {
      if (element.contains(planes.element)) planes.mark(chosen);
      if (!element.contains(line.element)) return;
      line.mark([0, ...chosen]);
      markStep(element, chosen[0]);
    },
    clear: () => refill(element),
  };
}

/** The axes that have the same windows, together. */
function alike(axes) {
  const groups = new Map();
  axes.forEach((axis, index) => {
    const key = JSON.stringify(axis);
    groups.set(key, [...(groups.get(key) ?? []), index]);
  });
  return [...groups.values()];
}

function stairs(group, axes, numbers, chosen, choose) {
  const axis = axes[group[0]];
  const extent = extentOf(axis);
  const last = Math.min(extent[1], extent[0] + MOST.positions - 1);
  const cut = last < extent[1] || axis.windows.length > MOST.windows;
  const title = group.length > 1 ? t("layer.axes", { axes: group.join(", ") }) : t("layer.axis", { axis: group[0] });
  const picture = staircase({
    label: title,
    extent: [extent[0], last],
    size: axis.input,
    windows: axis.windows.filter((window) => window.every((position) => position === null || position <= last)),
    value: (position) => numbers.padded?.[position - extent[0]] ?? "",
    result: (output) => numbers.output?.[output] ?? "",
    point: (output) => axes.length === 1 && choose([output]),
    describe: (output) => t("layer.windowOf", { output, positions: positionsText(axis.windows[output]) }),
    marked: axes.length === 1 ? chosen?.[0] : undefined,
  });
  const note = cut ? h("p", { class: "quiet" }, t("layer.cut", { positions: MOST.positions, windows: MOST.windows })) : null;
  return h("figure", { class: "axis-figure" }, h("figcaption", {}, axes.length > 1 ? title : t("layer.windows")), picture, note);
}

function positionsText(window) {
  return window.map((position) => position ?? "–").join(", ");
}

/** Which positions each output reads, axis by axis. */
export function windowTable(axes) {
  const rows = axes.flatMap((axis, index) => axis.windows.slice(0, MOST.windows).map((window, output) => h("tr", {}, h("td", { class: "number" }, index), h("td", { class: "number" }, output), h("td", {}, positionsText(window)))));
  return h("table", {}, h("thead", {}, h("tr", {}, h("th", { class: "number" }, t("layer.axisHead")), h("th", { class: "number" }, t("layer.output")), h("th", {}, t("layer.reads")))), h("tbody", {}, rows));
}
