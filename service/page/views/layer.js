/** One layer: its windows on the input, its output, the formula, and the sum behind each number. */

import { ask, Latest, STALE } from "../api.js";
import { asCode } from "../code/layers.js";
import { asCurl, asPython } from "../code/requests.js";
import { h, refill } from "../dom.js";
import { extentOf, PlanesOfLayer } from "../drawing/planes_of_layer.js";
import { MOST, staircase } from "../drawing/staircase.js";
import { t } from "../texts.js";
import { copyAs } from "../widgets/copy_as.js";
import { diagnosticList } from "../widgets/diagnostics.js";
import { failFields } from "../widgets/fields.js";
import { layerFields } from "./layer/fields.js";
import { EXAMPLES, KERNELS } from "./layer/presets.js";
import { answersTo, layerOf, numbersOf, parametersOf, shortest, sizeText, sumOf } from "./layer/questions.js";

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

const PACE = 650; // milliseconds between the steps of a tour

export function mount(root, { change }) {
  const latest = new Latest();
  let state = defaults;
  let answers = null;
  let timer = null;

  const { fields, element: form } = layerFields(change);
  const size = h("output", { class: "result", "aria-live": "polite" });
  const formulas = h("div", { class: "stack-close" });
  const drawing = h("div", { class: "drawing" });
  const sum = h("p", { class: "sum", "aria-live": "polite" });
  const twin = h("details", {}, h("summary", {}, t("table.caption")), h("div", { class: "scroll" }));
  const found = h("div");
  const copy = copyAs();
  const planes = new PlanesOfLayer({ choose: (row, column) => choose([row, column]), edit });
  const play = h("button", { type: "button", onclick: tour }, t("layer.play"));
  const steps = h("div", { class: "row" }, h("button", { type: "button", onclick: () => step(-1) }, t("layer.back")), play, h("button", { type: "button", onclick: () => step(1) }, t("layer.step")), legend());
  const kernels = h("div", { class: "row kernels" }, h("span", { class: "quiet" }, t("layer.kernels")), Object.keys(KERNELS).map((name) => h("button", { type: "button", onclick: () => useKernel(name) }, t(`kernel.${name}`))));

  root.append(
    h("header", {}, h("h1", {}, t("layer.title")), h("p", {}, t("layer.lead")), examples(change)),
    h("div", { class: "split" }, form, h("div", { class: "stack" }, h("section", { class: "card stack" }, h("div", {}, size, formulas), found, drawing, steps, kernels, sum, twin), copy.element)),
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

  /** To another output, in the order in which the window slides. */
  function step(by) {
    const sizes = answers?.sizes?.output_size ?? [];
    const count = sizes.reduce((product, each) => product * each, 1);
    const at = sizes.reduce((index, each, axis) => index * each + (state.chosen[axis] ?? 0), 0);
    let next = (at + by + count) % count;
    const chosen = sizes.map(() => 0);
    for (let axis = sizes.length - 1; axis >= 0; axis -= 1) [chosen[axis], next] = [next % sizes[axis], Math.floor(next / sizes[axis])];
    choose(chosen);
  }

  function tour() {
    if (timer) return stop();
    timer = setInterval(() => step(1), PACE);
    play.textContent = t("layer.pause");
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    play.textContent = t("layer.play");
  }

  async function show(shown) {
    state = shown;
    fields.show(state);
    if (answers?.sizes && answers.key === keyOf(state)) mark(state.chosen);
    try {
      const parameters = await parametersOf(state);
      fields.offer(parameters);
      const result = await latest.run((ask) => answersTo(state, parameters, ask));
      if (result === STALE) return;
      answers = { ...result, key: keyOf(state), parameters };
      await draw();
    } catch (error) {
      refuse(error);
    }
  }

  async function draw() {
    const { sizes, numbers, chosen, explained, refused } = answers;
    failFields(fields.byName, []);
    size.textContent = `${sizeText(state.input_size)} → ${sizeText(sizes.output_size)}`;
    showFormulas(formulas, sizes.axes);
    refill(found, diagnosticList([...sizes.diagnostics, ...(refused?.errors ?? [])]));
    const plane = state.rank === 2 && numbers.output;
    refill(drawing, plane ? planes.element : stairs(sizes, numbers, chosen));
    if (plane) planes.show({ axes: sizes.axes, numbers, chosen });
    kernels.hidden = !(plane && numbers.weight);
    steps.hidden = !chosen;
    showSum(explained);
    refill(twin.lastChild, windowTable(sizes.axes));
    await showCode();
  }

  function mark(chosen) {
    if (state.rank === 2 && answers.numbers.output && drawing.contains(planes.element)) planes.mark(chosen);
  }

  function stairs({ axes }, numbers, chosen) {
    return axes.map((axis, index) => {
      const line = axes.length === 1 ? numbers : {};
      const extent = extentOf(axis);
      const last = Math.min(extent[1], extent[0] + MOST.positions - 1);
      const cut = last < extent[1] || axis.windows.length > MOST.windows;
      const picture = staircase({
        label: t("layer.axis", { axis: index }),
        extent: [extent[0], last],
        size: axis.input,
        windows: axis.windows.filter((window) => window.every((position) => position === null || position <= last)),
        value: (position) => line.padded?.[position - extent[0]] ?? "",
        result: (output) => line.output?.[output] ?? "",
        point: (output) => axes.length === 1 && choose([output]),
        describe: (output) => t("layer.windowOf", { output, positions: positionsText(axis.windows[output]) }),
        marked: axes.length === 1 ? chosen?.[0] : undefined,
      });
      return h("figure", { class: "axis-figure" }, axes.length > 1 ? h("figcaption", { class: "quiet" }, t("layer.axis", { axis: index })) : null, picture, cut ? h("p", { class: "quiet" }, t("layer.cut", { positions: MOST.positions, windows: MOST.windows })) : null);
    });
  }

  function showSum(explained) {
    if (!explained) return refill(sum);
    const { terms, form, output, bias } = sumOf(explained, state.kind);
    const joined = form === "sum" ? terms.join(" + ") + (bias === null ? "" : ` + ${bias}`) : `${t(`layer.${form}`)}(${terms.join(", ")})`;
    return refill(sum, t("layer.outputAt", { position: explained.position.join(", ") }), h("br"), `${joined} = `, h("b", {}, output));
  }

  async function showCode() {
    const shown = answers;
    const { question, body, parameters } = shown;
    const layer = layerOf(state, parameters);
    const channels = { inputs: state.groups, outputs: state.groups };
    const written = (await compared(question))?.frameworks ?? {};
    const code = async (framework) => {
      if (question.framework === framework) return asCode(framework, layer, channels);
      const steps = [written[framework]?.written ?? []].flat().map((step) => ({ type: layer.type, ...step }));
      return (await Promise.all(steps.map((step) => asCode(framework, step, channels)))).join("\n");
    };
    const [pytorch, keras] = await Promise.all([code("pytorch"), code("keras")]);
    if (shown === answers) copy.show([["curl", asCurl("/v1/output-size", question)], ["Python", asPython("/v1/output-size", question)], ["PyTorch", pytorch], ["Keras", keras], [t("layer.numbers"), body ? asCurl("/v1/convolve", body) : null]]);
  }

  /** How the other frameworks write the layer. */
  async function compared(question) {
    try {
      return await ask("/v1/compare", question);
    } catch {
      return null;
    }
  }

  function refuse(error) {
    if (!error.errors?.length) {
      refill(found, h("p", { class: "failure" }, error.errors ? error.message : t("app.unreachable")));
      if (!error.errors) throw error;
      return;
    }
    size.textContent = `${sizeText(state.input_size)} → ${t("layer.refused")}`;
    refill(formulas);
    refill(drawing);
    refill(sum);
    steps.hidden = kernels.hidden = true;
    refill(found, diagnosticList(failFields(fields.byName, error.errors)));
  }

  return {
    show,
    close() {
      stop();
      latest.stop();
    },
  };
}

function keyOf({ chosen, ...rest }) {
  return JSON.stringify(rest);
}

/** Each different formula once. */
function showFormulas(element, axes) {
  const formulas = axes.map((axis) => axis.formula);
  const different = shortest(formulas) === formulas[0] ? [formulas[0]] : formulas;
  refill(element, different.filter(Boolean).map((formula) => h("p", { class: "formula" }, formula)));
}

function examples(change) {
  const use = (example) => change({ ...defaults, ...sized(example) }, { push: true });
  return h("div", { class: "row" }, Object.entries(EXAMPLES).map(([name, example]) => h("button", { type: "button", onclick: () => use(example) }, t(`example.${name}`))));
}

/** An example with every parameter as long as its rank. */
function sized(example) {
  const along = (value) => Array.from({ length: example.rank }, () => value);
  return { dilation: along(1), amounts: along([0, 0]), output_padding: along(0), output_size: along(2), chosen: along(0), ...example };
}

function legend() {
  return h("ul", { class: "legend" }, ["input", "padding", "window", "unread", "output"].map((name) => h("li", {}, h("span", { class: `swatch ${name}` }), t(`legend.${name}`))));
}

function positionsText(window) {
  return window.map((position) => position ?? "–").join(", ");
}

/** Which positions each output reads, axis by axis. */
function windowTable(axes) {
  const rows = axes.flatMap((axis, index) => axis.windows.slice(0, MOST.windows).map((window, output) => h("tr", {}, h("td", { class: "number" }, index), h("td", { class: "number" }, output), h("td", {}, positionsText(window)))));
  return h("table", {}, h("thead", {}, h("tr", {}, h("th", { class: "number" }, t("layer.axisHead")), h("th", { class: "number" }, t("layer.output")), h("th", {}, t("layer.reads")))), h("tbody", {}, rows));
}
