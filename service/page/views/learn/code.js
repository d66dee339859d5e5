/** The layers of a lesson as commands and programs to take away. */

import { ask } from "../../api.js";
import { asCode } from "../../code/layers.js";
import { asCurl, asPython } from "../../code/requests.js";

const ONE = { inputs: 1, outputs: 1 };

/** Pairs of a title and a text; `question` asks for a layer's size, or judges a network. */
export async function codeOf(question) {
  const path = question.layers ? "/v1/networks/validate" : "/v1/output-size";
  const [pytorch, keras] = await Promise.all([pytorchOf(question), kerasOf(question)]);
  return [["curl", asCurl(path, question)], ["Python", asPython(path, question)], ["PyTorch", pytorch], ["Keras", keras]];
}

async function pytorchOf({ layer, layers }) {
  if (layer) return asCode("pytorch", layer, ONE);
  const lines = await Promise.all(layers.map((each) => asCode("pytorch", bare(each), ONE)));
  return `nn.Sequential(\n${lines.map((line) => `    ${line},`).join("\n")}\n)`;
}

/** As `/v1/compare` writes the layer for Keras. */
async function kerasOf({ layer, layers, ...rest }) {
  const one = layer ?? bare(layers[0]);
  const input_size = rest.input_size ?? rest.input_shape.slice(2);
  try {
    const { frameworks } = await ask("/v1/compare", { framework: "pytorch", input_size, layer: one });
    const steps = [frameworks.keras?.written ?? []].flat().map((step) => ({ type: one.type, ...step }));
    const lines = await Promise.all(Array(layers?.length ?? 1).fill(steps).flat().map((step) => asCode("keras", step, ONE)));
    if (lines.length === 0 || lines.some((line) => !line)) return null;
    return lines.length === 1 ? lines[0] : `keras.Sequential([\n${lines.map((line) => `    ${line},`).join("\n")}\n])`;
  } catch {
    return null;
  }
}

function bare({ out_channels: _, ...layer }) {
  return layer;
}
