/** One framework's column: its verdict, size, padding, formula, numbers, and how it writes the same. */

import { h, prose } from "../../dom.js";
import { Plane } from "../../drawing/plane.js";
import { alike, strip } from "../../drawing/strip.js";
import { t } from "../../texts.js";
import { diagnosticList } from "../../widgets/diagnostics.js";
import { sizeText } from "../layer/questions.js";
import { rowsOf, shown } from "./questions.js";

const MOST_CELLS = 9;

/** `column` is one of the comparison's, `baseTitle` the name of the framework it is measured against, `code` its code,
 * `common` are warnings said elsewhere. */
export function columnOf({ column, base, baseTitle, asked, code, common, noNumbers }) {
  const { name, title, verdict, differs } = column;
  const role = name === asked ? "asked" : name === base ? "base" : null;
  return h(
    "article",
    { class: `column card ${verdict.accepted ? "" : "refused"} ${name === asked ? "asked" : ""}`, "aria-label": title },
    h("div", { class: "head" }, h("h2", {}, title), badge(verdict), role ? h("span", { class: "quiet" }, t(`compare.${role}`)) : null),
    verdict.accepted ? accepted(column, { differs, base, baseTitle, common, noNumbers }) : h("div", { class: "part of-refusal" }, diagnosticList(verdict.diagnostics)),
    part("written", false, h("h3", {}, t(`compare.${writtenForm(verdict.written)}`)), code ? h("pre", {}, h("code", {}, code)) : null, notesOf(verdict.notes)),
  );
}

/** The rows of a framework that accepts the layer. */
function accepted({ name, title, verdict, numbers }, { differs, base, baseTitle, common, noNumbers }) {
  const differsIn = (part) => differs?.part === part;
  return [
    part("size", differsIn("size"), h("p", { class: "result" }, sizeText(verdict.output_size))),
    part("split", differsIn("padding"), alike(verdict.axes).map(({ axis, label }) => strip(axis, label))),
    part("counted", differsIn("formula"), formulasOf(verdict.axes)),
    part("numbers", differsIn("value"), planeOf(numbers, differs?.value, title, baseTitle, noNumbers)),
    part("verdict", false, h("p", {}, equalText(verdict, name, base, baseTitle, differs)), warningsOf(verdict, common)),
  ];
}

function writtenForm(written) {
  if (!written) return "unwritten";
  return Array.isArray(written) ? "steps" : "written";
}

function badge({ accepted }) {
  return h("span", { class: `badge ${accepted ? "good" : "bad"}` }, t(accepted ? "compare.accepted" : "compare.refused"));
}

/** A row of the column; the first that differs says so. */
function part(name, marked, ...children) {
  return h("div", { class: `part of-${name} ${marked ? "differs" : ""}` }, marked ? h("p", { class: "mark" }, t("compare.firstDifference")) : null, ...children);
}

/** Each different formula once. */
function formulasOf(axes) {
  return [...new Set(axes.map((axis) => axis.formula).filter(Boolean))].map((formula) => h("p", { class: "formula" }, formula));
}

/** In words, whether it computes what the other does. */
function equalText({ equal }, name, base, other, differs) {
  if (name === base) return t("compare.measure");
  if (equal) return t(`compare.equal.${equal}`, { other });
  return t(differs ? "compare.equal.differs" : "compare.equal.unknown", { other });
}

function warningsOf({ diagnostics }, common) {
  const own = diagnostics.filter(({ message }) => !common.some((each) => each.message === message));
  return own.length ? diagnosticList(own) : null;
}

function notesOf(notes) {
  return notes.length ? h("ul", { class: "notes" }, notes.map((note) => h("li", {}, prose(note)))) : null;
}

/** The output's numbers, as many as there is room for, around the first that differs. */
function planeOf({ output, refused }, differing, title, baseTitle, noNumbers) {
  if (refused) return h("p", { class: "quiet" }, prose(refused.message));
  if (!output) return h("p", { class: "quiet" }, noNumbers);
  const rows = rowsOf(output);
  const plane = new Plane({ label: t("compare.output", { title }), describe: (row, column, value) => t("layer.cell", { row, column, value }) });
  plane.show({
    rows: around(differing?.row, rows.length),
    columns: around(differing?.column, rows[0]?.length ?? 0),
    text: (row, column) => shown(rows[row][column]),
    kind: (row, column) => `output ${differing && row === differing.row && column === differing.column ? "differs" : ""}`,
  });
  const words = differing ? t("compare.firstNumber", { place: rows.length > 1 ? `${differing.row}, ${differing.column}` : differing.column, value: shown(differing.value), other: baseTitle, base: shown(differing.base) }) : null;
  return [plane.element, words ? h("p", { class: "mark" }, words) : null];
}

/** The first and last position shown of so many. */
function around(place, count) {
  const first = Math.max(0, Math.min((place ?? 0) - Math.floor(MOST_CELLS / 2), count - MOST_CELLS));
  return [first, Math.min(count, first + MOST_CELLS) - 1];
}
