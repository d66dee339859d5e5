/** The sum behind one number of the output, term by term. */

import { h } from "../../dom.js";
import { t } from "../../texts.js";
import { sumOf } from "./questions.js";

/** What `explain` says of an output, as text: where it is, what is multiplied and added, and the result. */
export function sumParts(explained, { kind, rank }) {
  const { terms, form, output, bias } = sumOf(explained, kind);
  const products = explained.products?.flat(Infinity) ?? [];
  const read = explained.window.flat(Infinity).map((value) => form !== "sum" || value !== null); // a transposed kernel's other numbers meet no input
  const shown = terms.map((term, index) => h("span", { class: products[index] === 0 ? "zero" : "term" }, term)).filter((_, index) => read[index]);
  const parts = shown.map((term, index) => [index ? (form === "sum" ? " + " : ", ") : "", term]);
  const joined = form === "sum" ? [parts, (bias ?? null) === null ? "" : ` + ${bias}`] : [`${t(`layer.${form}`)}(`, parts, ")"];
  return [t("layer.outputAt", { position: explained.position.slice(-rank).join(", ") }), h("br"), joined, " = ", h("b", {}, output)];
}
