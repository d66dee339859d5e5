/** Well-known kernels, numbers to begin with, and layers worth seeing. */

/** Kernels of 3 x 3. */
export const KERNELS = {
  edge: [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]],
  sobel: [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
  sharpen: [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
  blur: [[0.0625, 0.125, 0.0625], [0.125, 0.25, 0.125], [0.0625, 0.125, 0.0625]],
  emboss: [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]],
  identity: [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
};

const DIGITS = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4, 6, 2, 6, 4, 3, 3, 8, 3, 2, 7, 9, 5, 0, 2, 8, 8, 4];
const CYCLE = [1, 0, -1];

/** Digits of pi, in the shape of an input. */
export function pattern(shape) {
  return filled(shape, DIGITS);
}

/** A Sobel kernel where it fits, else a pattern of 1, 0 and -1. */
export function kernelOf(shape) {
  return shape.length === 2 && shape.every((size) => size === 3) ? KERNELS.sobel : filled(shape, CYCLE);
}

function filled(shape, values) {
  let next = 0;
  const fill = ([size, ...inner]) => Array.from({ length: size }, () => (inner.length ? fill(inner) : values[next++ % values.length]));
  return fill(shape);
}

/** Layers to begin with: what of the state they change. */
export const EXAMPLES = {
  tutorial: { kind: "conv", rank: 2, input_size: [6, 6], kernel_size: [3, 3], stride: [2, 2] },
  same: { kind: "conv", rank: 2, input_size: [5, 5], kernel_size: [3, 3], stride: [1, 1], padding: "same" },
  line: { kind: "conv", rank: 1, input_size: [12], kernel_size: [3], stride: [1], dilation: [2], amounts: [[4, 0]], framework: "onnx" },
  dilated: { kind: "conv", rank: 2, input_size: [9, 9], kernel_size: [3, 3], stride: [1, 1], dilation: [2, 2] },
  doubling: { kind: "conv_transpose", rank: 2, input_size: [4, 4], kernel_size: [4, 4], stride: [2, 2], amounts: [[1, 1], [1, 1]] },
  ceil: { kind: "max_pool", rank: 2, input_size: [7, 7], kernel_size: [2, 2], stride: [2, 2], ceil_mode: true },
  stem: { kind: "conv", rank: 2, input_size: [224, 224], kernel_size: [7, 7], stride: [2, 2], amounts: [[3, 3], [3, 3]] },
  volume: { kind: "conv", rank: 3, input_size: [8, 16, 16], kernel_size: [3, 3, 3], stride: [1, 2, 2], amounts: [[1, 1], [1, 1], [1, 1]] },
};
