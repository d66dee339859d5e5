/** Lessons as questions to the service, and the answers of learners judged by it. */

import { defaults as plainLayer } from "../layer.js";

/** The values of a lesson: what it begins with, and what was changed. */
export function valuesOf(lesson, changed) {
  const known = Object.entries(changed ?? {}).filter(([name]) => name in lesson.start || name === "numbers" || name === "weight");
  return { ...lesson.start, ...Object.fromEntries(known) };
}

/** The same layer as a state of the layer view. Its kernel is of ones, so that every output is a plain sum. */
export function layerState({ rank }, values, chosen) {
  const along = (value) => Array.from({ length: rank }, () => value);
  const { kind = "conv", input_size: input, kernel_size: kernel, stride = 1, padding = 0, dilation = 1, ceil_mode = false } = values;
  const ones = Number.isInteger(kernel) && kernel > 0 && kernel < 12 ? Array.from({ length: kernel }, () => (rank === 1 ? 1 : Array(kernel).fill(1))) : null;
  return {
    ...plainLayer,
    kind,
    rank,
    input_size: along(input),
    kernel_size: along(kernel),
    stride: along(stride),
    amounts: along([padding, padding]),
    dilation: along(dilation),
    output_padding: along(0),
    output_size: along(1),
    ceil_mode,
    numbers: values.numbers ?? null,
    weight: kind.startsWith("conv") ? (values.weight ?? ones) : null,
    chosen: along(0).map((_, axis) => Math.max(chosen?.[axis] ?? 0, 0)),
  };
}

/** A stack of equal layers as a network on one line of numbers. */
export function stackOf({ input_size: size, layers, kernel_size, stride, dilation }) {
  const layer = { type: "conv1d", out_channels: 1, kernel_size, ...(stride === 1 ? {} : { stride }), ...(dilation === 1 ? {} : { dilation }) };
  return { input_shape: [1, 1, size], layers: Array(layers).fill(layer) };
}

/** The network's report, and the windows of each of its layers. */
export async function stackAnswers(values, ask) {
  const network = stackOf(values);
  const report = await ask("/v1/networks/validate", network);
  if (!report.valid) return { network, report };
  const { out_channels: _, ...layer } = network.layers[0];
  const windows = await Promise.all(report.layers.map(async ({ input_shapes: [[, , size]] }) => (await ask("/v1/output-size", { input_size: [size], layer, windows: true })).axes[0].windows));
  return { network, report, windows };
}

/** What the service says of a learner's answer: `{ right, formula, ... }`, by the kind of the question. */
export function judged(question, answer, ask) {
  return JUDGES[question.kind](question, answer, ask);
}

const JUDGES = { size: judgeSize, padding: judgePadding, field: judgeField };

/** The size that comes out; and for another, which padding would give it. */
async function judgeSize({ input, layer }, answer, ask) {
  const { output_size: [size], axes } = await ask("/v1/output-size", { input_size: [input], layer });
  const { formula } = axes[0];
  if (size === answer) return { right: true, formula };
  const { padding, output_padding: outputPadding, diagnostics } = await ask("/v1/padding", { input_size: [input], output_size: [answer], layer });
  return { right: false, formula, size, padding: padding?.[0], outputPadding: outputPadding?.[0], reason: padding ? null : diagnostics[0]?.message };
}

/** What comes out with the padding that was answered. */
async function judgePadding({ input, wanted, layer }, answer, ask) {
  const { output_size: [size], axes } = await ask("/v1/output-size", { input_size: [input], layer: { ...layer, padding: answer } });
  return { right: size === wanted, formula: axes[0].formula, size };
}

/** What each of many layers sees; the answer may be right for another number of them. */
async function judgeField({ input, layers, layer }, answer, ask) {
  const most = 2 * layers;
  const report = await ask("/v1/networks/validate", { input_shape: [1, 1, input], layers: Array(most).fill(layer) });
  const seen = report.layers.map(({ receptive_field: field }) => field.size[0]);
  return { right: seen[layers - 1] === answer, seen: seen.slice(0, layers), layers: seen.indexOf(answer) + 1 };
}
