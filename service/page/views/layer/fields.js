/** The form of one layer. Which fields it has is what the service says of the kind. */

import { h } from "../../dom.js";
import { t } from "../../texts.js";
import { axesField, buttonsField, checkField, choiceField, numberField, pairsField } from "../../widgets/fields.js";
import { FRAMEWORKS, KINDS } from "./questions.js";

const NAMES = ["number", "valid", "same", "same_lower", "causal", "full"];
const MODES = ["zeros", "reflect", "replicate", "circular"];
const PER_AXIS = ["input_size", "kernel_size", "stride", "dilation", "output_padding", "output_size"];

/** `{ element, fields: { byName, show, offer } }`; `change` takes a patch of the state. */
export function layerFields(change) {
  let state = null;
  const to = (name) => (value, how) => change({ [name]: value }, how);
  const axes = (name, min, max) => axesField({ label: t(`field.${name}`), min, max, change: to(name) });
  const byName = {
    framework: choiceField({ label: t("field.framework"), options: FRAMEWORKS, change: to("framework") }),
    type: choiceField({ label: t("field.type"), options: KINDS.map((kind) => [kind, t(`kind.${kind}`)]), change: to("kind") }),
    rank: buttonsField({ label: t("field.rank"), options: [1, 2, 3].map((rank) => [String(rank), `${rank}-D`]), change: (value, how) => change(ranked(state, Number(value)), how) }),
    input_size: axes("input_size", 1, 32),
    kernel_size: axes("kernel_size", 1, 11),
    stride: axes("stride", 1, 8),
    padding: choiceField({ label: t("field.padding"), options: NAMES.map((name) => [name, t(`padding.${name}`)]), change: to("padding") }),
    amounts: pairsField({ label: t("field.amounts"), name: t("field.padding"), change: to("amounts") }),
    padding_mode: choiceField({ label: t("field.padding_mode"), options: MODES.map((mode) => [mode, t(`mode.${mode}`)]), change: to("padding_mode") }),
    dilation: axes("dilation", 1, 6),
    output_padding: axes("output_padding", 0, 4),
    output_size: axes("output_size", 1, 16),
    groups: numberField({ label: t("field.groups"), min: 1, max: 8, change: to("groups") }),
    ceil_mode: checkField({ label: t("field.ceil_mode"), change: to("ceil_mode") }),
  };
  const failChoice = byName.padding.fail;
  byName.padding.fail = (text) => {
    const typed = state?.padding === "number";
    failChoice(typed ? "" : text);
    byName.amounts.fail(typed ? text : "");
  };
  const always = ["framework", "type", "rank", "input_size"];

  const fields = {
    byName,
    show(shown) {
      state = shown;
      for (const [name, field] of Object.entries(byName)) field.show(name === "rank" ? String(shown.rank) : shown[name === "type" ? "kind" : name]);
      byName.amounts.element.hidden = byName.padding.element.hidden || shown.padding !== "number";
    },
    /** Shows the fields of these parameters. */
    offer(parameters) {
      for (const [name, field] of Object.entries(byName)) field.element.hidden = !always.includes(name) && !parameters.includes(name === "amounts" ? "padding" : name);
      byName.amounts.element.hidden ||= state.padding !== "number";
    },
  };
  const element = h("form", { class: "fields card", onsubmit: (event) => event.preventDefault() }, Object.values(byName).map((field) => field.element));
  return { element, fields };
}

/** The state with as many values a parameter as another rank has axes; a new axis has what the last one has. */
function ranked(state, rank) {
  const along = (values) => Array.from({ length: rank }, (_, axis) => values[axis] ?? values.at(-1));
  const patch = { rank, amounts: along(state.amounts), chosen: along(state.chosen).map(() => 0), numbers: null, weight: null };
  for (const name of PER_AXIS) patch[name] = along(state[name]);
  return patch;
}
