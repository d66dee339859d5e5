/** The six lessons: what each begins with, what can be changed, what can be tried, and what is asked. */

/** `start` are values for every axis; `knobs` are ranges, or lists of choices; `tries` are values worth seeing. */
export const LESSONS = [
  {
    name: "padding",
    rank: 2,
    sentences: 4,
    start: { input_size: 5, kernel_size: 3, padding: 0 },
    knobs: { input_size: [3, 9], kernel_size: [1, 5], padding: [0, 3] },
    tries: { none: { padding: 0 }, same: { padding: 1 }, five: { kernel_size: 5, padding: 2 } },
    question: { kind: "padding", input: 28, wanted: 28, layer: { type: "conv1d", kernel_size: 5 } },
  },
  {
    name: "stride",
    rank: 1,
    sentences: 5,
    start: { input_size: 6, kernel_size: 3, stride: 2, padding: 0 },
    knobs: { input_size: [3, 16], stride: [1, 4], padding: [0, 2] },
    tries: { one: { stride: 1 }, mistake: {}, mended: { padding: 1 } },
    question: { kind: "size", input: 8, layer: { type: "conv1d", kernel_size: 3, stride: 2 } },
  },
  {
    name: "both",
    rank: 2,
    sentences: 4,
    start: { input_size: 6, kernel_size: 3, stride: 2, padding: 1 },
    knobs: { input_size: [3, 10], kernel_size: [1, 5], stride: [1, 3], padding: [0, 2] },
    tries: { six: {}, five: { input_size: 5 }, eight: { input_size: 8 } },
    question: { kind: "size", input: 7, layer: { type: "conv1d", kernel_size: 3, stride: 2, padding: 1 } },
  },
  {
    name: "dilation",
    rank: 1,
    sentences: 5,
    start: { kind: "conv", input_size: 9, kernel_size: 3, stride: 1, dilation: 2 },
    knobs: { kind: ["conv", "conv_transpose"], input_size: [2, 12], kernel_size: [1, 5], stride: [1, 4], dilation: [1, 3] },
    tries: { dilated: {}, transposed: { kind: "conv_transpose", input_size: 4, kernel_size: 2, stride: 2, dilation: 1 }, uneven: { kind: "conv_transpose", input_size: 4, kernel_size: 3, stride: 2, dilation: 1 } },
    question: { kind: "size", input: 5, layer: { type: "conv_transpose1d", kernel_size: 2, stride: 2 } },
  },
  {
    name: "pooling",
    rank: 2,
    sentences: 5,
    start: { kind: "max_pool", input_size: 5, kernel_size: 2, stride: 2, ceil_mode: false },
    knobs: { kind: ["max_pool", "avg_pool"], input_size: [3, 9], kernel_size: [1, 4], stride: [1, 4], ceil_mode: null },
    tries: { floor: {}, ceil: { ceil_mode: true }, overlap: { input_size: 7, kernel_size: 3 } },
    question: { kind: "size", input: 8, layer: { type: "max_pool1d", kernel_size: 3, stride: 2, ceil_mode: true } },
  },
  {
    name: "field",
    rank: 1,
    sentences: 4,
    start: { input_size: 15, layers: 3, kernel_size: 3, stride: 1, dilation: 1 },
    knobs: { input_size: [7, 24], layers: [1, 5], kernel_size: [2, 5], stride: [1, 2], dilation: [1, 3] },
    tries: { stack: {}, strided: { stride: 2 }, dilated: { layers: 2, dilation: 3 } },
    question: { kind: "field", input: 32, layers: 3, layer: { type: "conv1d", out_channels: 1, kernel_size: 3 } },
  },
];

/** The lesson that an address names, or the first. */
export function lessonOf(name) {
  return LESSONS.find((lesson) => lesson.name === name) ?? LESSONS[0];
}
