/** What is wrong with the network: each mistake with its places, the repairs of the whole first. */

import { h, prose } from "../../dom.js";
import { t } from "../../texts.js";
import { diagnosticParts } from "../../widgets/diagnostics.js";
import { layerOf } from "./places.js";

const MOST = 4; // changes of the whole that are offered

/** `go(diagnostic)` shows its place; `apply(fix)` makes a change; `can(fix)` says whether it can be made in the text. */
export function foundList(report, { go, apply, can }) {
  const { diagnostics, repairs = [] } = report;
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const warnings = diagnostics.filter(({ severity }) => severity !== "error");
  const item = (diagnostic) => {
    const [code, message, help, ...rest] = diagnosticParts(withFixes(diagnostic, can), apply);
    return h("li", { class: `diagnostic ${diagnostic.severity}` }, place(diagnostic, report, go), code, message, help, where(diagnostic, report, go), rest, byHand(diagnostic.fixes, can));
  };
  return [
    repairList(repairs, errors, { apply, can }),
    errors.length ? h("ul", { class: "diagnostics" }, errors.map(item)) : null,
    warnings.length ? h("details", { open: !errors.length && warnings.length < 3 }, h("summary", {}, t("network.warnings", { count: warnings.length })), h("ul", { class: "diagnostics" }, warnings.map(item))) : null,
  ];
}

function withFixes(diagnostic, can) {
  return { ...diagnostic, consequences: diagnostic.consequences ?? [], fixes: diagnostic.fixes.filter(can) };
}

/** What mends it too, but is not written in the text as one value: the reader knows where it comes from. */
function byHand(fixes, can) {
  const others = fixes.filter((fix) => !can(fix));
  if (!others.length) return null;
  return h("div", { class: "quiet" }, h("p", {}, t("network.byHand")), h("ul", {}, others.map(({ title }) => h("li", {}, prose(title)))));
}

/** Changes after which nothing is wrong; told apart where they are not the fixes of the only mistake. */
function repairList(repairs, errors, { apply, can }) {
  const known = errors.length === 1 ? errors[0].fixes.map(({ title }) => title) : [];
  const own = repairs.filter(({ title }) => !known.includes(title));
  if (!own.length) return null;
  const buttons = own.filter(can).slice(0, MOST).map((fix) => h("button", { type: "button", onclick: () => apply(fix) }, prose(t("diagnostics.apply", { title: fix.title }))));
  return h("div", { class: "repairs" }, h("p", {}, t(errors.length > 1 ? "network.repairsAll" : "network.repairs")), h("div", { class: "fixes" }, buttons), byHand(own.slice(0, MOST), can));
}

function place(diagnostic, report, go) {
  const layer = report.layers[layerOf(diagnostic)]?.name;
  const line = diagnostic.source?.line;
  const text = line ? t("network.line", { line }) : (layer ?? diagnostic.location);
  return text ? h("button", { type: "button", class: "go", title: t("network.go"), onclick: () => go(diagnostic) }, line && layer ? `${text} · ${layer}` : text) : null;
}

function where({ related = [] }, report, go) {
  if (!related.length) return null;
  return h("ul", { class: "related" }, related.map((each) => h("li", {}, h("button", { type: "button", class: "go", onclick: () => go(each) }, prose(each.message)))));
}
