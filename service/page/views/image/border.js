/** What happens at the border: one corner of the picture, magnified, with three kinds of padding. */

import { h, refill } from "../../dom.js";
import { t } from "../../texts.js";
import { buttonsField } from "../../widgets/fields.js";
import { draw } from "./picture.js";
import { placesOf } from "./questions.js";

const CORNERS = ["top-left", "top-right", "bottom-left", "bottom-right"];
const PIECES = ["input", "valid", "zeros", "reflect"];
const ROW = 6; // numbers of a row in the table

/** How many pixels of the corner are shown. */
export const SHOWN = 28;

/** The section; `show(state, borders, range)` draws it, `refuse(text)` says why not. */
export function borderSection(change) {
  const corner = buttonsField({ label: t("image.corner"), options: CORNERS.map((name) => [name, t(`image.corner.${name}`)]), change: (name, how) => change({ corner: name }, how) });
  const pieces = Object.fromEntries(PIECES.map((name) => [name, pieceFigure(name)]));
  const problem = h("p", { class: "failure", role: "status" });
  const body = h("tbody");
  const twin = h("details", {}, h("summary", {}, t("image.cornerNumbers")), h("div", { class: "scroll" }, h("table", {}, body)));
  const grid = h("div", { class: "corners" }, PIECES.map((name) => pieces[name].element));
  const element = h("section", { class: "card stack" }, h("div", {}, h("h2", {}, t("image.border")), h("p", { class: "quiet" }, t("image.borderLead"))), corner.element, problem, grid, twin);

  return {
    element,
    show(state, borders, range) {
      corner.show(state.corner);
      grid.hidden = twin.hidden = false;
      problem.textContent = "";
      const ends = placesOf(state.corner);
      PIECES.forEach((name, index) => pieces[name].show(borders.pieces[index], name === "input" ? [0, 255] : range, name === "valid" ? borders.lost : [0, 0], ends));
      refill(body, PIECES.map((name, index) => h("tr", {}, h("th", { scope: "row" }, t(`image.piece.${name}`)), edgeNumbers(borders.pieces[index], ends).map((value) => h("td", { class: "number" }, value)))));
    },
    refuse(text) {
      problem.textContent = text;
      grid.hidden = twin.hidden = true;
    },
  };
}

/** A canvas in a frame of SHOWN pixels; where there is no output, the frame is empty. */
function pieceFigure(name) {
  const canvas = h("canvas", { role: "img", "aria-label": t(`image.pieceSays.${name}`) });
  const frame = h("div", { class: "corner" }, canvas);
  return {
    element: h("figure", {}, h("figcaption", {}, h("b", {}, t(`image.piece.${name}`))), frame, h("p", { class: "quiet small" }, t(`image.pieceSays.${name}`))),
    show(piece, range, lost, [bottom, right]) {
      const [, down, across] = piece.shape;
      const [tall, wide] = [down + lost[0], across + lost[1]];
      draw(canvas, piece, range);
      frame.style.aspectRatio = `${wide} / ${tall}`;
      Object.assign(canvas.style, { width: `${(100 * across) / wide}%`, height: `${(100 * down) / tall}%`, marginTop: bottom ? "0" : "auto", marginLeft: right ? "0" : "auto" });
    },
  };
}

/** The red numbers along the edge, from the corner on. */
function edgeNumbers({ data, shape: [, down, across] }, [bottom, right]) {
  const row = bottom ? (down - 1) * across : 0;
  const count = Math.min(ROW, across);
  return Array.from({ length: count }, (_, index) => Number(data[row + (right ? across - 1 - index : index)].toPrecision(5)));
}
