/** The state of the network view as questions to the service. */

import { ask as plainAsk } from "../../api.js";
import { inline, written } from "./json_text.js";

/** The models to begin with: a file below `examples/`, and the shape of its input where it does not say it. */
export const EXAMPLES = {
  classifier: { file: "classifier.py", input_shape: "1, 3, 32, 32" },
  segmenter_keras: { file: "segmenter.py", input_shape: "" },
  unet: { file: "unet.json", input_shape: "" },
  resnet18: { file: "resnet18.json", input_shape: "" },
  segmenter_onnx: { file: "segmenter.onnx", input_shape: "1, 3, 45, 60" },
  thumbnails: { file: "thumbnails.keras", input_shape: "1, 28, 28, 1" },
};

const TEXTS = /\.(py|json|txt)$/i;
const SIZE = /^(\d+|null|\?)$/;
const kept = new Map();

/** Whether a file of this name holds text. */
export function isText(name) {
  return TEXTS.test(name);
}

/** The text of an example; of a binary file null. */
export async function exampleText(name) {
  const { file } = EXAMPLES[name];
  if (!isText(file)) return null;
  if (!kept.has(name)) kept.set(name, await plainAsk(`/page/examples/${file}`).then((content) => (typeof content === "string" ? content : written(content))));
  return kept.get(name);
}

/** The bytes of a binary example. */
export async function exampleFile(name) {
  const { file } = EXAMPLES[name];
  return new File([await plainAsk(`/page/examples/${file}`)], file);
}

/** What was typed as the shape of the input: a shape, several in their order, or several by name. */
export function shapesOf(text) {
  if (!text.trim()) return {};
  const parts = text.split(/[\s,x×[\]()]+/).filter(Boolean);
  if (!/[{[].*[{[]/s.test(text) && !text.includes("{") && parts.every((part) => SIZE.test(part))) return { input_shape: parts.map((part) => (part === "null" || part === "?" ? null : Number(part))) };
  try {
    const value = JSON.parse(text);
    return Array.isArray(value) ? { input_shapes: value } : { inputs: value };
  } catch {
    return { input_shape: text };
  }
}

/** The shape of the input of a network's JSON as one would type it. */
export function shapesText({ input_shape: shape, inputs }) {
  if (Array.isArray(shape)) return shape.map((size) => size ?? "null").join(", ");
  return inputs ? inline(inputs) : `${shape ?? ""}`;
}

/** The body of the service's JSON that a text holds, or null. */
export function bodyOf(text) {
  try {
    const body = JSON.parse(text);
    return typeof body === "object" && body !== null && "layers" in body ? body : null;
  } catch {
    return null;
  }
}

/** The question that a text is: the body of `/v1/networks/validate`. */
export function questionOf(text, { input_shape: shape, entry, arguments: given }) {
  const body = bodyOf(text);
  if (body) return body;
  const model = { source: text };
  if (entry) model.entry = entry;
  if (given) model.arguments = argumentsOf(given);
  return { ...shapesOf(shape), model };
}

function argumentsOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The network in a binary file. */
export function readFile(file, shape, ask) {
  const form = new FormData();
  form.append("model", file);
  form.append("request", JSON.stringify(shapesOf(shape)));
  return ask("/v1/networks/read", form);
}

/** The report on a question. Of a configuration in JSON it is the network in it instead. */
export async function judged(question, ask) {
  if (question.model?.source.trimStart().startsWith("{")) return { question, network: await readNetwork(question, ask) };
  return { question, report: await ask("/v1/networks/validate", question), network: question.model ? null : question };
}

/** The network that a question is about. */
export async function readNetwork(question, ask) {
  return (await ask("/v1/networks/read", question)).network;
}

/** The layout of a framework's images: `channels_first` or `channels_last`. */
export async function layoutOf(framework, ask = plainAsk) {
  if (!kept.has("/frameworks")) kept.set("/frameworks", (await ask("/v1/frameworks")).frameworks);
  return kept.get("/frameworks").find((row) => row.name === framework)?.layout ?? "channels_first";
}

/** The spatial sizes of a shape, of which there are `rank`. */
export function spatial(shape, rank, layout) {
  return layout === "channels_last" ? shape.slice(-rank - 1, -1) : shape.slice(-rank);
}

/** Which input sizes the network accepts: `{ question, first }` with the first spatial axis; null where there is none. */
export async function sizesQuestion({ network, question, report }) {
  const shape = network.input_shape;
  if (!Array.isArray(shape) || shape.length < 3) return null;
  const layout = await layoutOf(report.framework);
  const [first, last] = layout === "channels_last" ? [1, shape.length - 1] : [2, shape.length];
  const asked = shape.map((size, axis) => (axis >= first && axis < last ? null : size));
  const sizes = shape.slice(first, last);
  const { input_shape: _, input_shapes: _several, inputs: _named, outputs: _outputs, ...held } = question;
  return { first, question: { ...held, input_shape: asked, ...(sizes.includes(null) ? {} : { input_size: sizes }) } };
}
