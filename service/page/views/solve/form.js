/** What is asked for: the output, and which parameters are unknown within which bounds. */

import { h, prose, refill } from "../../dom.js";
import { t } from "../../texts.js";
import { axesField, buttonsField, numberInput } from "../../widgets/fields.js";
import { UNKNOWNS, unknownsOf } from "./questions.js";

const GOALS = ["size", "same", "causal"];
const MODES = ["padding", "combinations"];

/** `{ element, byName, show(state), offer(parameters) }`; `change` takes a patch of the state. */
export function goalFields(change) {
  const options = (names, of) => names.map((name) => [name, t(`solve.${of}.${name}`)]);
  const mode = buttonsField({ label: t("solve.mode"), options: options(MODES, "mode"), change: (value, how) => change({ mode: value }, how) });
  const goal = buttonsField({ label: t("solve.goal"), options: options(GOALS, "goal"), change: (value, how) => change({ goal: value }, how) });
  const wanted = axesField({ label: t("solve.wanted"), min: 1, max: 32, change: (value, how) => change({ wanted: value }, how) });
  const unknown = unknownField(change);
  return {
    element: h("form", { class: "fields card goal", onsubmit: (event) => event.preventDefault() }, mode.element, goal.element, wanted.element, unknown.element),
    byName: { output_size: wanted, unknown, bounds: unknown },
    show(state) {
      mode.show(state.mode);
      goal.show(state.goal);
      wanted.show(state.wanted);
      unknown.show(state);
      goal.element.hidden = state.mode !== "padding";
      wanted.element.hidden = state.mode === "padding" && state.goal !== "size";
      unknown.element.hidden = state.mode === "padding";
    },
    offer: (parameters) => unknown.offer(unknownsOf(parameters)),
    /** The bounds that the service used, for those that nobody has set. */
    bounds: (used) => unknown.use(used),
  };
}

/** A line an unknown: whether it is one, and its bounds. */
function unknownField(change) {
  let state = null;
  let usual = {};
  const rows = new Map(UNKNOWNS.map((name) => [name, unknownRow(name, { choose: (chosen) => choose(name, chosen), bound: (side, value, how) => bound(name, side, value, how) })]));
  const failure = h("p", { class: "failure", role: "status" });
  const element = h("fieldset", { class: "field unknowns" }, h("legend", {}, t("solve.unknown")), [...rows.values()].map((row) => row.element), failure);

  function choose(name, chosen) {
    change({ unknown: UNKNOWNS.filter((each) => (each === name ? chosen : state.unknown.includes(each))) }, { push: true });
  }

  function bound(name, side, value, how) {
    const pair = [...(state.bounds[name] ?? usual[name] ?? [value, value])];
    pair[side] = value;
    change({ bounds: { ...state.bounds, [name]: pair } }, how);
  }

  return {
    element,
    show(shown) {
      state = shown;
      for (const [name, row] of rows) row.show(shown.unknown.includes(name), shown.bounds[name] ?? usual[name]);
    },
    use(used) {
      usual = { ...usual, ...used };
      this.show(state);
    },
    offer(names) {
      for (const [name, row] of rows) row.element.hidden = !names.includes(name) && !state.unknown.includes(name);
    },
    fail(text) {
      element.classList.toggle("failed", Boolean(text));
      refill(failure, text ? prose(text) : []);
    },
  };
}

function unknownRow(name, { choose, bound }) {
  const title = t(`field.${name}`);
  const box = h("input", { type: "checkbox", "aria-label": title, onchange: () => choose(box.checked) });
  const inputs = ["least", "greatest"].map((which, side) => numberInput({ label: t(`solve.${which}`, { name: title }), min: 0, change: (value, how) => bound(side, value, how) }));
  const bounds = h("span", { class: "bounds" }, inputs[0].element, "–", inputs[1].element);
  return {
    element: h("div", { class: "unknown" }, h("label", { class: "check" }, box, title), bounds),
    show(chosen, pair) {
      box.checked = chosen;
      bounds.hidden = !chosen;
      inputs.forEach((input, side) => input.show(pair?.[side] ?? null));
    },
  };
}
