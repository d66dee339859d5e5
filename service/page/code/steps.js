/** What the service writes for a framework, parameters or a list of layers, as lines of that framework's own code. */

import { pythonValue } from "./requests.js";

const MODES = { reflect: "reflect", replicate: "edge", circular: "wrap" };
const WRITERS = { pytorch: ofPytorch, keras: ofKeras, onnx: ofOnnx, jax: ofJax };
const FLATTEN = "flatten";

/** The lines of code, one step a line.
 *
 * `type` is the layer's that was asked for, `written` what `/v1/compare` says of a framework, `channels` are
 * `{ inputs, outputs }`. An empty text where there is nothing written.
 */
export function asSteps(framework, type, written, { inputs = 1, outputs = 1 } = {}) {
  if (!written) return "";
  const steps = [written].flat().map((step) => ({ type, ...step }));
  const rank = Number(type.match(/(\d)d$/)?.[1] ?? 1);
  return steps.map((step, index) => line(framework, step, { rank, inputs, outputs, steps, index })).join("\n");
}

function line(framework, { type, ...parameters }, place) {
  const family = type.replace(/\dd$/, "");
  return WRITERS[framework](family, parameters, place) ?? `# ${pythonValue({ type, ...parameters })}`;
}

const PYTORCH = { conv: "Conv", conv_transpose: "ConvTranspose", max_pool: "MaxPool", avg_pool: "AvgPool", lp_pool: "LPPool", adaptive_max_pool: "AdaptiveMaxPool", adaptive_avg_pool: "AdaptiveAvgPool" };
const KERAS = { conv: ["Conv", ""], conv_transpose: ["Conv", "Transpose"], max_pool: ["MaxPooling", ""], avg_pool: ["AveragePooling", ""], adaptive_max_pool: ["AdaptiveMaxPooling", ""], adaptive_avg_pool: ["AdaptiveAveragePooling", ""], global_max_pool: ["GlobalMaxPooling", ""], global_avg_pool: ["GlobalAveragePooling", ""] };
const ONNX = { conv: "Conv", conv_transpose: "ConvTranspose", max_pool: "MaxPool", avg_pool: "AveragePool", lp_pool: "LpPool", global_max_pool: "GlobalMaxPool", global_avg_pool: "GlobalAveragePool", flatten: "Flatten" };

/** PyTorch counts the sides of padding from the last axis to the first. */
function ofPytorch(family, parameters, { rank, inputs, outputs }) {
  if (family === FLATTEN) return "nn.Flatten()";
  if (family === "pad") {
    const sides = tuple(pairs(parameters.padding, rank).reverse().flat());
    return "value" in parameters ? `nn.ConstantPad${rank}d(${sides}, ${pythonValue(parameters.value)})` : `nn.ZeroPad${rank}d(${sides})`;
  }
  if (!(family in PYTORCH)) return null;
  return call(`nn.${PYTORCH[family]}${rank}d`, weighs(family) ? [inputs, outputs] : [], parameters);
}

function ofKeras(family, parameters, { rank, outputs }) {
  if (family === FLATTEN) return "layers.Flatten()";
  if (family === "pad") return `layers.ZeroPadding${rank}D(${sides(parameters.padding, rank)})`;
  if (family === "crop") return `layers.Cropping${rank}D(${sides(parameters.cropping, rank)})`;
  if (!(family in KERAS)) return null;
  return call(`layers.${KERAS[family][0]}${rank}D${KERAS[family][1]}`, weighs(family) ? [outputs] : [], parameters);
}

/** Names of values lead from one node to the next; the padding of a Pad is a value as well. */
function ofOnnx(family, parameters, { rank, steps, index }) {
  const [from, to] = [index ? `h${index}` : "x", index === steps.length - 1 ? "y" : `h${index + 1}`];
  const node = (name, inputs, attributes = {}) => call("helper.make_node", [name, inputs, [to]].map(pythonValue), attributes, pythonValue);
  if (family === "pad") {
    const sides = pairs(parameters.padding, rank);
    const pads = [0, 1].flatMap((side) => [0, 0, ...sides.map((pair) => pair[side])]);
    return `pads = numpy_helper.from_array(np.array(${pythonValue(pads)}), "pads")\n${node("Pad", [from, "pads"], parameters.mode ? { mode: MODES[parameters.mode] ?? parameters.mode } : {})}`;
  }
  return family in ONNX ? node(ONNX[family], weighs(family) ? [from, "w"] : [from], parameters) : null;
}

/** `lax` has the channels before the axes in a convolution, flax's pools and `conv_transpose` have them last. */
function ofJax(family, parameters, { rank, steps, index }) {
  const from = index ? "y" : "x";
  const all = tuple(Array.from({ length: rank }, (_, axis) => axis + 1));
  const { kernel_size: kernel, ...others } = parameters;
  const weights = kernel ? `  # w: ${kernel.join(" x ")}` : "";
  const value = {
    flatten: () => `${from}.reshape(len(${from}), -1)`,
    pad: () => call("jnp.pad", [from, tuple(around(pairs(parameters.padding, rank), steps[index + 1]?.type))], parameters.mode ? { mode: MODES[parameters.mode] ?? parameters.mode } : {}),
    conv: () => call("lax.conv_general_dilated", [from, "w"], others) + weights,
    conv_transpose: () => call("lax.conv_transpose", [from, "w"], others) + weights,
    max_pool: () => pool("nnx.max_pool", from, parameters),
    avg_pool: () => pool("nnx.avg_pool", from, parameters),
    global_max_pool: () => `jnp.max(${from}, axis=${all}, keepdims=True)`,
    global_avg_pool: () => `jnp.mean(${from}, axis=${all}, keepdims=True)`,
  }[family]?.();
  return value ? `y = ${value}` : null;
}

/** flax's pools have no dilation; what they are made of has. */
function pool(name, from, { window_dilation: dilation, ...parameters }) {
  if (!dilation) return call(name, [from], parameters);
  const { window_shape: window, strides, padding } = parameters;
  if (!name.includes("max")) return null;
  const wide = (values, edge) => [edge, ...values, edge];
  return call("lax.reduce_window", [from, "-jnp.inf", "lax.max"], { window_dimensions: wide(window, 1), window_strides: wide(strides, 1), padding: wide(padding, [0, 0]), window_dilation: wide(dilation, 1) });
}

function around(sides, next = "") {
  return /^conv\dd$/.test(next) ? [[0, 0], [0, 0], ...sides] : [[0, 0], ...sides, [0, 0]];
}

function weighs(family) {
  return family.startsWith("conv");
}

/** Padding of any form as a pair an axis. */
function pairs(padding, rank) {
  if (!Array.isArray(padding)) return Array.from({ length: rank }, () => [padding, padding]);
  return padding.map((side) => (Array.isArray(side) ? side : [side, side]));
}

/** Keras' form: a number, or a pair an axis, which in one dimension stands alone. */
function sides(padding, rank) {
  if (!Array.isArray(padding)) return padding;
  return tuple(rank === 1 ? pairs(padding, 1)[0] : pairs(padding, rank));
}

/** A value as an argument in a framework's code. */
export function asArgument(framework, value) {
  return framework === "onnx" ? pythonValue(value) : argument(value);
}

function call(name, values, parameters, write = argument) {
  return `${name}(${[...values, ...Object.entries(parameters).map(([key, value]) => `${key}=${write(value)}`)].join(", ")})`;
}

function argument(value) {
  return Array.isArray(value) ? tuple(value) : pythonValue(value);
}

function tuple(values) {
  return `(${values.map(argument).join(", ")}${values.length === 1 ? "," : ""})`;
}
