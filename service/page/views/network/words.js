/** What is said of a layer beside its numbers: its type with the parameters that matter, as it was written. */

import { kindOf } from "./stacks.js";

const KERNEL = ["kernel_size", "kernel_shape", "pool_size"];
const STRIDE = ["stride", "strides"];
const DILATION = ["dilation", "dilations", "dilation_rate"];

/** `{ kind, title }`: `Conv2d 3×3 /2`. */
export function wordsOf(type, posted = {}) {
  const first = (names) => names.map((name) => posted[name]).find((value) => value !== undefined && value !== null);
  const several = (value) => (Array.isArray(value) ? value.join("×") : `${value}`);
  const rank = /(\d)d$/i.exec(type)?.[1];
  const square = (value) => (Array.isArray(value) || !rank ? several(value) : Array(Number(rank)).fill(value).join("×"));
  const [kernel, stride, dilation] = [first(KERNEL), first(STRIDE), first(DILATION)];
  const parts = [type.replace(/^(torch\.)?(nn\.|F\.)?(functional\.)?/, "")];
  if (kernel !== undefined) parts.push(square(kernel));
  if (stride !== undefined && !one(stride)) parts.push(`/${uniform(stride)}`);
  if (dilation !== undefined && !one(dilation)) parts.push(`·${uniform(dilation)}`);
  return { kind: kindOf(type), title: parts.join(" ") };
}

function one(value) {
  return [value].flat().every((each) => each === 1);
}

function uniform(value) {
  const all = [value].flat();
  return all.every((each) => each === all[0]) ? all[0] : all.join("×");
}
