/** The layers as a table, as model summaries have it; and as CSV. */

import { h } from "../../dom.js";
import { number, t } from "../../texts.js";
import { shapeText } from "./stacks.js";

const COLUMNS = ["name", "type", "shape", "parameters", "macs", "field"];
const NUMBERS = ["parameters", "macs"];

/** `choose(name)` is called for a layer; `marks` are kinds by index. */
export function layerTable(report, { choose, marks, chosen }) {
  const head = COLUMNS.map((column) => h("th", { scope: "col", class: NUMBERS.includes(column) ? "number" : null }, t(`network.column.${column}`)));
  const rows = report.layers.map((layer, index) =>
    h(
      "tr",
      { class: `${marks.get(index) ?? ""} ${layer.name === chosen ? "chosen" : ""}` },
      h("th", { scope: "row" }, h("button", { type: "button", class: "go", onclick: () => choose(layer.name) }, layer.name), marks.get(index) === "error" ? h("span", { class: "only-read" }, t("diagnostics.error")) : null),
      h("td", {}, layer.type),
      h("td", { class: "shape" }, shapeText(layer.output_shape)),
      h("td", { class: "number" }, number(layer.parameters)),
      h("td", { class: "number" }, number(layer.macs)),
      h("td", { class: "shape" }, layer.receptive_field ? layer.receptive_field.size.join(" × ") : "–"),
    ),
  );
  const { parameters, macs } = report.totals ?? {};
  const foot = h("tr", {}, h("th", { scope: "row" }, t("network.sum")), h("td"), h("td", { class: "shape" }, shapeText(report.output_shape)), h("td", { class: "number" }, number(parameters)), h("td", { class: "number" }, number(macs)), h("td"));
  return h("div", { class: "scroll tall", tabindex: 0, role: "region", "aria-label": t("network.table") }, h("table", {}, h("caption", { class: "only-read" }, t("network.table")), h("thead", {}, h("tr", {}, head)), h("tbody", {}, rows), h("tfoot", {}, foot)));
}

/** The table as comma separated values. */
export function asCsv(report) {
  const cell = (value) => (/[",\n]/.test(`${value}`) ? `"${`${value}`.replaceAll('"', '""')}"` : `${value ?? ""}`);
  const lines = report.layers.map((layer) => [layer.name, layer.type, (layer.inputs ?? []).join(" "), layer.output_shape?.map((size) => size ?? "").join("x"), layer.parameters, layer.buffers, layer.macs, layer.activation_bytes, layer.receptive_field?.size.join("x")]);
  const head = ["name", "type", "inputs", "output_shape", "parameters", "buffers", "macs", "activation_bytes", "receptive_field"];
  return [head, ...lines].map((line) => line.map(cell).join(",")).join("\n");
}
