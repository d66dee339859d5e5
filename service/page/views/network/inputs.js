/** What is asked beside the text: where to begin, the shape of the input, what makes the model. */

import { freshId, h, prose, refill } from "../../dom.js";
import { t } from "../../texts.js";
import { EXAMPLES, shapesOf, shapesText } from "./questions.js";

const SHAPES = ["1, 3, 224, 224", "1, 3, 32, 32", "1, 1, 28, 28"];
const KINDS = ".py,.json,.onnx,.keras,.pt2,.txt";

/** `change(patch, { push })` of the state, `example(name)`, `file(file)`: what somebody does. */
export function inputFields({ change, example, file }) {
  const buttons = Object.keys(EXAMPLES).map((name) => h("button", { type: "button", onclick: () => example(name) }, t(`network.example.${name}`)));
  const chooser = h("input", { type: "file", id: freshId("file"), accept: KINDS, class: "only-read", onchange: () => chooser.files[0] && file(chooser.files[0]) });
  const examples = h("div", { class: "row begin" }, h("label", { class: "button", for: chooser.id }, t("network.open")), chooser, h("span", { class: "quiet" }, t("network.examples")), buttons);
  const byName = {
    input_shape: textField("input_shape", (value) => change({ input_shape: value }, { push: true })),
    entry: textField("entry", (value) => change({ entry: value }, { push: true })),
    arguments: textField("arguments", (value) => change({ arguments: value }, { push: true })),
  };
  const offers = h("div", { class: "row offers" }, SHAPES.map((shape) => h("button", { type: "button", onclick: () => change({ input_shape: shape }, { push: true }) }, shape)));
  const choices = h("div", { class: "row offers" });
  byName.input_shape.element.append(offers);
  byName.entry.element.append(choices);
  const shapes = h("div", { class: "fields-row" }, Object.values(byName).map(({ element }) => element));

  /** Where a file may be dropped. */
  function dropOn(element) {
    element.addEventListener("dragover", (event) => {
      event.preventDefault();
      element.classList.add("dropping");
    });
    for (const name of ["dragleave", "drop"]) element.addEventListener(name, () => element.classList.remove("dropping"));
    element.addEventListener("drop", (event) => {
      event.preventDefault();
      const [dropped] = event.dataTransfer.files;
      if (dropped) file(dropped);
    });
  }

  return {
    examples,
    shapes,
    dropOn,
    shapesOf,
    shapesText,
    posted: shapesOf,
    show(state) {
      Object.keys(EXAMPLES).forEach((name, index) => buttons[index].setAttribute("aria-pressed", String(!state.text && !state.file && name === state.example)));
    },
    /** `body` is the service's JSON in the text, if it is that: then the shape is in it, and nothing makes a model. */
    showShapes(state, body) {
      byName.input_shape.show(body ? shapesText(body) : state.input_shape);
      byName.entry.show(state.entry);
      byName.arguments.show(state.arguments);
      byName.entry.element.hidden = Boolean(body) || !state.entry;
      byName.arguments.element.hidden = Boolean(body) || !(state.arguments || state.entry);
    },
    /** Puts each diagnostic at its field, and returns the others. */
    fail(diagnostics) {
      for (const field of Object.values(byName)) field.fail(null);
      offers.hidden = true;
      refill(choices);
      return diagnostics.filter((diagnostic) => {
        const name = fieldOf(diagnostic);
        if (!name) return true;
        byName[name].element.hidden = false;
        byName[name].fail(diagnostic);
        offers.hidden &&= name !== "input_shape";
        if (name === "entry") refill(choices, [...(diagnostic.help ?? "").matchAll(/`([^`]+)`/g)].map(([, entry]) => h("button", { type: "button", onclick: () => change({ entry }, { push: true }) }, entry)));
        return false;
      });
    },
  };
}

/** The field that a diagnostic is about. That the model wants a shape is told of the whole model. */
function fieldOf({ location, help }) {
  if (location.startsWith("/input_shape") || location === "/inputs" || (location === "/model" && help?.includes("`input_shape`"))) return "input_shape";
  return ["entry", "arguments"].find((name) => location.startsWith(`/model/${name}`));
}

function textField(name, change) {
  const id = freshId(name);
  const input = h("input", { type: "text", id, autocomplete: "off", spellcheck: "false", "aria-describedby": `${id}-failure`, placeholder: t(`network.hint.${name}`), onchange: () => change(input.value) });
  const failure = h("p", { class: "failure", id: `${id}-failure`, role: "status" });
  const element = h("div", { class: "field" }, h("label", { for: id }, t(`network.field.${name}`)), input, failure);
  return {
    element,
    show: (value) => document.activeElement === input && input.value === value || (input.value = value),
    fail(diagnostic) {
      element.classList.toggle("failed", Boolean(diagnostic));
      refill(failure, diagnostic ? prose(diagnostic.help ? `${diagnostic.message}: ${diagnostic.help}` : diagnostic.message) : []);
    },
  };
}
