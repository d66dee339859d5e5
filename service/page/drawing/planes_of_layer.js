/** A layer of two axes: input, kernel and output beside each other, with what belongs together marked. */

import { h } from "../dom.js";
import { t } from "../texts.js";
import { Plane, sideOf } from "./plane.js";
import { kindOf } from "./staircase.js";

const SMALLEST_KERNEL = 26;

/** `choose(row, column)` is called for an output that is pointed at; `edit(name, row, column, value)` for a number;
 * `widest` is how many pixels a plane may take. */
export class PlanesOfLayer {
  #axes = [];
  #chosen = [0, 0];

  #widest;

  constructor({ choose, edit, widest }) {
    this.#widest = widest;
    this.input = new Plane({ label: t("layer.input"), describe: cellText, point: (row, column) => this.#pointAtInput(row, column), edit: (...cell) => edit("input", ...cell) });
    this.kernel = new Plane({ label: t("layer.kernel"), describe: cellText, point: (row, column) => this.#pointAtWeight(row, column), edit: (...cell) => edit("weight", ...cell) });
    this.output = new Plane({ label: t("layer.output"), describe: cellText, point: (row, column) => row !== null && choose(row, column) });
    this.kernelTitle = h("figcaption");
    this.kernelFigure = h("figure", {}, this.kernelTitle, this.kernel.element);
    this.inputTitle = h("figcaption");
    this.outputTitle = h("figcaption");
    this.element = h(
      "div",
      { class: "planes" },
      h("figure", {}, this.inputTitle, this.input.element),
      this.kernelFigure,
      h("div", { class: "to-output" }, h("span", { class: "arrow", "aria-hidden": "true" }, "→"), h("figure", {}, this.outputTitle, this.output.element)),
    );
  }

  /** `axes` are the service's, with windows; `numbers` hold `input`, `padded`, `weight` and `output`, or null each;
   * `named` are the axes whose sizes the titles say, if not all. */
  show({ axes, numbers, chosen, named = axes }) {
    this.#axes = axes;
    this.#chosen = chosen;
    const [rows, columns] = axes.map(extentOf);
    const read = axes.map((axis) => new Set(axis.windows.flat()));
    const kind = (row, column) => {
      const kinds = [kindOf(row, axes[0].input, read[0]), kindOf(column, axes[1].input, read[1])].join(" ");
      const name = kinds.includes("padding") ? "padding" : "input editable";
      return kinds.includes("unread") ? `${name} unread` : name;
    };
    this.input.show({ rows, columns, kind, widest: this.#widest, text: (row, column) => valueAt(numbers.padded, row - rows[0], column - columns[0]) });
    this.kernelFigure.hidden = !numbers.weight;
    if (numbers.weight) {
      const [down, across] = [numbers.weight.length, numbers.weight[0].length];
      const side = Math.max(sideOf(rows, columns, this.#widest), SMALLEST_KERNEL);
      this.kernel.show({ rows: [0, down - 1], columns: [0, across - 1], most: side, kind: () => "weight editable", text: (row, column) => valueAt(numbers.weight, row, column) });
    }
    const [down, across] = axes.map((axis) => axis.output);
    const meets = axes.map((axis) => axis.windows.map((window) => tapsOf(window).length));
    const most = meets.map((counts) => Math.max(...counts));
    const strength = (row, column) => (meets[0][row] * meets[1][column]) / (most[0] * most[1]);
    this.output.show({ widest: this.#widest, rows: [0, down - 1], columns: [0, across - 1], kind: () => "output readable", strength, text: (row, column) => valueAt(numbers.output, row, column) });
    const uneven = meets.some((counts, axis) => counts.some((count) => count < most[axis]));
    const [size, padded] = [(axis) => axis.input, (axis) => axis.input + padsOf(axis)[0] + padsOf(axis)[1]].map((of) => named.map(of).join(" × "));
    this.inputTitle.textContent = t(size === padded ? "layer.inputAlone" : "layer.inputOf", { size, padded });
    this.kernelTitle.textContent = t("layer.kernelOf", { size: named.map((axis) => axis.kernel).join(" × ") });
    this.outputTitle.textContent = t(uneven ? "layer.outputUneven" : "layer.outputOf", { size: named.map((axis) => axis.output).join(" × ") });
    this.mark(chosen);
  }

  /** Marks the window of one output, and the weights that meet an input in it. */
  mark(chosen) {
    this.#chosen = chosen;
    const windows = this.#axes.map((axis, index) => axis.windows[chosen[index]] ?? []);
    this.#markAll({ input: windows, kernel: windows.map(tapsOf), output: chosen.map((place) => [place]) });
  }

  /** Marks what reads an input, and with which weights. */
  #pointAtInput(row, column) {
    if (row === null) return this.mark(this.#chosen);
    const places = [row, column];
    return this.#markAll({
      input: places.map((place) => [place]),
      kernel: this.#axes.map(({ windows }, index) => [...new Set(windows.flatMap((window) => tapsOf(window).filter((tap) => window[tap] === places[index])))]),
      output: this.#axes.map((axis, index) => outputsThatRead(axis, places[index])),
    });
  }

  /** Marks what a weight multiplies, and where that is added. */
  #pointAtWeight(row, column) {
    if (row === null) return this.mark(this.#chosen);
    const taps = [row, column];
    return this.#markAll({
      input: this.#axes.map(({ windows }, index) => [...new Set(windows.map((window) => window[taps[index]] ?? null))].filter((position) => position !== null)),
      kernel: taps.map((tap) => [tap]),
      output: this.#axes.map(({ windows }, index) => windows.flatMap((window, output) => ((window[taps[index]] ?? null) === null ? [] : [output]))),
    });
  }

  /** Marks in each plane the cells of these rows and columns. */
  #markAll(places) {
    for (const [name, [rows, columns]] of Object.entries(places)) this[name].mark(pairs(rows, columns));
  }
}

/** The first and last position of an axis that is drawn: the input, its padding, and whatever a window covers. */
export function extentOf(axis) {
  const positions = axis.windows.flat().filter((position) => position !== null);
  const [before, after] = padsOf(axis);
  return [Math.min(0, -before, ...positions), Math.max(axis.input - 1, axis.input - 1 + after, ...positions)];
}

/** What stands around the input, before and after: a transposed layer's padding is cut off its output instead. */
function padsOf(axis) {
  return axis.kernel && !("output_padding" in axis) ? (axis.padding ?? [0, 0]) : [0, 0];
}

/** The places in the kernel that meet an input in a window. */
function tapsOf(window) {
  return window.flatMap((position, tap) => (position === null ? [] : [tap]));
}

function outputsThatRead(axis, position) {
  return axis.windows.flatMap((window, output) => (window.includes(position) ? [output] : []));
}

function pairs(rows, columns) {
  return rows.flatMap((row) => columns.map((column) => `${row},${column}`));
}

function valueAt(numbers, row, column) {
  return numbers?.[row]?.[column] ?? "";
}

function cellText(row, column, value) {
  return t("layer.cell", { row, column, value });
}
