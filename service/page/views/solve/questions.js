/** The state of the solve view as questions, and their answers as states of the layer view. */

import { measured } from "../compare/questions.js";
import { answersTo, layerOf, parametersOf, shortest } from "../layer/questions.js";

export const UNKNOWNS = ["kernel_size", "stride", "padding", "dilation", "output_padding", "input_size"];

/** The endpoint of a mode. */
export function pathOf({ mode }) {
  return mode === "combinations" ? "/v1/solve" : "/v1/padding";
}

/** The body for the endpoint of the state's mode; `parameters` are the kind's. */
export function questionOf(state, parameters) {
  return state.mode === "combinations" ? combinationsQuestion(state, parameters) : paddingQuestion(state, parameters);
}

/** The layer has no padding of its own: that is asked for. */
function paddingQuestion({ goal, wanted, ...state }, parameters) {
  const layer = layerOf(state, without(parameters, ["padding", "output_padding"]));
  return { framework: state.framework, input_size: state.input_size, output_size: goal === "size" ? wanted : goal, layer };
}

function combinationsQuestion({ wanted, unknown, bounds, limit, ...state }, parameters) {
  const layer = layerOf(state, without(parameters, unknown));
  const kept = Object.fromEntries(Object.entries(bounds).filter(([name]) => unknown.includes(name)));
  const question = { framework: state.framework, layer, output_size: wanted, unknown, limit };
  if (!unknown.includes("input_size")) question.input_size = state.input_size;
  if (Object.keys(kept).length) question.bounds = kept;
  return question;
}

function without(names, removed) {
  return names.filter((name) => !removed.includes(name));
}

/** The unknowns that a kind has. */
export function unknownsOf(parameters) {
  return UNKNOWNS.filter((name) => name === "input_size" || parameters.includes(name));
}

/** The answer as solutions, each what of a layer it says. */
export function solutionsOf({ mode }, answer) {
  if (mode === "combinations") return answer.solutions;
  if (!answer.solvable) return [];
  const { padding, output_padding: extra } = answer;
  return [extra ? { padding, output_padding: extra } : { padding }];
}

/** The state of the layer view with a solution in it. */
export function stateWith(state, solution) {
  const along = (value) => (Array.isArray(value) ? value : Array.from({ length: state.rank }, () => value));
  const patch = { chosen: along(0) };
  for (const [name, value] of Object.entries(solution)) {
    if (name !== "padding") patch[name] = along(value);
    else if (typeof value === "string") patch.padding = value;
    else Object.assign(patch, { padding: "number", amounts: along(value).map((side) => (Array.isArray(side) ? side : [side, side])) });
  }
  return { ...state, ...patch };
}

/** Everything that the picture of a solution shows, and how each framework writes it.
 *
 * Where the framework itself takes the padding in no way (uneven amounts, say), the first that takes it draws.
 */
export async function pictureOf(state, ask) {
  const parameters = await parametersOf(state);
  const question = { framework: state.framework, input_size: state.input_size, layer: layerOf(state, parameters) };
  const { frameworks, base } = await measured(question, ask);
  const refused = frameworks[state.framework].diagnostics.filter(({ severity }) => severity === "error");
  if (base === null) return { drawn: state, refused, frameworks };
  const drawn = { ...state, framework: base };
  const { axes, output_size } = frameworks[base];
  const answers = axes.every((axis) => axis.windows) ? await drawnAnswers(drawn, parameters, ask) : { sizes: { axes, output_size }, numbers: {} };
  return { ...answers, drawn, refused, frameworks };
}

/** What is too large to draw has no picture. */
async function drawnAnswers(state, parameters, ask) {
  try {
    return await answersTo(state, parameters, ask);
  } catch (error) {
    if (!error.errors) throw error;
    return { tooLarge: true };
  }
}

/** A solution in few words: values alike on all axes once. */
export function solutionText(value) {
  if (!Array.isArray(value)) return String(value);
  const sides = value.map((side) => (Array.isArray(side) ? (side[0] === side[1] ? side[0] : `${side[0]} + ${side[1]}`) : side));
  const short = shortest(sides);
  return Array.isArray(short) ? short.join(", ") : String(short);
}
