/** Layers about which the frameworks differ: what of the state they change. */

export const PRESETS = {
  strided: { framework: "keras", kind: "conv", rank: 2, input_size: [6, 6], kernel_size: [3, 3], stride: [2, 2], padding: "same" },
  counted: { framework: "keras", kind: "avg_pool", rank: 2, input_size: [5, 5], kernel_size: [3, 3], stride: [2, 2], padding: "same" },
  padded: { framework: "pytorch", kind: "avg_pool", rank: 2, input_size: [4, 4], kernel_size: [2, 2], stride: [2, 2], amounts: [[1, 1], [1, 1]] },
  ceil: { framework: "pytorch", kind: "max_pool", rank: 2, input_size: [6, 6], kernel_size: [3, 3], stride: [2, 2], ceil_mode: true },
  transposed: { framework: "keras", kind: "conv_transpose", rank: 2, input_size: [3, 3], kernel_size: [3, 3], stride: [2, 2], padding: "same" },
  cropped: { framework: "pytorch", kind: "conv_transpose", rank: 2, input_size: [3, 3], kernel_size: [3, 3], stride: [2, 2] },
  even: { framework: "keras", kind: "conv", rank: 1, input_size: [7], kernel_size: [4], stride: [1], padding: "same_lower" },
  adaptive: { framework: "pytorch", kind: "adaptive_avg_pool", rank: 2, input_size: [7, 7], output_size: [3, 3] },
};
