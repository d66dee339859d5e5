/** A whole network: its source beside its graph, what is wrong in both, what it costs, which inputs it takes. */

import { Latest, STALE } from "../api.js";
import { h, prose, refill } from "../dom.js";
import { t } from "../texts.js";
import { copyAs } from "../widgets/copy_as.js";
import { diagnosticList } from "../widgets/diagnostics.js";
import { answersTo, keepFile, marksOf, ofInput, placeIn } from "./network/answers.js";
import { costBars } from "./network/costs.js";
import { layerDetails } from "./network/details.js";
import { Editor } from "./network/editor.js";
import { foundList } from "./network/found.js";
import { Graph } from "./network/graph.js";
import { inputFields } from "./network/inputs.js";
import { patched, written } from "./network/json_text.js";
import { layerOf, markedOf, Places } from "./network/places.js";
import { bodyOf, exampleText, EXAMPLES, isText, readNetwork, sizesQuestion } from "./network/questions.js";
import { inputSizes } from "./network/sizes.js";
import { withDiff } from "./network/source_text.js";
import { layerTable } from "./network/table.js";
import { tabs } from "./network/tabs.js";
import { downloads, questions } from "./network/take_away.js";
import { verdict } from "./network/verdict.js";
import { wordsOf } from "./network/words.js";

export const defaults = { example: "classifier", text: "", file: "", input_shape: EXAMPLES.classifier.input_shape, entry: "", arguments: "", layer: "", output: null, part: "table", cost: "macs" };

const PATIENCE = 400; // milliseconds until it is told that the service is still working

