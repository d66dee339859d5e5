/** Fields: a label, what is typed or chosen, and a place below for what the service says of it.
 *
 * Each has `element`, `show(value)` and `fail(text)`. `change(value, { push })` is called when a person changes it.
 */

import { freshId, h, prose, refill, s } from "../dom.js";
import { t } from "../texts.js";

/** The frame that all fields share. */
function frame(label, id, control, tag = "div") {
  const failure = h("p", { class: "failure", id: `${id}-failure`, role: "status" });
  const title = tag === "fieldset" ? h("legend", {}, label) : h("label", { for: id }, label);
  const element = h(tag, { class: "field" }, title, control, failure);
  return {
    element,
    fail(text) {
      element.classList.toggle("failed", Boolean(text));
      refill(failure, text ? prose(text) : []);
    },
  };
}

/** A choice from a list: `options` are pairs of a value and a text. */
export function choiceField({ label, options, change }) {
  const id = freshId("choice");
  const select = h("select", { id, "aria-describedby": `${id}-failure`, onchange: () => change(select.value, { push: true }) });
  const field = frame(label, id, select);
  const offer = (pairs) => refill(select, pairs.map(([value, text]) => h("option", { value }, text)));
  offer(options);
  return { ...field, offer, show: (value) => (select.value = value) };
}

/** A choice of few, all in sight. */
export function buttonsField({ label, options, change }) {
  const name = freshId("buttons");
  const inputs = options.map(([value]) => h("input", { type: "radio", name, value, onchange: () => change(value, { push: true }) }));
  const choices = h("div", { class: "choices" }, inputs.map((input, index) => h("label", {}, input, options[index][1])));
  const show = (value) => inputs.forEach((input, index) => (input.checked = options[index][0] === value));
  return { ...frame(label, name, choices, "fieldset"), show };
}

/** Yes or no. */
export function checkField({ label, change }) {
  const id = freshId("check");
  const input = h("input", { type: "checkbox", id, onchange: () => change(input.checked, { push: true }) });
  const failure = h("p", { class: "failure", role: "status" });
  const element = h("div", { class: "field" }, h("div", { class: "check" }, input, h("label", { for: id }, label)), failure);
  return {
    element,
    show: (value) => (input.checked = value),
    fail(text) {
      element.classList.toggle("failed", Boolean(text));
      refill(failure, text ? prose(text) : []);
    },
  };
}

/** An integer. What is no integer is passed on as it is typed, so that the service says what is wrong with it. */
export function numberInput({ label, min, max, change }) {
  const input = h("input", { type: "number", inputmode: "numeric", step: 1, min, max, "aria-label": label });
  input.addEventListener("input", () => input.value !== "" && change(Number(input.value), {}));
  input.addEventListener("change", () => input.value !== "" && change(Number(input.value), { push: true }));
  return { element: input, show: (value) => document.activeElement === input && Number(input.value) === value || (input.value = value ?? "") };
}

/** One integer, with a slider if `slider`. */
export function numberField({ label, min = 0, max, slider = false, change }) {
  const number = numberInput({ label, min, max: slider ? undefined : max, change });
  const range = h("input", { type: "range", min, max: max ?? 16, "aria-label": label, tabindex: -1 });
  range.addEventListener("input", () => change(Number(range.value), {}));
  range.addEventListener("change", () => change(Number(range.value), { push: true }));
  const field = frame(label, freshId("number"), h("div", { class: "axes" }, number.element, slider ? range : null), "fieldset");
  return {
    ...field,
    show(value) {
      number.show(value);
      range.value = value;
    },
  };
}

