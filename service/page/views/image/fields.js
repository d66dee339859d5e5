/** The form of the image view: a convolution with a filter, or a pool. */

import { h } from "../../dom.js";
import { Plane } from "../../drawing/plane.js";
import { t } from "../../texts.js";
import { buttonsField, choiceField, numberField } from "../../widgets/fields.js";
import { FILTERS, filterName, OWN, resized, weightOf } from "./kernels.js";

const KINDS = ["conv", "max_pool", "avg_pool"];
const PADDINGS = ["valid", "same", "number"];
const MODES = ["zeros", "reflect", "replicate", "circular"];
const SIZES = [1, 3, 5, 7];

/** `{ element, byName, show }`; the names are those of the layer's parameters, so that refusals find their field. */
export function imageFields(change) {
  let state = null;
  const to = (name) => (value, how) => change({ [name]: value }, how);
  const number = (name, label, min, max) => numberField({ label: t(label), min, max, slider: true, change: to(name) });
  const kernel = kernelField(change);
  const byName = {
    type: buttonsField({ label: t("field.type"), options: KINDS.map((kind) => [kind, t(`image.kind.${kind}`)]), change: (kind, how) => change({ kind, stride: kind === "conv" ? 1 : state.pool_size }, how) }),
    weight: kernel,
    kernel_size: number("pool_size", "image.window", 1, 16),
    stride: number("stride", "field.stride", 1, 8),
    dilation: number("dilation", "field.dilation", 1, 8),
    names: choiceField({ label: t("field.padding"), options: PADDINGS.map((name) => [name, t(`image.padding.${name}`)]), change: to("padding") }),
    padding: numberField({ label: t("image.amount"), min: 0, max: 16, slider: true, change: (value, how) => change({ [state.kind === "conv" ? "amount" : "pool_padding"]: value }, how) }),
    padding_mode: choiceField({ label: t("field.padding_mode"), options: MODES.map((mode) => [mode, t(`mode.${mode}`)]), change: to("padding_mode") }),
  };

  function show(shown) {
    state = shown;
    const convolves = shown.kind === "conv";
    const values = { type: shown.kind, weight: shown, kernel_size: shown.pool_size, names: shown.padding, padding: convolves ? shown.amount : shown.pool_padding };
    for (const [name, field] of Object.entries(byName)) field.show(values[name] ?? shown[name]);
    for (const name of ["weight", "names", "padding_mode"]) byName[name].element.hidden = !convolves;
    byName.kernel_size.element.hidden = convolves;
    byName.padding.element.hidden = convolves && shown.padding !== "number";
    byName.dilation.element.hidden = shown.kind === "avg_pool";
    byName.padding_mode.element.hidden ||= shown.padding === "valid";
  }

  /** What the service says of `padding` is shown where it is chosen. */
  const failing = () => (byName.padding.element.hidden ? { ...byName, padding: byName.names } : byName);
  const element = h("form", { class: "fields card", onsubmit: (event) => event.preventDefault() }, Object.values(byName).map((field) => field.element));
  return { element, show, failing };
}

/** A filter by name, its numbers, and the size where the numbers are one's own. */
function kernelField(change) {
  let weight = [];
  const own = (numbers) => change({ kernel: OWN, weight: numbers }, { push: true });
  const choose = (name) => (name === OWN ? own(weight) : change({ kernel: name, weight: null }, { push: true }));
  const names = choiceField({ label: t("image.filter"), options: [...Object.keys(FILTERS), OWN].map((name) => [name, filterName(name)]), change: choose });
  const size = buttonsField({ label: t("image.kernelSize"), options: SIZES.map((side) => [String(side), `${side} × ${side}`]), change: (side) => own(resized(weight, Number(side))) });
  const plane = new Plane({ label: t("layer.kernel"), describe: (row, column, value) => t("layer.cell", { row, column, value }), edit: (row, column, value) => own(weight.map((line, at) => (at === row ? line.map((old, place) => (place === column ? value : old)) : line))) });
  const hint = h("p", { class: "quiet small" }, t("image.edit"));
  return {
    element: h("div", { class: "fields-close kernel-field" }, names.element, plane.element, hint, size.element),
    fail: names.fail,
    show(state) {
      weight = weightOf(state);
      const last = weight.length - 1;
      names.show(state.kernel);
      size.show(String(weight.length));
      size.element.hidden = state.kernel !== OWN;
      plane.show({ rows: [0, last], columns: [0, last], kind: () => "weight editable", text: (row, column) => weight[row][column] });
    },
  };
}
