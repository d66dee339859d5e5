/** Kernels for pictures. */

import { t } from "../../texts.js";
import { KERNELS } from "../layer/presets.js";

const BINOMIAL = [1, 4, 6, 4, 1];
const SUM = 256;

/** By name: those of the layer view, the second Sobel, and a blur of 5 x 5. */
export const FILTERS = {
  edge: KERNELS.edge,
  sobel: KERNELS.sobel,
  sobel_down: KERNELS.sobel[0].map((_, column) => KERNELS.sobel.map((row) => row[column])),
  sharpen: KERNELS.sharpen,
  blur: KERNELS.blur,
  gaussian: BINOMIAL.map((down) => BINOMIAL.map((across) => (down * across) / SUM)),
  emboss: KERNELS.emboss,
  identity: KERNELS.identity,
};

/** What is chosen where somebody types numbers of their own. */
export const OWN = "own";

/** What a filter is called. */
export function filterName(name) {
  return name in KERNELS ? t(`kernel.${name}`) : t(`image.kernel.${name}`);
}

/** The numbers of the chosen filter; an address may name one that there is not, or numbers that are none. */
export function weightOf({ kernel, weight }) {
  if (kernel !== OWN) return FILTERS[kernel] ?? FILTERS.identity;
  const square = Array.isArray(weight) && weight.length > 0 && weight.every((row) => Array.isArray(row) && row.length === weight.length && row.every(Number.isFinite));
  return square ? weight : FILTERS.identity;
}

/** A kernel of another size with the same middle; what is new is 0. */
export function resized(weight, size) {
  const shift = Math.floor(weight.length / 2) - Math.floor(size / 2);
  const places = Array.from({ length: size }, (_, index) => index + shift);
  return places.map((row) => places.map((column) => weight[row]?.[column] ?? 0));
}
