import { type ConvolutionLayer, convolve, outputSize, validateNetwork } from "../out/hey-api/index.js";
import { client } from "../out/hey-api/client.gen.js";

client.setConfig({ baseUrl: process.argv[2] ?? "http://127.0.0.1:8000" });

const stem: ConvolutionLayer = { type: "conv2d", kernel_size: 7, stride: 2, padding: 3 };
const size = await outputSize({ body: { layer: stem, input_size: [224, 224] } });

const report = await validateNetwork({
  body: {
    input_shape: [1, 3, 32, 32],
    layers: [
      { type: "conv2d", out_channels: 8, kernel_size: 3, padding: 1 },
      { type: "nn.Conv2d", in_channels: 16, out_channels: 8, kernel_size: 3 },
    ],
  },
});

const weight = [[1, 0], [0, -1]];
const convolved = await convolve({ body: { input: [[1, 2, 3], [4, 5, 6], [7, 8, 9]], weight } });

const refused = await outputSize({ body: { layer: { ...stem, padding: 0 }, input_size: 4 } });
const problem = refused.error;

// @ts-expect-error: the type of a layer says what its parameters take
const mistaken: ConvolutionLayer = { type: "conv2d", kernel_size: "three" };

console.log(
  JSON.stringify({
    outputSize: size.data?.output_size,
    valid: report.data?.valid,
    messages: report.data?.diagnostics.map((diagnostic) => diagnostic.message),
    output: convolved.data?.output,
    refused: [problem?.status, problem?.errors[0]?.name, problem?.errors[0]?.fixes[0]?.title],
  }),
);
