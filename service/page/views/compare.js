/** One layer under the four frameworks side by side: size, padding, formula, numbers, and how each writes the same. */

import { addressOf } from "../address.js";
import { Latest, STALE } from "../api.js";
import { asCurl, asPython } from "../code/requests.js";
import { asSteps } from "../code/steps.js";
import { h, refill } from "../dom.js";
import { Plane } from "../drawing/plane.js";
import { t } from "../texts.js";
import { copyAs } from "../widgets/copy_as.js";
import { diagnosticList } from "../widgets/diagnostics.js";
import { failFields } from "../widgets/fields.js";
import { legendEntries } from "../widgets/legend.js";
import { columnOf } from "./compare/column.js";
import { PRESETS } from "./compare/presets.js";
import { comparisonOf, rowsOf, sharedWarnings } from "./compare/questions.js";
import { defaults as layerDefaults } from "./layer.js";
import { layerFields } from "./layer/fields.js";
import { parametersOf, sizeText } from "./layer/questions.js";

export const defaults = { ...layerDefaults, framework: "keras", padding: "same" };

export function mount(root, { change }) {
  const latest = new Latest();
  let state = defaults;

  const { fields, element: form } = layerFields(change);
  const summary = h("div", { class: "summary", "aria-live": "polite" });
  const found = h("div");
  const columns = h("div", { class: "columns" });
  const posted = h("details", {}, h("summary", {}, t("compare.posted")), h("div", { class: "planes" }));
  const legends = h("ul", { class: "legend" });
  const open = h("a", {}, t("compare.open"));
  const copy = copyAs();

  root.append(
    h("header", {}, h("h1", {}, t("compare.title")), h("p", {}, t("compare.lead")), presets(change)),
    h("div", { class: "stack" }, form, h("section", { class: "stack" }, summary, found, columns, h("div", { class: "row" }, legends, open), posted), copy.element),
  );

  async function show(shown) {
    state = shown;
    fields.show(state);
    try {
      const parameters = await parametersOf(state);
      fields.offer(parameters);
      const result = await latest.run((ask) => comparisonOf(state, parameters, ask));
      if (result !== STALE) await draw(result);
    } catch (error) {
      refuse(error);
    }
  }

  async function draw({ question, columns: compared, base, body, posted: numbers }) {
    failFields(fields.byName, []);
    const channels = { inputs: state.groups, outputs: state.groups };
    const codes = Object.fromEntries(compared.map(({ name, verdict }) => [name, asSteps(name, question.layer.type, verdict.written, channels)]));
    const common = sharedWarnings(compared);
    const baseTitle = compared.find(({ name }) => name === base)?.title;
    const noNumbers = t(state.rank === 3 ? "compare.noNumbers3" : "compare.noNumbers");
    refill(summary, sizesOf(compared), h("p", {}, verdictOf(compared, baseTitle)), state.groups > 1 && body ? h("p", { class: "quiet" }, t("compare.oneGroup")) : null);
    refill(found, common.length ? diagnosticList(common) : []);
    refill(columns, compared.map((column) => columnOf({ column, base, baseTitle, asked: state.framework, code: codes[column.name], common, noNumbers })));
    refill(legends, legendEntries({ cropped: state.kind === "conv_transpose" }));
    showPosted(numbers);
    copy.show([["curl", asCurl("/v1/compare", question)], ["Python", asPython("/v1/compare", question)], ...compared.map(({ name, title }) => [title, codes[name]]), [t("layer.numbers"), body ? asCurl("/v1/convolve", body) : null]]);
    open.href = await addressOf("layer", state, layerDefaults);
  }

  function showPosted(numbers) {
    posted.hidden = !numbers;
    if (!numbers) return;
    refill(posted.lastChild, planeOf(t("layer.input"), numbers.input, "input"), numbers.weight ? planeOf(t("layer.kernel"), numbers.weight, "weight") : null);
  }

  function refuse(error) {
    refill(columns);
    refill(summary, h("p", { class: "result" }, `${sizeText(state.input_size)} → ${t("layer.refused")}`));
    posted.hidden = true;
    if (error.errors?.length) return refill(found, diagnosticList(failFields(fields.byName, error.errors)));
    refill(found, h("p", { class: "failure" }, error.errors ? error.message : t("app.unreachable")));
    if (!error.errors) throw error;
  }

  /** The sizes that come out, each once. */
  function sizesOf(compared) {
    const sizes = [...new Set(compared.filter(({ verdict }) => verdict.accepted).map(({ verdict }) => sizeText(verdict.output_size)))];
    return h("p", { class: "result" }, `${sizeText(state.input_size)} → ${sizes.join(` ${t("compare.or")} `) || t("layer.refused")}`);
  }

  return { show, close: () => latest.stop() };
}

/** Who refuses, and who differs first in what. */
function verdictOf(compared, baseTitle) {
  const names = (some) => some.map(({ title }) => title).join(t("compare.comma"));
  const refusing = compared.filter(({ verdict }) => !verdict.accepted);
  if (refusing.length === compared.length) return t("compare.allRefuse");
  const accepting = compared.filter(({ verdict }) => verdict.accepted);
  const differing = accepting.filter(({ differs }) => differs);
  const sentences = [refusing.length ? t("compare.someRefuse", { names: names(refusing) }) : t("compare.allAccept")];
  if (accepting.length > 1 && !differing.length) sentences.push(t("compare.agree", { names: names(accepting) }));
  for (const { title, differs } of differing) sentences.push(t(`compare.differsIn.${differs.part}`, { title, other: baseTitle, axis: differs.axis }));
  return sentences.join(" ");
}

function planeOf(title, numbers, kind) {
  const rows = rowsOf(numbers);
  const plane = new Plane({ label: title, describe: (row, column, value) => t("layer.cell", { row, column, value }) });
  plane.show({ rows: [0, rows.length - 1], columns: [0, rows[0].length - 1], text: (row, column) => rows[row][column], kind: () => kind });
  return h("figure", {}, h("figcaption", {}, title), plane.element);
}

function presets(change) {
  const along = (rank, value) => Array.from({ length: rank }, () => value);
  const sized = ({ rank, ...others }) => ({ ...layerDefaults, rank, kernel_size: along(rank, 3), stride: along(rank, 1), dilation: along(rank, 1), amounts: along(rank, [0, 0]), output_padding: along(rank, 0), output_size: along(rank, 2), chosen: along(rank, 0), ...others });
  return h("div", { class: "row chips" }, Object.entries(PRESETS).map(([name, preset]) => h("button", { type: "button", onclick: () => change(sized(preset), { push: true }) }, t(`compare.preset.${name}`))));
}
