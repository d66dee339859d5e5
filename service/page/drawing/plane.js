/** A plane of cells: an input with its padding, a kernel, an output.
 *
 * Rows and columns are counted as the service counts positions: 0 is the input's first, below 0 is padding. A cell can
 * be pointed at with the mouse and reached with the arrow keys; one that can be edited opens with a click or Enter.
 */

import { h, refill, s } from "../dom.js";

const LARGEST = 42;
const SMALLEST = 11;
const WIDEST = 338;
const TEXT_FROM = 20;
const MARGIN = 16;
const FAINTEST = 0.25; // of a cell without strength

export class Plane {
  #options;
  #cells = new Map();
  #shown = null;
  #current = null;
  #picture = s("svg", { class: "plane", role: "grid" });

  /** `point(row, column)` is called for the cell under the mouse or the focus, `point(null)` when it leaves;
   * `edit(row, column, value)` when a number was typed; `describe(row, column)` names a cell to a screen reader. */
  constructor({ label, describe, point = () => {}, edit = null }) {
    this.#options = { label, describe, point, edit };
    this.element = h("div", { class: "plane-frame" }, this.#picture);
    this.#picture.addEventListener("mouseleave", () => point(null));
    this.#picture.addEventListener("focusout", () => point(null));
    this.#picture.addEventListener("keydown", (event) => this.#move(event));
  }

  /** `rows` and `columns` are pairs of the first and the last position; `text`, `kind` and `strength`, from 0 to 1, are
   * functions of a position. */
  show(shown) {
    const { rows, columns, text, kind, strength = () => 1, widest, most = LARGEST } = (this.#shown = shown);
    const [down, across] = [rows, columns].map(([first, last]) => Math.max(last - first + 1, 0));
    const side = Math.min(sideOf(rows, columns, widest), most);
    const lines = range(rows).map((row) => s("g", { role: "row" }, range(columns).map((column) => this.#cell(row, column, side, rows, columns, text, kind, strength))));
    const [width, height] = [across * side + MARGIN, down * side + MARGIN];
    this.#picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.#picture.setAttribute("width", width);
    this.#picture.setAttribute("height", height);
    this.#picture.setAttribute("aria-label", this.#options.label);
    const had = this.#picture.contains(document.activeElement);
    this.#cells = new Map(lines.flatMap((line) => [...line.children]).map((cell) => [cell.dataset.at, cell]));
    this.#picture.replaceChildren(...lines, ...numbers(rows, columns, side));
    this.#reachable(this.#cells.has(this.#current) ? this.#current : this.#cells.keys().next().value, had);
  }

  /** Marks some cells, given as `row,column`. */
  mark(places) {
    const marked = new Set(places);
    for (const [at, cell] of this.#cells) cell.classList.toggle("marked", marked.has(at));
  }

  #cell(row, column, side, rows, columns, text, kind, strength) {
    const [x, y] = [MARGIN + (column - columns[0]) * side, MARGIN + (row - rows[0]) * side];
    const { describe, edit, point } = this.#options;
    const written = text(row, column);
    const cell = s(
      "g",
      { class: `cell ${kind(row, column)}`, role: "gridcell", tabindex: -1, "aria-label": describe(row, column, written), "data-at": `${row},${column}` },
      s("rect", { x, y, width: side, height: side, rx: Math.min(4, side / 6), "fill-opacity": FAINTEST + (1 - FAINTEST) * strength(row, column) }),
      side >= TEXT_FROM && written !== "" ? s("text", { x: x + side / 2, y: y + side / 2 + 0.5 }, fitting(written, side)) : null,
    );
    cell.addEventListener("mouseenter", () => point(row, column));
    cell.addEventListener("focus", () => this.#focus(`${row},${column}`, row, column));
    if (edit) cell.addEventListener("click", () => this.#open(row, column));
    return cell;
  }

  #focus(at, row, column) {
    this.#reachable(at);
    this.#options.point(row, column);
  }

  /** Makes one cell the one that the tab key reaches. */
  #reachable(at, focus = false) {
    this.#cells.get(this.#current)?.setAttribute("tabindex", -1);
    this.#current = at;
    const cell = this.#cells.get(at);
    cell?.setAttribute("tabindex", 0);
    if (focus) cell?.focus();
  }

  #move(event) {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    const [row, column] = (this.#current ?? "0,0").split(",").map(Number);
    if (step) {
      event.preventDefault();
      this.#cells.get(`${row + step[0]},${column + step[1]}`)?.focus();
    } else if (event.key === "Enter" && this.#options.edit) this.#open(row, column);
  }

  /** A field over a cell. */
  #open(row, column) {
    const { kind, text } = this.#shown;
    if (!kind(row, column).includes("editable")) return;
    const cell = this.#cells.get(`${row},${column}`).getBoundingClientRect();
    const frame = this.element.getBoundingClientRect();
    const field = h("input", { type: "number", step: "any", class: "cell-field", "aria-label": this.#options.describe(row, column, "") });
    field.value = text(row, column);
    Object.assign(field.style, { left: `${cell.left - frame.left}px`, top: `${cell.top - frame.top}px`, width: `${Math.max(cell.width, 56)}px`, height: `${cell.height}px` });
    let closed = false;
    const close = (keep) => {
      if (closed) return;
      closed = true; // removing a field takes the focus from it, which would close it again
      const value = Number(field.value);
      field.remove();
      if (keep && field.value !== "" && Number.isFinite(value)) this.#options.edit(row, column, value);
      this.#reachable(`${row},${column}`, true);
    };
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === "Escape") {
        event.preventDefault();
        event.stopPropagation();
        close(event.key === "Enter");
      }
    });
    field.addEventListener("blur", () => close(true));
    this.element.append(field);
    field.select();
  }
}

/** The side of a cell in a plane of these positions, in pixels; `widest` is what the plane may take. */
export function sideOf(rows, columns, widest = WIDEST) {
  const longest = Math.max(...[rows, columns].map(([first, last]) => last - first + 1), 1);
  return Math.max(SMALLEST, Math.min(LARGEST, Math.floor(widest / longest)));
}

/** All positions from the first to the last. */
export function range([first, last]) {
  return Array.from({ length: Math.max(last - first + 1, 0) }, (_, index) => first + index);
}

/** The positions along both edges, as many as there is room for. */
function numbers(rows, columns, side) {
  const every = side >= TEXT_FROM ? 1 : 5;
  const chosen = (positions) => range(positions).filter((position) => position % every === 0);
  return [
    ...chosen(columns).map((column) => s("text", { class: "axis", x: MARGIN + (column - columns[0] + 0.5) * side, y: MARGIN / 2, "aria-hidden": "true" }, column)),
    ...chosen(rows).map((row) => s("text", { class: "axis", x: MARGIN / 2, y: MARGIN + (row - rows[0] + 0.5) * side, "aria-hidden": "true" }, row)),
  ];
}

/** A number in the room of a cell. */
function fitting(text, side) {
  const room = Math.floor(side / 7);
  if (String(text).length <= room) return text;
  const value = Number(text);
  return Number.isFinite(value) ? String(Number(value.toPrecision(Math.max(room - 2, 1)))) : text;
}
