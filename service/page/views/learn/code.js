/** The layers of the last lesson as commands and programs to take away. */

import { asCurl, asPython } from "../../code/requests.js";
import { asSteps } from "../../code/steps.js";

const PATH = "/v1/networks/validate";

/** Pairs of a title and a text. The layers have nothing but what Keras calls by the same words, or `strides`. */
export function stackTexts(network) {
  return [["curl", asCurl(PATH, network)], ["Python", asPython(PATH, network)], ["PyTorch", listed("pytorch", "nn", network)], ["Keras", listed("keras", "keras", network)]];
}

function listed(framework, module, { layers }) {
  const [begin, end] = framework === "keras" ? ["([", "])"] : ["(", ")"];
  const lines = layers.map(({ type, out_channels: _, ...parameters }) => asSteps(framework, type, words(framework, parameters)));
  return `${module}.Sequential${begin}\n${lines.map((line) => `    ${line},`).join("\n")}\n${end}`;
}

function words(framework, { stride, dilation, ...parameters }) {
  if (framework === "pytorch") return { ...parameters, ...(stride && { stride }), ...(dilation && { dilation }) };
  return { ...parameters, ...(stride && { strides: stride }), ...(dilation && { dilation_rate: dilation }) };
}
