/** Questions worth asking: what of the state they change. */

export const PRESETS = {
  halve: { mode: "padding", kind: "conv", input_size: [8, 8], kernel_size: [3, 3], stride: [2, 2], wanted: [4, 4] },
  keep: { mode: "padding", kind: "conv", input_size: [6, 6], kernel_size: [5, 5], stride: [1, 1], goal: "same" },
  causal: { mode: "padding", kind: "conv", rank: 1, input_size: [8], kernel_size: [3], stride: [1], dilation: [2], goal: "causal" },
  double: { mode: "padding", kind: "conv_transpose", input_size: [4, 4], kernel_size: [4, 4], stride: [2, 2], wanted: [8, 8] },
  unreachable: { mode: "padding", kind: "max_pool", input_size: [7, 7], kernel_size: [3, 3], stride: [2, 2], wanted: [9, 9] },
  stem: { mode: "combinations", kind: "conv", input_size: [224, 224], wanted: [112, 112], unknown: ["kernel_size", "stride", "padding"], bounds: { kernel_size: [1, 7] } },
  inputs: { mode: "combinations", kind: "conv", input_size: [7, 7], kernel_size: [3, 3], stride: [2, 2], wanted: [4, 4], unknown: ["input_size"] },
  upsample: { mode: "combinations", kind: "conv_transpose", input_size: [4, 4], stride: [2, 2], wanted: [8, 8], unknown: ["kernel_size", "padding", "output_padding"] },
};
