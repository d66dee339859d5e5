/** One layer: its windows on the input, its output, the formula, and the sum behind each number. */

import { Latest, STALE } from "../api.js";
import { h, refill } from "../dom.js";
import { t } from "../texts.js";
import { copyAs } from "../widgets/copy_as.js";
import { diagnosticList } from "../widgets/diagnostics.js";
import { failFields } from "../widgets/fields.js";
import { legendEntries } from "../widgets/legend.js";
import { tour } from "../widgets/tour.js";
import { layerFields } from "./layer/fields.js";
import { pictureOfLayer, windowTable } from "./layer/picture.js";
import { EXAMPLES, KERNELS } from "./layer/presets.js";
import { answersTo, explainedAt, numbersOf, parametersOf, questionOf, sizeText } from "./layer/questions.js";
import { sumParts } from "./layer/sum.js";
import { requestTexts, writer } from "./layer/written.js";

export const defaults = {
  framework: "pytorch",
  kind: "conv",
  rank: 2,
  input_size: [6, 6],
  kernel_size: [3, 3],
  stride: [2, 2],
  padding: "number",
  amounts: [[0, 0], [0, 0]],
  padding_mode: "zeros",
  dilation: [1, 1],
  output_padding: [0, 0],
  output_size: [2, 2],
  groups: 1,
  ceil_mode: false,
  numbers: null,
  weight: null,
  chosen: [0, 0],
};

export function mount(root, { change }) {
  const latest = new Latest();
  const write = writer();
  let state = defaults;
  let answers = null;

  const { fields, element: form } = layerFields(change);
  const size = h("output", { class: "result", "aria-live": "polite" });
  const formulas = h("div", { class: "stack-close" });
  const picture = pictureOfLayer({ choose, edit });
  const sum = h("p", { class: "sum", "aria-live": "polite" });
  const twin = h("details", {}, h("summary", {}, t("table.caption")), h("div", { class: "scroll" }));
  const found = h("div");
  const copy = copyAs();
  const slide = tour(choose);
  const steps = h("div", { class: "row" }, slide.element, h("ul", { class: "legend" }, legendEntries()));
  const kernels = h("div", { class: "row chips" }, h("span", { class: "quiet" }, t("layer.kernels")), Object.keys(KERNELS).map((name) => h("button", { type: "button", onclick: () => useKernel(name) }, t(`kernel.${name}`))));

  root.append(
    h("header", {}, h("h1", {}, t("layer.title")), h("p", {}, t("layer.lead")), examples(change)),
    h("div", { class: "split" }, form, h("div", { class: "stack" }, h("section", { class: "card stack" }, h("div", { class: "stack-close" }, size, formulas), found, picture.element, steps, sum, kernels, twin), copy.element)),
  );

  function choose(chosen) {
    if (String(chosen) === String(state.chosen)) return;
    change({ chosen });
  }

  function edit(name, row, column, value) {
    const posted = numbersOf({ ...state, groups: 1 }, ["out_channels"])[name];
    const line = (numbers, at) => numbers.map((old, index) => (index === at ? value : old));
    const numbers = state.rank === 1 ? line(posted, column) : posted.map((old, index) => (index === row ? line(old, column) : old));
    change({ [name === "input" ? "numbers" : "weight"]: numbers }, { push: true });
  }

  function useKernel(name) {
    change({ kernel_size: [3, 3], weight: KERNELS[name] }, { push: true });
  }

  async function show(shown) {
    state = shown;
    fields.show(state);
    let parameters = [];
    try {
      parameters = await parametersOf(state);
      if (state !== shown) return;
      fields.offer(parameters);
      if (answers?.key === keyOf(state)) await showChosen();
      else await showAll(parameters);
    } catch (error) {
      refuse(error, parameters);
    }
  }

  /** The same layer, another of its outputs: all but the sum is known. */
  async function showChosen() {
    picture.mark(state.chosen);
    slide.show(answers.sizes.output_size, state.chosen);
    latest.stop();
    if (!answers.explained || String(answers.chosen) === String(state.chosen)) return;
    const result = await latest.run((ask) => explainedAt(answers, state.chosen, ask));
    if (result === STALE) return;
    answers = result;
    showSum(answers.explained);
    await showCode();
  }

  async function showAll(parameters) {
    const asked = state;
    const result = await latest.run((ask) => answersTo(asked, parameters, ask));
    if (result === STALE) return;
    answers = { ...result, key: keyOf(asked), parameters, state: asked };
    const { sizes, numbers, chosen, explained, refused } = answers;
    failFields(fields.byName, refused?.errors ?? []);
    size.textContent = `${sizeText(asked.input_size)} → ${sizeText(sizes.output_size)}`;
    size.classList.remove("refused");
    showFormulas(formulas, sizes.axes);
    refill(found, diagnosticList([...sizes.diagnostics, ...(refused?.errors ?? [])]));
    picture.show({ axes: sizes.axes, numbers, chosen });
    kernels.hidden = !(asked.rank === 2 && numbers.output && numbers.weight);
    slide.show(numbers.output && sizes.output_size, chosen);
    steps.hidden = twin.hidden = false;
    showSum(explained);
    refill(twin.lastChild, windowTable(sizes.axes));
    await showCode();
  }

  function showSum(explained) {
    sum.hidden = !explained;
    refill(sum, explained ? sumParts(explained, state) : []);
  }

  async function showCode() {
    const shown = answers;
    const texts = await write(shown);
    if (shown === answers) copy.show(texts);
  }

  function refuse(error, parameters) {
    if (!error.errors) {
      refill(found, h("p", { class: "failure" }, t("app.unreachable")));
      throw error;
    }
    slide.show(null);
    answers = null;
    size.textContent = `${sizeText(state.input_size)} → ${t("layer.refused")}`;
    size.classList.add("refused");
    refill(formulas);
    picture.clear();
    refill(sum);
    steps.hidden = kernels.hidden = sum.hidden = twin.hidden = true;
    failFields(fields.byName, error.errors);
    refill(found, error.errors.length ? diagnosticList(error.errors) : h("p", { class: "failure" }, error.message));
    copy.show(requestTexts(questionOf(state, parameters)));
  }

  return {
    show,
    close() {
      slide.stop();
      latest.stop();
    },
  };
}

function keyOf({ chosen, ...rest }) {
  return JSON.stringify(rest);
}

/** Each different formula once. */
function showFormulas(element, axes) {
  const formulas = new Set(axes.map((axis) => axis.formula).filter(Boolean));
  refill(element, [...formulas].map((formula) => h("p", { class: "formula" }, formula)));
}

function examples(change) {
  const use = (example) => change({ ...defaults, ...sized(example) }, { push: true });
  return h("div", { class: "row chips" }, h("span", { class: "quiet" }, t("layer.examples")), Object.entries(EXAMPLES).map(([name, example]) => h("button", { type: "button", onclick: () => use(example) }, t(`example.${name}`))));
}

/** An example with every parameter as long as its rank. */
function sized(example) {
  const along = (value) => Array.from({ length: example.rank }, () => value);
  return { dilation: along(1), amounts: along([0, 0]), output_padding: along(0), output_size: along(2), chosen: along(0), ...example };
}
