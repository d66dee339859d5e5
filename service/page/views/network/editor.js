/** A text with the numbers of its lines, some of its stretches marked. */

import { freshId, h } from "../../dom.js";
import { t } from "../../texts.js";
import { lineStarts, placeOf } from "./source_text.js";

const TAB = 4;
const PAUSE = 300; // milliseconds without a key until a text counts as typed

export class Editor {
  #starts = [0];
  #shown = "";
  #marks = [];
  #timer = null;
  #lines = h("div", { class: "lines", "aria-hidden": "true" });
  #washes = h("div", { class: "washes", "aria-hidden": "true" });

  /** `change(text)` is called when somebody has typed; `point(place)` when the cursor is put somewhere. */
  constructor({ label, change, point }) {
    this.change = change;
    const id = freshId("source");
    this.area = h("textarea", { id, spellcheck: "false", autocapitalize: "off", autocomplete: "off", wrap: "off", "aria-label": label });
    this.paper = h("div", { class: "paper" }, this.#washes, this.area);
    this.element = h("div", { class: "editor" }, h("div", { class: "gutter" }, this.#lines), this.paper);
    this.area.addEventListener("scroll", () => this.#follow());
    this.area.addEventListener("input", () => this.#typed());
    this.area.addEventListener("keyup", () => this.#pointed(point));
    this.area.addEventListener("click", () => this.#pointed(point));
    this.area.addEventListener("blur", () => this.#flush());
  }

  /** Shows another text from its beginning, or with `keep` from where the text before was. */
  show(text, { keep = false } = {}) {
    if (text === this.#shown) return;
    const top = keep ? this.area.scrollTop : 0;
    this.#shown = text;
    if (this.area.value !== text) {
      this.area.value = text;
      this.area.setSelectionRange(0, 0);
    }
    this.area.scrollTo(0, top);
    this.#number();
  }

  /** Marks stretches: `{ line, column, end_line, end_column, kind }`. */
  mark(marks) {
    this.#marks = marks;
    this.#washes.replaceChildren(...marks.flatMap((mark) => this.#wash(mark)));
    const kinds = new Map(marks.filter(({ kind }) => kind !== "chosen").reverse().map(({ line, kind }) => [line, kind]));
    [...this.#lines.children].forEach((line, index) => (line.className = kinds.get(index + 1) ?? ""));
    this.#follow();
  }

  /** Scrolls to a line. */
  reveal(line, { focus = false, column = 1 } = {}) {
    const height = this.#height();
    const top = (line - 1) * height;
    if (top < this.area.scrollTop || top > this.area.scrollTop + this.area.clientHeight - 2 * height) this.area.scrollTop = top - this.area.clientHeight / 3;
    if (!focus) return;
    const at = (this.#starts[line - 1] ?? 0) + column - 1;
    this.area.focus({ preventScroll: true });
    this.area.setSelectionRange(at, at);
  }

  close() {
    this.#flush();
  }

  #typed() {
    this.#shown = this.area.value;
    this.#number();
    this.mark([]);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#flush(), PAUSE);
  }

  #flush() {
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#timer = null;
    this.change(this.#shown);
  }

  #pointed(point) {
    if (this.area.selectionStart === this.area.selectionEnd && this.#timer === null) point(placeOf(this.#starts, this.area.selectionStart));
  }

  #number() {
    this.#starts = lineStarts(this.#shown);
    const count = this.#starts.length;
    while (this.#lines.childElementCount > count) this.#lines.lastChild.remove();
    for (let line = this.#lines.childElementCount + 1; line <= count; line += 1) this.#lines.append(h("div", {}, line));
    this.#follow();
  }

  #wash({ line, column, end_line: endLine, end_column: endColumn, kind }) {
    if (line > this.#starts.length) return [];
    const height = this.#height();
    const last = endLine === line ? endColumn : Infinity;
    const row = h("div", { class: `row-wash ${kind}` });
    row.style.top = `${(line - 1) * height}px`;
    const stretch = h("div", { class: `stretch ${kind}` });
    const [from, to] = [this.#letters(line, column), Math.max(this.#letters(line, Math.min(last, this.#lineLength(line) + 1)), this.#letters(line, column) + 1)];
    stretch.style.top = row.style.top;
    stretch.style.left = `${from}ch`;
    stretch.style.width = `${to - from}ch`;
    return [row, stretch];
  }

  /** How many letters wide the line is before a column, tabs spread. */
  #letters(line, column) {
    const text = this.#shown.slice(this.#starts[line - 1], this.#starts[line - 1] + column - 1);
    return [...text].reduce((width, letter) => (letter === "\t" ? width + TAB - (width % TAB) : width + 1), 0);
  }

  #lineLength(line) {
    return (this.#starts[line] ?? this.#shown.length + 1) - this.#starts[line - 1] - 1;
  }

  #height() {
    return parseFloat(getComputedStyle(this.area).lineHeight);
  }

  #follow() {
    this.#lines.style.transform = `translateY(${-this.area.scrollTop}px)`;
    this.#washes.style.transform = `translate(${-this.area.scrollLeft}px, ${-this.area.scrollTop}px)`;
  }
}
