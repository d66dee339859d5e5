/** The solutions as a list to choose from, and what is said where there is none. */

import { asArgument, asSteps } from "../../code/steps.js";
import { h } from "../../dom.js";
import { t } from "../../texts.js";
import { diagnosticList } from "../../widgets/diagnostics.js";
import { solutionText } from "./questions.js";

/** A table of combinations; `choose(solution)` is called for the one that is clicked. */
export function combinations(solutions, picked, choose) {
  const names = Object.keys(solutions[0] ?? {});
  const rows = solutions.map((solution, index) => {
    const chosen = JSON.stringify(solution) === JSON.stringify(picked);
    const cells = names.map((name, place) => h("td", { class: "number" }, place ? solutionText(solution[name]) : h("button", { type: "button", id: `solution-${index}`, class: "link", "aria-pressed": String(chosen), "aria-label": wordsOf(solution), onclick: () => choose(solution) }, solutionText(solution[name]))));
    return h("tr", { class: chosen ? "chosen" : "", onclick: (event) => event.target.closest("button") || choose(solution) }, cells);
  });
  return h("div", { class: "scroll solutions", tabindex: rows.length > 8 ? 0 : null, role: "region", "aria-label": t("solve.list") }, h("table", {}, h("thead", {}, h("tr", {}, names.map((name) => h("th", { class: "number" }, t(`field.${name}`))))), h("tbody", {}, rows)));
}

/** A solution in words: its parameters and their values. */
export function wordsOf(solution) {
  return Object.entries(solution).map(([name, value]) => `${t(`field.${name}`)} ${solutionText(value)}`).join(", ");
}

/** How many there are, and whether all are listed; `more(limit)` asks for more of them. */
export function countOf({ solutions, count, complete }, more) {
  const words = complete ? t("solve.all", { count }) : t("solve.cut", { listed: solutions.length, count });
  const next = [50, 200, 1000].find((limit) => limit > solutions.length && solutions.length < count);
  return h("div", { class: "row" }, h("span", { role: "status" }, words), next && !complete ? h("button", { type: "button", id: "solve-more", onclick: () => more(next) }, t("solve.more", { limit: next })) : null);
}

/** The range of totals on each axis, with the formula. */
export function totals(axes) {
  return h("div", { class: "scroll" }, h("table", {}, h("thead", {}, h("tr", {}, h("th", { class: "number" }, t("layer.axisHead")), h("th", {}, t("field.padding")), h("th", {}, t("solve.totals")), h("th", {}, t("solve.formula")))), h("tbody", {}, axes.map(totalsRow))));
}

function totalsRow({ padding: [before, after], total: [least, greatest], formula, output_padding: extra }, axis) {
  const words = t("solve.sides", { before, after }) + (extra ? t("solve.extra", { extra }) : "");
  return h("tr", {}, h("td", { class: "number" }, axis), h("td", {}, words), h("td", {}, least === greatest ? least : t("solve.range", { least, greatest })), h("td", {}, h("code", {}, formula)));
}

/** Why there is no padding, and the nearest sizes that there are, as buttons. */
export function nothing({ axes, diagnostics }, want) {
  return [diagnosticList(diagnostics), h("div", { class: "row nearest" }, h("span", { class: "quiet" }, t("solve.nearest")), nearestSizes(axes).map((size, index) => h("button", { type: "button", id: `nearest-${index}`, onclick: () => want(size) }, size.join(" × "))))];
}

/** An axis that is out of reach has what is next to it on one side or the other. */
function nearestSizes(axes) {
  const sizes = [["below", "above"], ["above", "below"]].map(([first, second]) => axes.map(({ output, nearest }) => (nearest ? (nearest[first] ?? nearest[second]) : output)));
  return String(sizes[0]) === String(sizes[1]) ? [sizes[0]] : sizes;
}

/** How each framework writes the padding: arguments, or layers in place of the one. */
export function writings(written, type, titles) {
  const rows = titles.map(([name, title]) => h("tr", {}, h("th", { scope: "row" }, title), h("td", {}, written[name] ? h("code", { class: "lines" }, argumentsOf(name, type, written[name])) : h("span", { class: "quiet" }, t("compare.unwritten")))));
  return h("div", { class: "scroll" }, h("table", {}, h("caption", {}, t("solve.written")), h("tbody", {}, rows)));
}

function argumentsOf(framework, type, written) {
  if (Array.isArray(written)) return asSteps(framework, type, written);
  return Object.entries(written).map(([name, value]) => `${name}=${asArgument(framework, value)}`).join(", ");
}
