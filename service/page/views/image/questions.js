/** The state of the image view as questions to the service. */

import { npyFile, readNpy } from "../../code/npy.js";
import { weightOf } from "./kernels.js";
import { CHANNELS, cropped } from "./picture.js";

const NPY = "application/x-npy";
const MODES = ["zeros", "reflect"];
const ENOUGH = 128; // pixels of a side: a corner that no window of a few pixels leaves

/** The layer object: each colour by itself, as a convolution in groups or a pool does it. */
export function layerOf(state) {
  const { kind, stride, dilation, padding, padding_mode: mode } = state;
  if (kind !== "conv") return without({ type: `${kind}2d`, kernel_size: state.pool_size, stride, padding: state.pool_padding, dilation: kind === "max_pool" ? dilation : 1 });
  const amount = padding === "number" ? state.amount : padding;
  return without({ type: "conv2d", kernel_size: weightOf(state).length, stride, padding: amount, dilation, groups: CHANNELS, padding_mode: mode });
}

/** Leaves out what is so without saying. */
function without({ ...layer }) {
  const plain = { dilation: 1, padding_mode: "zeros" };
  for (const [name, value] of Object.entries(plain)) if (layer[name] === value) delete layer[name];
  return layer;
}

/** The kernel once a colour, as the service and the frameworks want it. */
export function weightFile(state) {
  if (state.kind !== "conv") return null;
  const weight = weightOf(state);
  return { data: Float32Array.from(Array(CHANNELS).fill(weight).flat(2)), shape: [CHANNELS, 1, weight.length, weight.length] };
}

/** A layer applied to an array; binary there and back. */
export async function applied(ask, layer, input, weight) {
  const form = new FormData();
  form.append("request", new Blob([JSON.stringify({ layer })], { type: "application/json" }));
  form.append("input", npyFile(input), "input.npy");
  if (weight) form.append("weight", npyFile(weight), "weight.npy");
  return readNpy(await ask("/v1/convolve", form, { accept: NPY }));
}

/** The layer with numbers for its padding: PyTorch knows "same" only at stride 1, else the service finds what gives it. */
async function solvedLayer(state, picture, ask) {
  const { padding, ...layer } = layerOf(state);
  if (padding !== "same" || layer.stride === 1) return layerOf(state);
  const { written } = await ask("/v1/padding", { input_size: picture.shape.slice(1), output_size: "same", layer });
  return { ...layer, padding, ...written?.pytorch };
}

/** The picture through the layer, its sizes, and how long the numbers took. */
export async function answersTo(state, picture, ask) {
  const layer = await solvedLayer(state, picture, ask);
  const question = { input_size: picture.shape.slice(1), layer };
  const begun = performance.now();
  const computing = applied(ask, layer, picture, weightFile(state)).then((result) => ({ result, milliseconds: performance.now() - begun }));
  const [sizes, computed] = await Promise.all([ask("/v1/output-size", question), computing]);
  return { question, sizes, ...computed };
}

/** One corner without padding, with zeros, and with its mirror image; the step is 1, so that pixel lies on pixel.
 *
 * `side` is how many pixels are shown. What the kernel reads of the rest of the picture is computed with it.
 */
export async function bordersOf(state, picture, side, ask) {
  const size = picture.shape.slice(1).map((each) => Math.min(each, ENOUGH));
  const [bottom, right] = placesOf(state.corner);
  const from = size.map((each, axis) => ([bottom, right][axis] ? picture.shape[axis + 1] - each : 0));
  const part = cropped(picture, from, size);
  const { stride, padding, padding_mode: mode, ...layer } = layerOf(state);
  const weight = weightFile(state);
  const layers = [{ ...layer, padding: "valid" }, ...MODES.map((name) => without({ ...layer, padding: "same", padding_mode: name }))];
  const [sizes, ...results] = await Promise.all([ask("/v1/output-size", { input_size: size, layer: layers[1] }), ...layers.map((each) => applied(ask, each, part, weight))]);
  const lost = sizes.axes.map((axis, index) => axis.padding[[bottom, right][index] ? 1 : 0]);
  return { lost, pieces: [part, ...results].map((each, index) => piece(each, side, index === 1 ? lost : [0, 0], [bottom, right])) };
}

/** Whether a corner is at the bottom, and whether it is on the right. */
export function placesOf(corner) {
  return [corner.startsWith("bottom"), corner.endsWith("right")];
}

/** The last pixels towards the corner. Without padding there are fewer of them, by what is lost. */
function piece(array, side, lost, ends) {
  const sizes = array.shape.slice(1).map((each, axis) => Math.min(each, Math.max(side - lost[axis], 1)));
  const from = sizes.map((each, axis) => (ends[axis] ? array.shape[axis + 1] - each : 0));
  return cropped(array, from, sizes);
}

/** The mean of each colour, by a pool over everything. */
export async function meansOf(result, ask) {
  const input = { data: Float32Array.from(result.data), shape: result.shape };
  return (await applied(ask, { type: "global_avg_pool2d" }, input)).data;
}
