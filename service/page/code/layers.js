/** A layer object of the service as a line of a framework's own code. The words come from `GET /v1/layers/{type}`. */

import { ask } from "../api.js";
import { pythonValue } from "./requests.js";

const MODULES = { pytorch: "nn", keras: "layers" };
const known = new Map();

/** What the service says of a type: its names, its parameters. */
export function layerKind(type) {
  if (!known.has(type)) {
    const kind = ask(`/v1/layers/${type}`);
    known.set(type, kind);
    kind.catch(() => known.delete(type)); // the next one may be answered: a key was given, the service is back
  }
  return known.get(type);
}

/** `nn.Conv2d(1, 1, kernel_size=3)`, or null where the framework has no such layer. `channels` are `{ inputs, outputs }`. */
export async function asCode(framework, { type, ...parameters }, channels) {
  const kind = await layerKind(type);
  const name = kind.names[framework]?.[0];
  if (!name) return null;
  const members = Object.entries(parameters).map(([key, value]) => `${key}=${argument(value)}`);
  return `${MODULES[framework]}.${name}(${[...first(framework, kind, channels), ...members].join(", ")})`;
}

/** The channels come first, where the layer has any. */
function first(framework, kind, { inputs, outputs }) {
  if (!kind.parameters.some((parameter) => parameter.name === "out_channels")) return [];
  return framework === "pytorch" ? [inputs, outputs] : [outputs];
}

function argument(value) {
  return Array.isArray(value) ? `(${value.map(argument).join(", ")}${value.length === 1 ? "," : ""})` : pythonValue(value);
}
