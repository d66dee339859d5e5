/** The drawing of a lesson: planes, a staircase, or layers on each other, with their numbers and a table. */

import { STALE } from "../../api.js";
import { h, refill } from "../../dom.js";
import { extentOf, PlanesOfLayer } from "../../drawing/planes_of_layer.js";
import { MOST, staircase } from "../../drawing/staircase.js";
import { t } from "../../texts.js";
import { diagnosticList } from "../../widgets/diagnostics.js";
import { layerKind } from "../../code/layers.js";
import { answersTo, numbersOf, sizeText, sumOf, typeOf } from "../layer/questions.js";
import { pyramid, pyramidTable, rowName } from "./pyramid.js";
import { layerState, stackAnswers } from "./questions.js";
import { tour } from "./tour.js";

/** `{ element, show(lesson, values, chosen), stop() }`; `choose(chosen)` when an output is pointed at, `edit(patch)` for a number. */
export function lessonDrawing(latest, { choose, edit }) {
  const size = h("output", { class: "result", "aria-live": "polite" });
  const formulas = h("div", { class: "stack-close" });
  const drawing = h("div", { class: "drawing" });
  const sum = h("p", { class: "sum", "aria-live": "polite" });
  const found = h("div", { class: "found" });
  const twin = h("details", {}, h("summary", {}, t("table.caption")), h("div", { class: "scroll" }));
  const slide = tour(choose);
  const element = h("div", { class: "stack" }, h("div", {}, size, formulas), drawing, slide.element, sum, found, twin);
  const planes = new PlanesOfLayer({ choose: (row, column) => choose([row, column]), edit: editCell });
  let shown = null;

  function editCell(name, row, column, value) {
    const numbers = numbersOf(shown, ["out_channels"])[name].map((line, at) => (at === row ? line.map((old, place) => (place === column ? value : old)) : line));
    edit({ [name === "input" ? "numbers" : "weight"]: numbers });
  }

  async function layerQuestion(state) {
    const parameters = (await layerKind(typeOf(state))).parameters.map((parameter) => parameter.name).filter((name) => name !== "output_size");
    return latest.run((ask) => answersTo(state, parameters, ask));
  }

  /** Draws a layer, and resolves to its question. */
  async function showLayer(state) {
    shown = state;
    if (state.rank === 2 && drawing.contains(planes.element)) planes.mark(state.chosen);
    const result = await layerQuestion(state);
    if (result === STALE) return STALE;
    const { sizes, numbers, chosen, explained } = result;
    size.textContent = `${sizeText(state.input_size)} → ${sizeText(sizes.output_size)}`;
    refill(formulas, h("p", { class: "formula" }, sizes.axes[0].formula));
    const same = JSON.stringify(sizes.diagnostics[0] ?? null);
    refill(found, diagnosticList(sizes.diagnostics.filter((each, index) => index === 0 || JSON.stringify(each) !== same)));
    if (state.rank === 2) {
      if (!drawing.contains(planes.element)) refill(drawing, planes.element);
      planes.show({ axes: sizes.axes, numbers, chosen });
    } else refill(drawing, stairs(sizes.axes[0], numbers, chosen));
    slide.show(chosen && sizes.output_size, chosen);
    refill(sum, explained ? sumParts(explained, state.kind) : []);
    refill(twin.lastChild, windowTable(sizes.axes[0]));
    return result.question;
  }

  function stairs(axis, numbers, chosen) {
    const extent = extentOf(axis);
    return staircase({
      label: t("layer.input"),
      extent,
      size: axis.input,
      windows: axis.windows.slice(0, MOST.windows),
      value: (position) => numbers.padded?.[position - extent[0]] ?? "",
      result: (output) => numbers.output?.[output] ?? "",
      point: (output) => choose([output]),
      describe: (output) => t("layer.windowOf", { output, positions: positions(axis.windows[output]) }),
      marked: chosen?.[0],
    });
  }

  /** Draws a stack of layers, and resolves to its question. */
  async function showStack(values, chosenCell) {
    const result = await latest.run((ask) => stackAnswers(values, ask));
    if (result === STALE) return STALE;
    const { network, report, windows } = result;
    slide.show(null);
    refill(formulas);
    refill(found, diagnosticList(report.diagnostics));
    if (!windows) {
      size.textContent = t("layer.refused");
      for (const part of [drawing, sum, twin.lastChild]) refill(part);
      return network;
    }
    const [layer, output] = chosenCell ?? [windows.length - 1, 0];
    const row = Math.max(0, Math.min(layer, windows.length - 1));
    const chosen = [row, Math.max(0, Math.min(output, windows[row].length - 1))];
    const field = report.layers[row].receptive_field;
    size.textContent = t("learn.sees", { row: rowName(row + 1), count: field.size[0] });
    refill(drawing, pyramid({ report, windows, chosen, point: (...cell) => String(cell) !== String(chosen) && choose(cell) }));
    refill(sum, t("learn.fields", { sizes: report.layers.map(({ receptive_field: each }) => each.size[0]).join(" → ") }));
    refill(twin.lastChild, pyramidTable({ report, windows, chosen }));
    return network;
  }

  function refuse(error) {
    if (!error.errors) throw error;
    size.textContent = t("layer.refused");
    slide.show(null);
    for (const part of [formulas, drawing, sum, twin.lastChild]) refill(part);
    refill(found, error.errors.length ? diagnosticList(error.errors) : h("p", { class: "failure" }, error.message));
    return null;
  }

  return {
    element,
    stop: slide.stop,
    show: (lesson, values, chosen) => ("layers" in values ? showStack(values, chosen) : showLayer(layerState(lesson, values, chosen))).catch(refuse),
  };
}

function sumParts(explained, kind) {
  const { terms, form, output } = sumOf(explained, kind);
  const joined = form === "sum" ? terms.join(" + ") : `${t(`layer.${form}`)}(${terms.join(", ")})`;
  return [t("layer.outputAt", { position: explained.position.join(", ") }), h("br"), `${joined} = `, h("b", {}, output)];
}

function windowTable({ windows }) {
  const heads = [h("th", { class: "number" }, t("layer.output")), h("th", {}, t("layer.reads"))];
  return h("table", {}, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, windows.map((window, output) => h("tr", {}, h("td", { class: "number" }, output), h("td", {}, positions(window))))));
}

function positions(window) {
  return window.map((position) => position ?? "–").join(", ");
}
