/** What the service answers to the state of the network view, and where in the text its answers belong. */

import { t } from "../../texts.js";
import { written } from "./json_text.js";
import { layerOf, markedOf, Places } from "./places.js";
import { bodyOf, exampleFile, exampleText, EXAMPLES, isText, judged, questionOf, readFile } from "./questions.js";

const files = new Map();

/** Keeps a binary file until it is read: it is not in the address. */
export function keepFile(file) {
  files.set(file.name, file);
}

/** Where a refused text is wrong. */
export function placeIn(text, diagnostic) {
  if (diagnostic.source?.line) return diagnostic.source;
  return bodyOf(text) ? new Places(text, true).of(diagnostic) : null;
}

/** Which layers are marked, and how. */
export function marksOf(report) {
  return new Map(markedOf(report.diagnostics).map(([place, kind]) => [layerOf(place), kind]).filter(([index]) => index >= 0));
}

/** Whether a change is one of the shape that goes in. */
export function ofInput({ patch }) {
  return patch.every(({ path }) => path.startsWith("/input_shape") || path.startsWith("/inputs"));
}

/** Reads what there is, and judges it. A file or a configuration is replaced by the network in it. */
export async function answersTo(state, ask) {
  const example = state.text ? null : state.example;
  if (state.file || (example && !isText(EXAMPLES[example]?.file ?? ".py"))) {
    const file = state.file ? files.get(state.file) : await exampleFile(example);
    if (!file) throw Object.assign(new Error(t("network.gone", { file: state.file })), { errors: [] });
    const read = await readFile(file, state.input_shape, ask);
    const text = written(read.network);
    if (state.file) return { replaced: { text, file: "", input_shape: "" } };
    return { text, ...(await judged(questionOf(text, state), ask)), read };
  }
  const text = state.text || (example in EXAMPLES ? await exampleText(example) : "");
  const result = await judged(questionOf(text, state), ask);
  if (!result.report) return { replaced: { text: written(result.network), example: "", input_shape: "" } };
  return { text, ...result };
}
