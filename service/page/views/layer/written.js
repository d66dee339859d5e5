/** The question of the layer view as text to take away. */

import { ask } from "../../api.js";
import { asCode } from "../../code/layers.js";
import { asCurl, asPython } from "../../code/requests.js";
import { asSteps } from "../../code/steps.js";
import { t } from "../../texts.js";
import { layerOf } from "./questions.js";

/** The question alone, which can be asked even where it is refused. */
export function requestTexts(question) {
  return [["curl", asCurl("/v1/output-size", question)], ["Python", asPython("/v1/output-size", question)]];
}

/** Gives all texts of an answer; the other frameworks' words are asked for once for each question. */
export function writer() {
  let known = { key: "", code: [] };
  return async ({ question, body, parameters, state }) => {
    const key = JSON.stringify(question);
    if (known.key !== key) known = { key, code: await codeOf(question, layerOf(state, parameters), state.groups) };
    return [...requestTexts(question), ...known.code, [t("layer.numbers"), body ? asCurl("/v1/convolve", body) : null]];
  };
}

async function codeOf(question, layer, groups) {
  const written = (await compared(question))?.frameworks ?? {};
  const channels = { inputs: groups, outputs: groups };
  const lines = async (framework) => {
    if (question.framework === framework) return asCode(framework, layer, channels);
    return asSteps(framework, layer.type, written[framework]?.written, channels);
  };
  const [pytorch, keras] = await Promise.all([lines("pytorch"), lines("keras")]);
  return [["PyTorch", pytorch], ["Keras", keras]];
}

/** How the other frameworks write the layer, where that can be said. */
async function compared(question) {
  try {
    return await ask("/v1/compare", question);
  } catch {
    return null;
  }
}