export function mount(root, { change }) {
  const latest = new Latest();
  let state = defaults;
  let text = "";
  let answer = null;
  let places = null;
  let typing = false;
  let kept = false;
  let waiting = null;

  const fields = inputFields({ change: reshape, example: choose, file: take });
  const editor = new Editor({ label: t("network.source"), change: typed, point });
  const graph = new Graph({ choose: (layer) => change({ layer, output: null }, { push: false }) });
  const told = verdict();
  const found = h("div", { class: "stack found", role: "status" });
  const details = layerDetails({ choose: (output, how) => change({ output }, how), close: () => change({ layer: "", output: null }) });
  const bars = costBars({ change: (cost) => change({ cost }), choose: (layer) => change({ layer, output: null }) });
  const sizes = inputSizes({ latest: new Latest(), apply: resize });
  const table = h("div");
  const parts = tabs({ label: t("network.parts"), parts: [["table", table], ["costs", bars.element], ["sizes", sizes.element]], change: (part) => change({ part }) });
  const copy = copyAs();
  const drawing = h("div", { class: "stack" }, h("section", { class: "card graph-card" }, graph.element), details.element);
  const source = h("section", { class: "card stack source" }, fields.shapes, editor.element);
  const rest = h("div", { class: "stack" }, h("section", { class: "card stack" }, parts.element, downloads({ report: () => answer.report, graph })), copy.element);

  root.append(
    h("header", {}, h("h1", {}, t("network.title")), h("p", {}, prose(t("network.lead")))),
    fields.examples,
    told.element,
    h("div", { class: "work" }, h("div", { class: "stack" }, source, found), drawing),
    rest,
  );
  fields.dropOn(root);

  function choose(example) {
    change({ ...defaults, example, input_shape: EXAMPLES[example].input_shape, part: state.part, cost: state.cost }, { push: true });
  }

  async function take(file) {
    const kept = { ...defaults, example: "", input_shape: "", part: state.part, cost: state.cost };
    if (isText(file.name)) return change({ ...kept, text: await file.text() }, { push: true });
    keepFile(file);
    return change({ ...kept, file: file.name, input_shape: state.file === file.name ? state.input_shape : "" }, { push: true });
  }

  /** The first key in a text that was loaded or mended can be undone by the back button. */
  function typed(next) {
    change({ text: next, example: "", file: "" }, { push: !typing });
    typing = true;
  }

  function reshape(patch, how) {
    const body = "input_shape" in patch && !state.file ? bodyOf(text) : null;
    if (!body) return change(patch, how);
    const { input_shape: old, inputs, ...others } = body;
    const next = fields.shapesOf(patch.input_shape);
    return change({ text: written({ ...next, ...others }), example: "" }, how);
  }

  function resize(found) {
    const shape = [...answer.network.input_shape];
    shape.splice(answer.sizes.first, found.length, ...found);
    reshape({ input_shape: shape.map((size) => size ?? "null").join(", ") }, { push: true });
  }

  function point(place) {
    const layer = answer?.report && places?.layerAt(answer.report, place);
    if (layer && layer.name !== state.layer) change({ layer: layer.name, output: null });
  }

  /** Whether a change can be made in what is shown: in JSON each, in a source those with a diff or of the input. */
  function can(fix) {
    return Boolean(bodyOf(text)) || Boolean(fix.diff) || ofInput(fix);
  }

  function apply(fix) {
    typing = false;
    kept = true;
    const body = bodyOf(text);
    if (body) return change({ text: written(patched(body, fix.patch)), example: "", file: "" }, { push: true });
    const next = fix.diff && withDiff(text, fix.diff);
    if (next) return change({ text: next, example: "", file: "" }, { push: true });
    return change({ input_shape: fields.shapesText(patched({ ...answer.network, ...fields.posted(state.input_shape) }, fix.patch)) }, { push: true });
  }

  function go(place) {
    const stretch = places?.of(place);
    const layer = answer.report.layers[layerOf(place)]?.name;
    if (layer) change({ layer, output: null });
    if (stretch) editor.reveal(stretch.line, { focus: true, column: stretch.column });
  }

  async function show(shown) {
    const before = state;
    state = shown;
    if (["text", "example", "file"].some((name) => state[name] !== before[name]) && state.text !== text) typing = false;
    fields.show(state);
    const key = keyOf(state);
    if (answer?.key === key) return reflect();
    try {
      if (!(state.text || state.file || state.example)) throw Object.assign(new Error(t("network.empty")), { errors: [] });
      wait();
      const result = await latest.run((ask) => answersTo(state, ask));
      if (result === STALE) return;
      if (result.replaced) return change(result.replaced);
      answer = { ...result, key };
      await draw();
    } catch (error) {
      refuse(error, key);
    }
  }

  /** Until the answer comes: the new text is there at once, and what is said of the old one is dimmed. */
  function wait() {
    root.setAttribute("aria-busy", "true");
    clearTimeout(waiting);
    waiting = setTimeout(() => told.wait(), PATIENCE);
    sizes.clear();
    if (!state.text || state.text === text) return;
    text = state.text;
    editor.show(text, { keep: kept });
    editor.mark([]);
  }

  async function draw() {
    const drawn = answer;
    const { report } = drawn;
    text = answer.text;
    editor.show(text, { keep: kept });
    kept = false;
    places = new Places(text, Boolean(bodyOf(text)));
    fields.showShapes(state, bodyOf(text));
    fields.fail([]);
    told.show(report);
    refill(found, foundList(report, { go, apply, can }));
    rest.hidden = drawing.hidden = false;
    drawGraph();
    reflect();
    drawn.network ??= await latest.run((ask) => readNetwork(drawn.question, ask));
    if (drawn.network !== STALE) drawn.sizes = await sizesQuestion(drawn);
    if (drawn !== answer) return;
    copy.show(questions({ ...answer, sizes: answer.sizes?.question }));
    drawGraph();
    reflect();
  }

  function drawGraph() {
    const { report, network } = answer;
    graph.show(report, (index) => wordsOf(report.layers[index].type, network?.layers?.[index]), marksOf(report));
  }

  /** What follows from the choices, not from the network. */
  function reflect() {
    if (!answer?.report) return;
    const { report } = answer;
    parts.show(state.part);
    graph.mark(state.layer);
    markText(report);
    if (state.part === "table") refill(table, layerTable(report, { choose: (layer) => change({ layer, output: null }), marks: marksOf(report), chosen: state.layer }));
    if (state.part === "costs") bars.show(report, state.cost, state.layer);
    if (state.part === "sizes") sizes.show(answer.sizes?.question ?? null);
    details.show(answer, state.layer, state.output);
  }

  function markText(report) {
    const marks = markedOf(report.diagnostics).map(([place, kind]) => ({ ...places.of(place), kind })).filter(({ line }) => line);
    const index = report.layers.findIndex((layer) => layer.name === state.layer);
    const chosen = index >= 0 ? places.ofLayer(report, index) : null;
    editor.mark([...(chosen ? [{ ...chosen, kind: "chosen" }] : []), ...marks]);
    if (chosen && document.activeElement !== editor.area) editor.reveal(chosen.line);
    else if (!chosen && marks.length && answer.revealed !== true) editor.reveal(marks.at(-1).line);
    answer.revealed = true;
  }

  async function refuse(error, key) {
    clearTimeout(waiting);
    root.removeAttribute("aria-busy");
    if (!error.errors) {
      refill(found, h("p", { class: "failure" }, t("app.unreachable")));
      throw error;
    }
    text = state.text || (isText(EXAMPLES[state.example]?.file ?? "") ? await exampleText(state.example) : "");
    answer = { key: error.status < 500 ? key : null, text };
    editor.show(text);
    places = new Places("", false);
    fields.showShapes(state, bodyOf(text));
    const left = fields.fail(error.errors);
    const marks = error.errors.map((diagnostic) => ({ ...placeIn(text, diagnostic), kind: "error" })).filter(({ line }) => line);
    editor.mark(marks);
    if (marks.length) editor.reveal(marks[0].line);
    told.refuse(error.message);
    refill(found, left.length ? diagnosticList(left) : null);
    rest.hidden = drawing.hidden = true;
    details.element.hidden = true;
  }

  return {
    show,
    close() {
      clearTimeout(waiting);
      latest.stop();
      details.close();
      sizes.clear();
      editor.close();
      graph.close();
    },
  };
}

function keyOf({ text, example, file, input_shape: shape, entry, arguments: given }) {
  return JSON.stringify([text, text ? "" : example, file, shape, entry, given]);
}
