/** What the colours of a drawing mean. */

import { h } from "../dom.js";
import { t } from "../texts.js";

const OF_INPUT = ["input", "padding", "window", "unread", "output"];
const OF_OUTPUT = ["output", "cropped"];

/** The entries of a `ul` of class `legend`: those of a strip of a transposed convolution are about its output. */
export function legendEntries({ cropped = false } = {}) {
  return (cropped ? OF_OUTPUT : OF_INPUT).map((name) => h("li", {}, h("span", { class: `swatch ${name}` }), t(`legend.${name}`)));
}
