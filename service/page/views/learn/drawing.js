/** The drawing of a lesson: a layer as the layer view draws it, or layers on each other, with their numbers and a table. */

import { STALE } from "../../api.js";
import { h, refill } from "../../dom.js";
import { t } from "../../texts.js";
import { diagnosticList } from "../../widgets/diagnostics.js";
import { legendEntries } from "../../widgets/legend.js";
import { tour } from "../../widgets/tour.js";
import { pictureOfLayer, windowTable } from "../layer/picture.js";
import { answersTo, explainedAt, numbersOf, parametersOf, sizeText } from "../layer/questions.js";
import { sumParts } from "../layer/sum.js";
import { pyramid, pyramidTable, rowName } from "./pyramid.js";
import { layerState, stackAnswers } from "./questions.js";

/** `{ element, show(lesson, values, chosen), stop() }`; `choose(chosen)` when an output is pointed at, `edit(patch)` for a number.
 *
 * `show` resolves to what was asked, or to null where it was refused or overtaken.
 */
export function lessonDrawing(latest, { choose, edit }) {
  const size = h("output", { class: "result", "aria-live": "polite" });
  const formulas = h("div", { class: "stack-close" });
  const drawing = h("div");
  const legend = h("ul", { class: "legend" }, legendEntries());
  const sum = h("p", { class: "sum", "aria-live": "polite" });
  const found = h("div", { class: "found" });
  const twin = h("details", {}, h("summary", {}, t("table.caption")), h("div", { class: "scroll" }));
  const slide = tour(choose);
  const picture = pictureOfLayer({ choose, edit: editCell });
  const element = h("div", { class: "stack" }, h("div", { class: "stack-close" }, size, formulas), drawing, h("div", { class: "row" }, slide.element, legend), sum, found, twin);
  let shown = null; // the layer that is drawn, with its answers

  function editCell(name, row, column, value) {
    const line = (numbers, at) => numbers.map((old, index) => (index === at ? value : old));
    const posted = numbersOf(shown.state, ["out_channels"])[name];
    edit({ [name === "input" ? "numbers" : "weight"]: shown.state.rank === 1 ? line(posted, column) : posted.map((old, at) => (at === row ? line(old, column) : old)) });
  }

  async function showLayer(state) {
    if (shown?.key === keyOf(state)) return showChosen(state.chosen);
    const parameters = await parametersOf(state);
    const result = await latest.run((ask) => answersTo(state, parameters, ask));
    if (result === STALE) return null;
    shown = { ...result, key: keyOf(state), parameters, state };
    const { sizes, numbers, chosen } = shown;
    size.textContent = `${sizeText(state.input_size)} → ${sizeText(sizes.output_size)}`;
    refill(formulas, formula(sizes.axes[0].formula));
    refill(found, diagnosticList(sizes.diagnostics.slice(0, 1))); // the axes are alike
    if (!drawing.contains(picture.element)) refill(drawing, picture.element);
    picture.show({ axes: sizes.axes, numbers, chosen });
    legend.hidden = false;
    refill(twin.lastChild, windowTable(sizes.axes));
    showSum();
    return shown;
  }

  /** The same layer, another of its outputs. */
  async function showChosen(wanted) {
    const chosen = shown.sizes.output_size.map((size, axis) => Math.min(wanted[axis], size - 1));
    picture.mark(chosen);
    if (!shown.explained || String(shown.chosen) === String(chosen)) return shown;
    const result = await latest.run((ask) => explainedAt(shown, chosen, ask));
    if (result === STALE) return null;
    shown = result;
    showSum();
    return shown;
  }

  function showSum() {
    const { explained, sizes, chosen, state } = shown;
    slide.show(chosen && sizes.output_size, chosen);
    refill(sum, explained ? sumParts(explained, state) : []);
  }

  async function showStack(values, cell) {
    const result = await latest.run((ask) => stackAnswers(values, ask));
    if (result === STALE) return null;
    const { network, report, windows } = result;
    clear();
    refill(found, diagnosticList(report.diagnostics));
    if (!windows) {
      refill(drawing);
      return { network };
    }
    const [layer, output] = cell ?? [windows.length - 1, 0];
    const row = Math.max(0, Math.min(layer, windows.length - 1));
    const chosen = [row, Math.max(0, Math.min(output, windows[row].length - 1))];
    const fields = report.layers.map(({ receptive_field: field }) => field.size[0]);
    size.textContent = t("learn.sees", { row: rowName(row + 1), count: fields[row] });
    refill(drawing, pyramid({ report, windows, chosen, point: (...at) => String(at) !== String(chosen) && choose(at) }));
    refill(sum, t("learn.fields", { sizes: fields.join(" → ") }));
    refill(twin.lastChild, pyramidTable({ report, windows, chosen }));
    return { network };
  }

  function clear() {
    shown = null;
    size.textContent = t("layer.refused");
    legend.hidden = true;
    slide.show(null);
    for (const part of [formulas, sum, twin.lastChild]) refill(part);
  }

  function refuse(error) {
    if (!error.errors) throw error;
    clear();
    refill(drawing);
    refill(found, error.errors.length ? diagnosticList(error.errors) : h("p", { class: "failure" }, error.message));
    return null;
  }

  return {
    element,
    stop: slide.stop,
    show: (lesson, values, chosen) => ("layers" in values ? showStack(values, chosen) : showLayer(layerState(lesson, values, chosen))).catch(refuse),
  };
}

function keyOf({ chosen, ...rest }) {
  return JSON.stringify(rest);
}

function formula(text) {
  return h("p", { class: "formula" }, text);
}
