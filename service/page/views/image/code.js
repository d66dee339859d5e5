/** The picture's way through the layer as commands and programs to take away. */

import { ask } from "../../api.js";
import { asCode } from "../../code/layers.js";
import { pythonValue } from "../../code/requests.js";
import { asSteps } from "../../code/steps.js";
import { weightOf } from "./kernels.js";
import { CHANNELS } from "./picture.js";

const READ = `import numpy as np
from PIL import Image

picture = np.array(Image.open("picture.png").convert("RGB"))
`;

/** Pairs of a title and a text. */
export async function codeOf(state, question) {
  const { layer } = question;
  const [pytorch, keras] = await Promise.all([asCode("pytorch", layer, { inputs: CHANNELS, outputs: CHANNELS }), kerasSteps(question)]);
  return [
    ["curl", curl(state, layer)],
    ["Python", python(state, layer)],
    ["PyTorch", pytorch && asPytorch(state, pytorch)],
    ["Keras", keras ? asKeras(state, keras) : null],
  ];
}

/** How Keras writes the layer: what `/v1/compare` says. */
async function kerasSteps(question) {
  try {
    const { frameworks } = await ask("/v1/compare", { framework: "pytorch", ...question });
    return asSteps("keras", question.layer.type, frameworks.keras?.written, { outputs: CHANNELS });
  } catch {
    return "";
  }
}

function curl({ kind }, layer) {
  const weight = kind === "conv" ? " \\\n  -F weight=@kernel.npy" : "";
  return `# picture.npy: uint8, 3 × height × width${weight && "; kernel.npy: float32, 3 × 1 × size × size"}
curl -s ${location.origin}/v1/convolve -H 'Accept: application/x-npy' \\
  -F 'request=${JSON.stringify({ layer })};type=application/json' \\
  -F input=@picture.npy${weight} -o result.npy`;
}

function python(state, layer) {
  const convolves = state.kind === "conv";
  return `import io
import json

import requests
${READ}
def file(array):
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()

${convolves ? `weight = np.array(${pythonValue(weightOf(state))}, np.float32)\n` : ""}answer = requests.post(
    "${location.origin}/v1/convolve",
    headers={"Accept": "application/x-npy"},
    files={
        "request": (None, json.dumps({"layer": ${pythonValue(layer)}}), "application/json"),
        "input": ("picture.npy", file(picture.transpose(2, 0, 1))),${convolves ? `\n        "weight": ("kernel.npy", file(np.stack([weight[None]] * ${CHANNELS}))),` : ""}
    },
)
answer.raise_for_status()
result = np.load(io.BytesIO(answer.content)).transpose(1, 2, 0)
Image.fromarray(result.clip(0, 255).round().astype(np.uint8)).save("result.png")
`;
}

function asPytorch(state, layer) {
  const convolves = state.kind === "conv";
  const own = convolves ? `weight = torch.tensor(${pythonValue(weightOf(state))}).float()
layer.weight.data = weight.expand(${CHANNELS}, 1, -1, -1).clone()
layer.bias.data.zero_()
` : "";
  return `import torch
from torch import nn
${READ}
layer = ${layer}
${own}numbers = torch.from_numpy(picture).permute(2, 0, 1).float()
with torch.no_grad():
    result = layer(numbers[None])[0].permute(1, 2, 0)
Image.fromarray(result.clamp(0, 255).round().byte().numpy()).save("result.png")
`;
}

function asKeras(state, steps) {
  const own = state.kind === "conv" ? `weight = np.array(${pythonValue(weightOf(state))}, np.float32)
for layer in model.layers:
    if layer.weights:
        layer.set_weights([np.stack([weight] * ${CHANNELS}, -1).reshape(layer.weights[0].shape), np.zeros(${CHANNELS})])
` : "";
  return `import keras
from keras import layers
${READ}
model = keras.Sequential([
    keras.Input(picture.shape),
${steps.split("\n").map((step) => `    ${step},`).join("\n")}
])
${own}result = model.predict(picture[None].astype(np.float32))[0]
Image.fromarray(result.clip(0, 255).round().astype(np.uint8)).save("result.png")
`;
}
