/** The questions of the comparison, and what of the answers differs first. */

import { drawsNumbers, FRAMEWORKS, layerOf, numbersOf } from "../layer/questions.js";

const DIGITS = 6;
const WIDEST = 512; // positions of an axis of which windows are asked for
const TOO_LARGE = 413;

/** What each framework makes of the layer, and of the same numbers. */
export async function comparisonOf(state, parameters, ask) {
  const question = { framework: state.framework, input_size: state.input_size, layer: layerOf(state, parameters) };
  const { frameworks, base } = await measured(question, ask);
  const { body, computed, posted } = await computedIn(frameworks, state, parameters, ask);
  const columns = FRAMEWORKS.map(([name, title]) => {
    const verdict = frameworks[name];
    const numbers = computed[name] ?? {};
    return { name, title, verdict, numbers, differs: verdict.accepted && base && name !== base ? firstDifference(verdict, frameworks[base], numbers, computed[base] ?? {}) : null };
  });
  return { question, columns, base, body, posted };
}

/** The verdicts, and the framework that they are measured against: the one asked for, or the first that accepts it. */
export async function measured(question, ask) {
  const { frameworks } = await verdicts(question, ask);
  if (frameworks[question.framework].accepted) return { frameworks, base: question.framework };
  const base = FRAMEWORKS.map(([name]) => name).find((name) => frameworks[name].accepted) ?? null;
  if (base === null) return { frameworks, base };
  return { frameworks: (await verdicts({ ...question, framework: base }, ask)).frameworks, base };
}

/** With the windows, unless nobody could see so many. */
async function verdicts(question, ask) {
  if (question.input_size.some((size) => size > WIDEST)) return ask("/v1/compare", question);
  try {
    return await ask("/v1/compare", { ...question, windows: true });
  } catch (error) {
    if (error.status !== TOO_LARGE) throw error;
    return ask("/v1/compare", question);
  }
}

/** The same arrays through the layer in each framework that accepts it; of groups, one. */
async function computedIn(frameworks, state, parameters, ask) {
  if (!drawsNumbers(state)) return { computed: {} };
  const alone = { ...state, groups: 1 };
  const posted = numbersOf(alone, parameters);
  const body = { layer: layerOf(alone, parameters), ...posted };
  const names = Object.keys(frameworks).filter((name) => frameworks[name].accepted);
  const pairs = await Promise.all(names.map(async (name) => [name, await outputOf({ framework: name, ...body }, ask)]));
  return { body: { framework: state.framework, ...body }, posted, computed: Object.fromEntries(pairs) };
}

async function outputOf(body, ask) {
  try {
    return { output: (await ask("/v1/convolve", body)).output };
  } catch (error) {
    if (!error.errors) throw error;
    return { refused: error };
  }
}

/** What differs first from another framework: the size, the padding of an axis, its formula, or a number. */
function firstDifference(verdict, base, numbers, baseNumbers) {
  const value = differingNumber(numbers.output, baseNumbers.output);
  const part = ["size", "padding", "formula"].find((name) => differingAxis(verdict, base, name) >= 0);
  if (part) return { part, axis: differingAxis(verdict, base, part), value };
  return value ? { part: "value", value } : null;
}

function differingAxis(verdict, base, part) {
  const of = (axis) => JSON.stringify({ size: axis.output, padding: [axis.padding, axis.output_padding], formula: axis.formula }[part] ?? null);
  return verdict.axes.findIndex((axis, index) => of(axis) !== of(base.axes[index]));
}

/** The first place, in reading order, where both have a number and not the same; null where there is none. */
function differingNumber(output, other) {
  if (!output || !other) return null;
  for (const [row, values] of rowsOf(output).entries()) {
    for (const [column, value] of values.entries()) {
      const base = rowsOf(other)[row]?.[column];
      if (base !== undefined && shown(value) !== shown(base)) return { row, column, value, base };
    }
  }
  return null;
}

/** Numbers of one or two axes as rows. */
export function rowsOf(numbers) {
  return Array.isArray(numbers[0]) ? numbers : [numbers];
}

/** A number with as many digits as are compared. */
export function shown(value) {
  return typeof value === "number" ? String(Number(value.toPrecision(DIGITS))) : String(value);
}

/** Warnings that every framework which accepts the layer gives in the same words. */
export function sharedWarnings(columns) {
  const lists = columns.filter(({ verdict }) => verdict.accepted).map(({ verdict }) => verdict.diagnostics);
  if (lists.length < 2) return [];
  const has = (list, { message }) => list.some((each) => each.message === message);
  return lists[0].filter((diagnostic) => lists.every((list) => has(list, diagnostic)));
}