/** One integer an axis. While it is linked, every axis has the first one's, and a slider moves all. */
export function axesField({ label, min = 0, max = 16, change }) {
  let values = [];
  let linked = true;
  let shownRank = 0;
  const row = h("div", { class: "axes" });
  const range = h("input", { type: "range", min, max, "aria-label": label });
  const link = h("button", { type: "button", class: "link", title: t("field.linked"), "aria-label": `${label}: ${t("field.linked")}`, "aria-pressed": "true" }, chain());
  const field = frame(label, freshId("axes"), h("div", { class: "stack-close" }, row, range), "fieldset");
  let inputs = [];
  const put = (axis, value, how) => change(linked ? values.map(() => value) : values.map((old, index) => (index === axis ? value : old)), how);
  range.addEventListener("input", () => put(0, Number(range.value), {}));
  range.addEventListener("change", () => put(0, Number(range.value), { push: true }));
  link.addEventListener("click", () => {
    linked = !linked;
    if (linked) change(values.map(() => values[0]), { push: true });
    reflect();
  });

  function reflect() {
    link.setAttribute("aria-pressed", String(linked));
    range.hidden = !linked;
    if (values.length !== shownRank) {
      shownRank = values.length;
      inputs = values.map((_, axis) => numberInput({ label: t("field.axis", { name: label, axis }), min, change: (value, how) => put(axis, value, how) }));
      refill(row, inputs.map((input) => input.element), shownRank > 1 ? link : null);
    }
    inputs.forEach((input, axis) => input.show(values[axis]));
    range.value = values[0];
  }

  return {
    ...field,
    show(shown) {
      values = shown;
      if (shown.some((value) => value !== shown[0])) linked = false;
      reflect();
    },
  };
}

/** Two links of a chain. */
function chain() {
  const half = (path) => s("path", { d: path, fill: "none", stroke: "currentColor", "stroke-width": 1.8, "stroke-linecap": "round" });
  return s("svg", { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" }, half("M7 10.5H5a2.5 2.5 0 0 1 0-5h2"), half("M9 5.5h2a2.5 2.5 0 0 1 0 5H9"), half("M5.8 8h4.4"));
}

/** A pair an axis: before and after. `name` is what the pair is of. A slider up to `max` moves all of them. */
export function pairsField({ label, name = label, max = 8, change }) {
  let pairs = [];
  let shownRank = 0;
  let inputs = [];
  const row = h("div", { class: "fields-close" });
  const range = h("input", { type: "range", min: 0, max, "aria-label": t("field.everySide", { name }) });
  const field = frame(label, freshId("pairs"), h("div", { class: "stack-close" }, row, range), "fieldset");
  const put = (axis, side, value, how) => change(pairs.map((pair, index) => (index === axis ? pair.map((old, place) => (place === side ? value : old)) : pair)), how);
  const putAll = (how) => change(pairs.map((pair) => pair.map(() => Number(range.value))), how);
  range.addEventListener("input", () => putAll({}));
  range.addEventListener("change", () => putAll({ push: true }));
  return {
    ...field,
    show(shown) {
      pairs = shown;
      if (shownRank !== shown.length) {
        shownRank = shown.length;
        inputs = shown.map((_, axis) => ["before", "after"].map((side, place) => numberInput({ label: t(`field.${side}`, { name, axis }), change: (value, how) => put(axis, place, value, how) })));
        refill(row, inputs.map((pair) => h("div", { class: "pair" }, pair.map((input) => input.element))));
      }
      inputs.forEach((pair, axis) => pair.forEach((input, side) => input.show(shown[axis][side])));
      range.value = Math.max(...shown.flat());
    },
  };
}

/** Puts each diagnostic below the field that it is about, and returns those that belong to none.
 *
 * `fields` are by parameter; a location such as `/layer/kernel_size/1` belongs to `kernel_size`.
 */
export function failFields(fields, diagnostics) {
  for (const field of Object.values(fields)) field.fail("");
  return diagnostics.filter((diagnostic) => {
    const name = diagnostic.location.split("/").find((part) => part in fields);
    if (name) fields[name].fail(diagnostic.help ? `${diagnostic.message}: ${diagnostic.help}` : diagnostic.message);
    return !name;
  });
}
