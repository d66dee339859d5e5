/** From the output that is wanted to the padding, or to all combinations, that give it. */

import { addressOf } from "../address.js";
import { Latest, STALE } from "../api.js";
import { asCurl, asPython } from "../code/requests.js";
import { asSteps } from "../code/steps.js";
import { h, prose, refill } from "../dom.js";
import { t } from "../texts.js";
import { copyAs } from "../widgets/copy_as.js";
import { diagnosticList } from "../widgets/diagnostics.js";
import { failFields } from "../widgets/fields.js";
import { legendEntries } from "../widgets/legend.js";
import { defaults as layerDefaults } from "./layer.js";
import { layerFields } from "./layer/fields.js";
import { FRAMEWORKS, parametersOf, sizeText, typeOf } from "./layer/questions.js";
import { goalFields } from "./solve/form.js";
import { combinations, countOf, nothing, totals, wordsOf, writings } from "./solve/list.js";
import { picture } from "./solve/picture.js";
import { PRESETS } from "./solve/presets.js";
import { pathOf, pictureOf, questionOf, solutionsOf, stateWith } from "./solve/questions.js";

const LISTED = 50;
const KINDS = ["conv", "conv_transpose", "max_pool", "avg_pool", "lp_pool"];

export const defaults = {
  ...layerDefaults,
  input_size: [8, 8],
  mode: "padding",
  goal: "size",
  wanted: [4, 4],
  unknown: ["kernel_size", "stride", "padding"],
  bounds: {},
  limit: LISTED,
  picked: null,
};

