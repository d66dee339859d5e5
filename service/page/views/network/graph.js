/** The graph of a network: its layers as boxes, its tensors as lines with their shapes. Only what is in sight is made. */

import { freshId, h, s } from "../../dom.js";
import { t } from "../../texts.js";
import { HEAD, laidOut, pathOf, ROW, WIDTH } from "./layout.js";
import { shapeText, stacksOf } from "./stacks.js";
import { Viewport } from "./viewport.js";

const FAR = 0.42; // below this scale no text can be read
const READABLE = 1;
const MARGIN = 80;
const MOST_LETTERS = 25;
const PAN = 60;

export class Graph {
  #id = freshId("graph");
  #world = s("g");
  #parts = [];
  #alive = new Map();
  #plan = null;
  #marks = new Map();
  #chosen = -1;
  #far = false;
  #choose;

  /** `choose(name)` is called for a layer that somebody points out. */
  constructor({ choose }) {
    this.#choose = choose;
    this.picture = s("svg", { class: "graph", id: this.#id, role: "listbox", tabindex: 0, "aria-label": t("network.graph"), "aria-describedby": `${this.#id}-keys` }, this.#world);
    this.view = new Viewport(this.picture, (place) => this.#draw(place));
    const button = (key, text, act) => h("button", { type: "button", title: t(key), "aria-label": t(key), onclick: act }, text);
    this.element = h(
      "div",
      { class: "graph-frame" },
      this.picture,
      h("div", { class: "graph-buttons" }, button("network.zoomIn", "+", () => this.view.in()), button("network.zoomOut", "−", () => this.view.out()), button("network.fit", "⤢", () => this.view.fit()), document.fullscreenEnabled && button("network.fullscreen", corners(), () => this.#fillScreen())),
      h("p", { class: "only-read", id: `${this.#id}-keys` }, t("network.keys")),
    );
    this.picture.addEventListener("click", (event) => this.#click(event));
    this.picture.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Shows a report; `words(index)` says what a layer's box says beside its type; `marks` are kinds by index. */
  show(report, words, marks) {
    const shape = JSON.stringify(report.layers.map((layer) => [layer.name, layer.type, layer.inputs]));
    const same = shape === this.#plan?.shape;
    this.#marks = marks;
    this.#plan = { ...laidOut(stacksOf(report), report.layers), layers: report.layers, words, shape };
    this.#parts = [...groupParts(this.#plan), ...edgeParts(this.#plan), ...itemParts(this.#plan)];
    this.view.bounds = this.#plan;
    this.#clear();
    if (same) this.view.pan(0, 0);
    else this.#begin();
  }

  /** Marks a layer as chosen and brings it in sight. */
  mark(name) {
    const index = this.#plan?.layers.findIndex((layer) => layer.name === name) ?? -1;
    const before = this.#chosen;
    this.#chosen = index;
    if (index >= 0) this.picture.setAttribute("aria-activedescendant", this.#idOf(index));
    else this.picture.removeAttribute("aria-activedescendant");
    this.#clear();
    if (index >= 0 && index !== before) this.view.reveal(this.#boxOf(index));
    else this.view.pan(0, 0);
  }

  close() {
    this.view.close();
  }

  /** Takes the whole screen, or gives it back. */
  #fillScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.element.requestFullscreen();
  }

  /** The whole drawing, not only what is in sight. */
  whole() {
    const { left, top, width, height } = this.#plan;
    return s("svg", { viewBox: `${left} ${top} ${width} ${height}`, width, height, class: "graph" }, this.#parts.map((part) => part.make(this.#look())));
  }

  #begin() {
    this.view.resize();
    this.view.fit({ readable: READABLE });
    const wrong = [...this.#marks].find(([, kind]) => kind === "error")?.[0];
    if (wrong !== undefined) this.view.reveal(this.#boxOf(wrong));
  }

  #look(far = false) {
    return { far, marks: this.#marks, chosen: this.#chosen, idOf: (index) => this.#idOf(index) };
  }

  #idOf(index) {
    return `${this.#id}-${index}`;
  }

  #clear() {
    this.#alive.clear();
    this.#world.replaceChildren();
  }

  /** Makes the parts that come into sight, and drops those that leave it. */
  #draw({ x, y, scale, width, height }) {
    this.#world.setAttribute("transform", `translate(${x.toFixed(2)} ${y.toFixed(2)}) scale(${scale.toFixed(4)})`);
    if (this.#far !== scale < FAR) this.#clear();
    this.#far = scale < FAR;
    this.picture.classList.toggle("far", this.#far);
    const [left, top] = [(-x - MARGIN) / scale, (-y - MARGIN) / scale];
    const [right, bottom] = [left + (width + 2 * MARGIN) / scale, top + (height + 2 * MARGIN) / scale];
    let after = null;
    for (let index = this.#parts.length - 1; index >= 0; index -= 1) {
      const part = this.#parts[index];
      const inside = part.x1 > left && part.x0 < right && part.y1 > top && part.y0 < bottom;
      let element = this.#alive.get(part);
      if (inside && !element) {
        element = part.make(this.#look(this.#far));
        this.#alive.set(part, element);
        this.#world.insertBefore(element, after);
      } else if (!inside && element) {
        element.remove();
        this.#alive.delete(part);
        element = null;
      }
      after = element ?? after;
    }
  }

  #boxOf(index) {
    const item = this.#plan.items.find(({ layers }) => layers.includes(index));
    return { x: item.x - WIDTH / 2, y: item.y, width: WIDTH, height: item.height };
  }

  #click(event) {
    const box = event.target.closest("[data-layer]");
    if (box && !this.view.dragged) this.#choose(this.#plan.layers[box.dataset.layer].name);
  }

  #key(event) {
    const pan = { ArrowUp: [0, PAN], ArrowDown: [0, -PAN], ArrowLeft: [PAN, 0], ArrowRight: [-PAN, 0] }[event.key];
    const act = { "+": () => this.view.in(), "=": () => this.view.in(), "-": () => this.view.out(), 0: () => this.view.fit(), Home: () => this.#step(-Infinity), End: () => this.#step(Infinity) }[event.key];
    if (!pan && !act) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (act) act();
    else if (event.shiftKey) this.view.pan(...pan);
    else if (pan[1]) this.#step(event.key === "ArrowDown" ? 1 : -1);
    else this.#beside(event.key === "ArrowRight" ? 1 : -1);
  }

  #step(by) {
    const last = this.#plan.layers.length - 1;
    if (last >= 0) this.#choose(this.#plan.layers[Math.min(last, Math.max(0, this.#chosen + by))].name);
  }

  /** To the next stack of the same row. */
  #beside(by) {
    const here = this.#plan.items.find(({ layers }) => layers.includes(this.#chosen));
    const row = this.#plan.items.filter((item) => here && item.rank === here.rank && item.layers.length).sort((a, b) => a.x - b.x);
    const next = row[row.indexOf(here) + by];
    if (next) this.#choose(this.#plan.layers[next.layers[0]].name);
  }
}

function groupParts({ groups }) {
  return groups.map(({ title, x, y, width, height, inner }) => ({
    ...{ x0: x, x1: x + width, y0: y, y1: y + height },
    make: ({ far }) => s("g", { class: `group${inner ? " outer" : ""}`, "aria-hidden": "true" }, s("rect", { x, y, width, height, rx: 14 }), far ? null : s("text", { x: x + 12, y: y + 13 }, title)),
  }));
}

function edgeParts({ edges }) {
  const leaving = new Map();
  for (const edge of edges) leaving.set(edge.from, [...(leaving.get(edge.from) ?? []), edge.lane ?? edge.enters]);
  const told = new Set();
  return edges.map((edge) => {
    const side = sideOf(edge.from.x, leaving.get(edge.from));
    const first = !told.has(edge.from);
    told.add(edge.from);
    const xs = [edge.from.x, edge.enters, edge.lane ?? edge.enters];
    return { x0: Math.min(...xs) - 10, x1: Math.max(...xs) + 130, y0: edge.from.y, y1: edge.to.y + 5, make: ({ far }) => s("g", { class: "edge", "aria-hidden": "true" }, s("path", { d: pathOf(edge) }), far ? null : [head(edge), labels(edge, first, side)]) };
  });
}

function head({ enters: x, to: { y } }) {
  return s("path", { d: `M${x - 4} ${y - 6}L${x} ${y}L${x + 4} ${y - 6}` });
}

/** The side of a tensor's line on which its shape does not meet its other lines. */
function sideOf(x, places) {
  const right = places.some((place) => place > x + 12);
  return right && !places.some((place) => place < x - 12) ? -1 : 1;
}

function labels({ from, to, lane, shape }, first, side) {
  const text = shapeText(shape);
  return [
    first && from.kind !== "input" ? s("text", { x: from.x + side * 7, y: from.y + from.height + 15, class: side < 0 ? "left" : null }, text) : null,
    lane !== undefined && to.rank - from.rank > 3 ? s("text", { x: lane + 6, y: to.y - 62 }, text) : null,
  ];
}

function itemParts({ items, layers, words }) {
  return items.map((item) => ({ x0: item.x - WIDTH / 2, x1: item.x + WIDTH / 2, y0: item.y, y1: item.y + item.height, make: (look) => (item.layers.length ? stack(item, layers, words, look) : terminal(item, look)) }));
}

function terminal({ x, y, kind, name, shape }, { far }) {
  const end = kind === "end";
  return s("g", { class: `node ${kind}`, "aria-hidden": "true" }, s("rect", { x: x - WIDTH / 2, y, width: WIDTH, height: HEAD, rx: HEAD / 2 }), far ? null : [s("text", { class: "title", x, y: y + 17 }, cut(end ? t("network.output") : name)), s("text", { x, y: y + 32 }, end ? cut(name) : shapeText(shape))]);
}

function stack({ x, y, layers: inside }, layers, words, { marks, chosen, idOf, far }) {
  return s(
    "g",
    {},
    inside.map((index, row) => {
      const { name, type, output_shape: shape } = layers[index];
      const [height, top] = row ? [ROW, y + HEAD + (row - 1) * ROW] : [HEAD, y];
      const said = words(index);
      const classes = `node ${said.kind} ${marks.get(index) ?? ""} ${index === chosen ? "chosen" : ""}`;
      return s(
        "g",
        { class: classes, role: "option", id: idOf(index), "data-layer": index, "aria-selected": String(index === chosen), "aria-label": t("network.node", { name, type: said.title, shape: shapeText(shape), mark: marks.get(index) === "error" ? t("diagnostics.error") : "" }) },
        s("rect", { x: x - WIDTH / 2, y: top, width: WIDTH, height, rx: row ? 4 : 8 }),
        far ? null : s("text", { class: "title", x, y: top + (row ? 11.5 : 15) }, cut(said.title)),
        far || row ? null : s("text", { x, y: top + 31 }, cut(name)),
      );
    }),
  );
}

/** A text that fits into a box; of a long name the end. */
function cut(text) {
  return text.length > MOST_LETTERS ? `…${text.slice(1 - MOST_LETTERS)}` : text;
}

/** The corners of a screen. */
function corners() {
  const path = s("path", { d: "M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4", fill: "none", stroke: "currentColor", "stroke-width": 1.8 });
  return s("svg", { viewBox: "0 0 16 16", width: 14, height: 14, "aria-hidden": "true" }, path);
}
