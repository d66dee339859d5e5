/** The state of the layer view as questions to the service. */

import { layerKind } from "../../code/layers.js";
import { t } from "../../texts.js";
import { kernelOf, pattern } from "./presets.js";

export const FRAMEWORKS = [["pytorch", "PyTorch"], ["keras", "Keras"], ["onnx", "ONNX"], ["jax", "JAX"]];
export const KINDS = ["conv", "conv_transpose", "max_pool", "avg_pool", "lp_pool", "adaptive_max_pool", "adaptive_avg_pool", "global_max_pool", "global_avg_pool"];
const PER_AXIS = ["kernel_size", "stride", "dilation", "output_padding", "output_size"];
const PLAIN = { padding: 0, dilation: 1, output_padding: 0, groups: 1, ceil_mode: false, padding_mode: "zeros" };

/** The longest side of a plane of numbers. */
export const MOST_SIDE = 32;

export function typeOf({ kind, rank }) {
  return `${kind}${rank}d`;
}

/** The parameters of the kind that the form asks for: an output size only where it is the layer's one way to say it. */
export async function parametersOf(state) {
  const names = (await layerKind(typeOf(state))).parameters.map((parameter) => parameter.name);
  return names.filter((name) => name !== "output_size" || !names.includes("kernel_size"));
}

/** The layer object. Only parameters that its kind has are in it, and none that has its plain value. */
export function layerOf(state, parameters) {
  const layer = { type: typeOf(state) };
  for (const name of parameters) {
    const value = name === "padding" ? paddingOf(state) : PER_AXIS.includes(name) ? shortest(state[name]) : state[name];
    if (value === undefined || value === PLAIN[name]) continue;
    layer[name] = value;
  }
  return layer;
}

/** A padding name, one number an axis where both sides have it, else a pair an axis. */
function paddingOf({ padding, amounts }) {
  if (padding !== "number") return padding;
  if (amounts.some(([before, after]) => before !== after)) return amounts;
  return shortest(amounts.map(([before]) => before));
}

/** One number where all axes have the same. */
export function shortest(values) {
  return values.every((value) => value === values[0]) ? values[0] : values;
}

/** The posted numbers: an input of the channels that the groups need, and a kernel where the layer has weights. */
export function numbersOf(state, parameters) {
  const groups = parameters.includes("groups") ? state.groups : 1;
  const input = fits(state.numbers, state.input_size) ? state.numbers : pattern(state.input_size);
  if (!parameters.includes("out_channels")) return { input };
  const weight = fits(state.weight, state.kernel_size) ? state.weight : kernelOf(state.kernel_size);
  if (groups === 1) return { input, weight };
  return { input: Array(groups).fill(input), weight: Array(groups).fill([weight]) };
}

/** Whether nested lists have these sizes. */
export function fits(numbers, [size, ...inner]) {
  if (!Array.isArray(numbers) || numbers.length !== size) return false;
  return inner.length ? numbers.every((part) => fits(part, inner)) : numbers.every((value) => typeof value === "number");
}

/** Whether the numbers can be drawn, and so are worth asking for. */
export function drawsNumbers({ rank, input_size: size }) {
  return rank < 3 && size.every((each) => each > 0 && each <= MOST_SIDE);
}

/** What is asked of the sizes. */
export function questionOf(state, parameters) {
  return { framework: state.framework, input_size: state.input_size, layer: layerOf(state, parameters) };
}

/** Everything that the view shows, from three endpoints. */
export async function answersTo(state, parameters, ask) {
  const question = questionOf(state, parameters);
  const sizes = await ask("/v1/output-size", { ...question, windows: true });
  if (!drawsNumbers(state) || sizes.output_size.some((size) => size > 2 * MOST_SIDE)) return { question, sizes, numbers: {} };
  const chosen = sizes.output_size.map((size, axis) => Math.min(state.chosen[axis] ?? 0, size - 1));
  return { question, sizes, chosen, ...(await numbersFor(state, question, parameters, sizes, chosen, ask)) };
}

/** The numbers of the planes; where the service refuses them, why. */
async function numbersFor(state, question, parameters, sizes, chosen, ask) {
  const posted = numbersOf(state, parameters);
  const grouped = parameters.includes("out_channels") && state.groups > 1;
  const body = { framework: question.framework, layer: question.layer, ...posted, explain: [grouped ? [0, ...chosen] : chosen] };
  try {
    const [computed, padded] = await Promise.all([ask("/v1/convolve", body), paddedInput(state, posted, sizes, grouped, ask)]);
    const first = (numbers) => (grouped ? numbers[0] : numbers);
    const weight = posted.weight && (grouped ? posted.weight[0][0] : posted.weight);
    return { body, explained: computed.explain[0], numbers: { input: first(posted.input), padded, weight, output: first(computed.output) } };
  } catch (error) {
    if (!error.errors) throw error;
    return { body, numbers: {}, refused: error };
  }
}

/** Answers of before, with the sum of another output. */
export async function explainedAt(answers, chosen, ask) {
  const [before] = answers.body.explain;
  const body = { ...answers.body, explain: [[...before.slice(0, before.length - chosen.length), ...chosen]] };
  const { explain } = await ask("/v1/convolve", body);
  return { ...answers, body, chosen, explained: explain[0] };
}

/** The input as the layer pads it. A pool's padding has no number: nothing of it is ever the greatest, or counted. */
async function paddedInput(state, { input, weight }, { axes }, grouped, ask) {
  const plane = grouped ? input[0] : input;
  const pads = axes.map((axis) => ("output_padding" in axis ? [0, 0] : (axis.padding ?? [0, 0])));
  if (!weight) return framed(plane, pads);
  if (pads.flat().every((amount) => amount === 0)) return plane;
  const mode = state.padding_mode === "zeros" ? "constant" : state.padding_mode;
  const padded = await ask("/v1/convolve", { layer: { type: "pad", padding: pads, mode }, input: plane });
  return padded.output;
}

/** Numbers with empty places around them. */
function framed(numbers, [[before, after], ...inner]) {
  const empty = (count) => Array(Math.max(count, 0)).fill(inner.length ? [] : "");
  return [...empty(before), ...numbers.map((part) => (inner.length ? framed(part, inner) : part)), ...empty(after)];
}

/** One output's sum in words: `1 × 2 + 0 × 3 = 2`. */
export function sumOf({ window, weights, products, output, bias }, kind) {
  const values = window.flat(Infinity);
  const shown = (value) => (value === null ? "·" : tidy(value));
  if (!products) return { terms: values.map(shown), form: kind.includes("max") ? "max" : "mean", output: tidy(output) };
  const factors = weights.flat(Infinity);
  return { terms: values.map((value, index) => `${shown(value)} × ${tidy(factors[index])}`), form: "sum", output: tidy(output), bias: bias === undefined ? null : tidy(bias) };
}

function tidy(value) {
  return String(Number(value.toPrecision(6)));
}

/** What a size is called: 6 × 6. */
export function sizeText(size) {
  return size.map((each) => each ?? t("layer.unknown")).join(" × ");
}
