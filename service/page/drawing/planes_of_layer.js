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
    this.kernel = new Plane({ label: t("layer.kernel"), describe: cellText, edit: (...cell) => edit("weight", ...cell) });
    this.output = new Plane({ label: t("layer.output"), describe: cellText, point: (row, column) => row !== null && choose(row, column) });
    this.kernelFigure = figure(t("layer.kernel"), this.kernel);
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
    this.output.show({ widest: this.#widest, rows: [0, down - 1], columns: [0, across - 1], kind: () => "output readable", text: (row, column) => valueAt(numbers.output, row, column) });
    this.inputTitle.textContent = t("layer.inputOf", { size: named.map((axis) => axis.input).join(" × ") });
    this.outputTitle.textContent = t("layer.outputOf", { size: named.map((axis) => axis.output).join(" × ") });
    this.mark(chosen);
  }

  /** Marks the window of one output. */
  mark(chosen) {
    this.#chosen = chosen;
    const [rows, columns] = this.#axes.map((axis, index) => axis.windows[chosen[index]] ?? []);
    this.input.mark(pairs(rows, columns));
    this.output.mark([chosen.join(",")]);
  }

  #pointAtInput(row, column) {
    if (row === null) return this.mark(this.#chosen);
    const [rows, columns] = this.#axes.map((axis, index) => outputsThatRead(axis, [row, column][index]));
    this.input.mark([`${row},${column}`]);
    return this.output.mark(pairs(rows, columns));
  }
}

/** The first and last position of an axis that is drawn: the input, its padding, and whatever a window covers. */
export function extentOf(axis) {
  const positions = axis.windows.flat().filter((position) => position !== null);
  const [before, after] = axis.kernel && !("output_padding" in axis) ? (axis.padding ?? [0, 0]) : [0, 0];
  return [Math.min(0, -before, ...positions), Math.max(axis.input - 1, axis.input - 1 + after, ...positions)];
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

function figure(title, plane) {
  return h("figure", {}, h("figcaption", {}, title), plane.element);
}