export function mount(root, { change }) {
  const latest = new Latest();
  let state = defaults;

  const { fields, element: form } = layerFields(asked);
  const goals = goalFields(asked);
  const size = h("output", { class: "result", "aria-live": "polite" });
  const extra = h("div", { class: "quiet" });
  const found = h("div");
  const list = h("div", { class: "stack" });
  const drawn = picture();
  const title = h("h2");
  const note = h("div");
  const legends = h("ul", { class: "legend" });
  const open = h("a", {}, t("compare.open"));
  const shownCard = h("section", { class: "card stack" }, h("div", { class: "row between" }, title, open), note, drawn.element, legends);
  const copy = copyAs();
  fields.byName.type.offer(KINDS.map((kind) => [kind, t(`kind.${kind}`)]));

  root.append(
    h("header", {}, h("h1", {}, t("solve.title")), h("p", {}, t("solve.lead")), presets(change)),
    h("div", { class: "split" }, h("div", { class: "stack" }, goals.element, form), h("div", { class: "stack" }, h("section", { class: "card stack" }, h("div", {}, size, extra), found, list), shownCard, copy.element)),
  );

  /** Another question: nothing is picked from its answer yet. */
  function asked(patch, how) {
    const wanted = patch.rank ? { wanted: Array.from({ length: patch.rank }, (_, axis) => state.wanted[axis] ?? state.wanted.at(-1)) } : {};
    change({ ...patch, ...wanted, picked: null, limit: LISTED }, how);
  }

  async function show(shown) {
    state = shown;
    fields.show(state);
    goals.show(state);
    try {
      const parameters = await parametersOf(state);
      offer(parameters);
      const question = questionOf(state, parameters);
      const result = await latest.run((ask) => answered(question, ask));
      if (result !== STALE) await draw(question, result);
    } catch (error) {
      refuse(error);
    }
  }

  /** Only what is given has a field. */
  function offer(parameters) {
    const asks = state.mode === "combinations" ? state.unknown : ["padding", "output_padding"];
    fields.offer(parameters.filter((name) => !asks.includes(name)));
    fields.byName.input_size.element.hidden = asks.includes("input_size");
    goals.offer(parameters);
  }

  async function answered(question, ask) {
    const answer = await ask(pathOf(state), question);
    const solutions = solutionsOf(state, answer);
    const wanted = JSON.stringify(state.picked);
    const picked = solutions.find((solution) => JSON.stringify(solution) === wanted) ?? solutions[0] ?? null;
    return { answer, picked, picture: picked && (await pictureOf(stateWith(state, picked), ask)) };
  }

  async function draw(question, { answer, picked, picture: shown }) {
    failFields(visible(), []);
    goals.bounds(answer.bounds ?? {});
    if (state.mode === "combinations") drawCombinations(answer, picked);
    else drawPadding(question, answer);
    shownCard.hidden = !shown;
    if (shown) await drawPicture(shown, picked);
    copy.show([["curl", asCurl(pathOf(state), question)], ["Python", asPython(pathOf(state), question)], ...codes(shown)]);
  }

  function drawPadding(question, answer) {
    const wanted = answer.axes.map((axis) => axis.output);
    size.textContent = `${sizeText(state.input_size)} → ${sizeText(wanted)}`;
    refill(extra, answer.solvable ? wordsOf(solutionsOf(state, answer)[0]) : t("solve.unsolvable"));
    refill(found, answer.solvable ? diagnosticList(answer.diagnostics) : nothing(answer, (size) => asked({ wanted: size, goal: "size" }, { push: true })));
    refill(list, answer.solvable ? [totals(answer.axes), writings(answer.written, question.layer.type, FRAMEWORKS)] : []);
  }

  function drawCombinations(answer, picked) {
    const some = answer.solutions.length > 0;
    const from = state.unknown.includes("input_size") ? "?" : sizeText(state.input_size);
    size.textContent = `${from} → ${sizeText(state.wanted)}`;
    refill(extra, some ? countOf(answer, (limit) => change({ limit })) : t("solve.none"));
    refill(found, diagnosticList(answer.diagnostics));
    const scrolled = list.querySelector(".solutions")?.scrollTop ?? 0;
    refill(list, some ? combinations(answer.solutions, picked, pick) : []);
    if (some) list.querySelector(".solutions").scrollTop = scrolled;
  }

  function pick(solution) {
    change({ picked: solution }, { push: true });
  }

  async function drawPicture({ drawn: layer, refused, ...answers }, picked) {
    title.textContent = answers.sizes ? t("solve.drawn", { solution: wordsOf(picked) }) : t("solve.noPicture");
    const titleOf = (wanted) => FRAMEWORKS.find(([name]) => name === wanted)[1];
    const other = layer.framework === state.framework ? "" : ` ${t("solve.drawnAs", { other: titleOf(layer.framework) })}`;
    refill(note, refused.map(({ message }) => h("p", { class: "quiet" }, prose(message), ".", other)));
    drawn.show(answers.sizes ? answers : {});
    refill(legends, answers.sizes ? legendEntries() : []);
    const kept = Object.fromEntries(Object.keys(layerDefaults).map((name) => [name, layer[name]]));
    open.href = await addressOf("layer", kept, layerDefaults);
  }

  function codes(shown) {
    if (!shown) return [];
    const channels = { inputs: state.groups, outputs: state.groups };
    return FRAMEWORKS.map(([name, title]) => [title, asSteps(name, typeOf(state), shown.frameworks[name].written, channels)]);
  }

  /** The fields that are in sight, by parameter. */
  function visible() {
    return Object.fromEntries(Object.entries({ ...fields.byName, ...goals.byName }).filter(([, field]) => !field.element.hidden));
  }

  function refuse(error) {
    size.textContent = t("layer.refused");
    refill(extra);
    refill(list);
    shownCard.hidden = true;
    if (error.errors?.length) return refill(found, diagnosticList(failFields(visible(), error.errors)));
    refill(found, h("p", { class: "failure" }, error.errors ? error.message : t("app.unreachable")));
    if (!error.errors) throw error;
  }

  return { show, close: () => latest.stop() };
}

function presets(change) {
  const sized = ({ rank = 2, ...others }) => {
    const along = (value) => Array.from({ length: rank }, () => value);
    return { ...defaults, rank, kernel_size: along(3), stride: along(1), dilation: along(1), amounts: along([0, 0]), output_padding: along(0), output_size: along(2), wanted: along(4), chosen: along(0), ...others };
  };
  return h("div", { class: "row chips" }, Object.entries(PRESETS).map(([name, preset]) => h("button", { type: "button", onclick: () => change(sized(preset), { push: true }) }, t(`solve.preset.${name}`))));
}
