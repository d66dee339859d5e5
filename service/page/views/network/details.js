/** The layer that was chosen: its numbers, its parameters, and what its outputs see. */

import { Latest, STALE } from "../../api.js";
import { h, refill } from "../../dom.js";
import { number, t } from "../../texts.js";
import { fieldDrawing } from "./field.js";
import { inline } from "./json_text.js";
import { layoutOf, spatial } from "./questions.js";
import { shapeText } from "./stacks.js";

const MANY = 6;
const NUMBERS = ["parameters", "buffers", "macs", "activation_bytes"];

/** `{ element, show }`; `choose(output)` and `close()` are called when somebody does so. */
export function layerDetails({ choose, close }) {
  const latest = new Latest(15);
  const title = h("h2", {});
  const facts = h("dl", { class: "facts" });
  const failure = h("p", { class: "failure" });
  const drawing = fieldDrawing({ choose });
  const element = h("section", { class: "card details", "aria-live": "off" }, h("div", { class: "row between" }, title, h("button", { type: "button", class: "link", "aria-label": t("network.close"), title: t("network.close"), onclick: close }, "✕")), facts, failure, drawing.element);
  element.hidden = true;
  let drawn = "";

  return {
    element,
    close: () => latest.stop(),
    /** `answer` holds the report, the question and the network; `name` is the layer's, `wanted` an output of it. */
    async show(answer, name, wanted) {
      const index = answer.report.layers.findIndex((layer) => layer.name === name);
      element.hidden = index < 0;
      if (index < 0) return latest.stop();
      const layer = answer.report.layers[index];
      title.textContent = name;
      showFacts(facts, layer, answer.network?.layers?.[index]);
      refill(failure);
      const asked = await outputOf(answer, layer, wanted);
      drawing.element.hidden = !asked || name !== drawn;
      if (!asked) return;
      const question = { ...answer.question, detail: "sizes", receptive_field_of: [{ layer: name, output: asked.at }] };
      try {
        const report = await latest.run((ask) => ask("/v1/networks/validate", question));
        if (report === STALE) return;
        const { box, boxes } = report.receptive_fields[0];
        drawing.show({ ...asked, inputs: asked.inputs.map((input) => ({ ...input, box: (boxes ? boxes[input.name] : box) ?? null })) });
        drawing.element.hidden = false;
        drawn = name;
      } catch (error) {
        if (!error.errors) throw error;
        drawing.element.hidden = true;
        failure.textContent = error.message;
      }
    },
  };
}

/** The output to ask about, and the inputs that it may see: the wanted one where there is such, else the one in the
 * middle. Null where none can be told.
 */
async function outputOf({ report, network }, layer, wanted) {
  const rank = layer.receptive_field?.size.length;
  if (!rank || !layer.output_shape) return null;
  const layout = await layoutOf(report.framework);
  const inputs = namedInputs(report, network).map(([name, shape]) => ({ name, pixels: spatial(shape, rank, layout) }));
  const flat = layer.output_shape.length < rank + 1;
  const sizes = flat ? layer.output_shape.slice(-1) : spatial(layer.output_shape, rank, layout);
  if (!inputs.length || [...inputs.flatMap(({ pixels }) => pixels), ...sizes].some((size) => !size)) return null;
  const fits = wanted?.length === sizes.length && wanted.every((place, axis) => place < sizes[axis]);
  return { inputs, sizes, at: fits ? wanted : sizes.map((size) => Math.floor(size / 2)) };
}

/** Names and shapes of what goes in; one input needs no name. */
function namedInputs(report, network) {
  const named = Object.entries(network?.inputs ?? {});
  const all = named.length > 1 ? named : [["", network?.input_shape ?? named[0]?.[1] ?? firstShape(report)]];
  return all.filter(([, shape]) => Array.isArray(shape));
}

function firstShape({ layers }) {
  return layers.find((layer) => layer.inputs?.length)?.input_shapes[0];
}

function showFacts(list, layer, posted) {
  const fact = (key, value) => (value === null || value === undefined || value === "" ? null : [h("dt", {}, t(`network.fact.${key}`)), h("dd", {}, value)]);
  const { receptive_field: field, source } = layer;
  const inputs = (layer.inputs ?? []).map((name, slot) => `${name ?? "?"}: ${shapeText(layer.input_shapes[slot] ?? null)}`);
  const said = inline(withoutNames(posted ?? {}));
  refill(
    list,
    fact("type", layer.type),
    fact("inputs", inputs.length > MANY ? `${inputs.slice(0, MANY).join("; ")}; …` : inputs.join("; ")),
    fact("output", (layer.output_shapes ?? [layer.output_shape]).map(shapeText).join("; ")),
    NUMBERS.map((key) => fact(key, layer[key] ? number(layer[key]) : null)),
    field ? fact("field", t(field.aligned === false ? "network.fieldUnaligned" : "network.field", { size: field.size.join(" × "), stride: field.stride.join(" × "), start: field.start.join(", ") })) : null,
    fact("source", source?.text ? h("code", {}, source.text) : null),
    fact("posted", said === "{}" ? null : h("code", {}, said)),
  );
}

function withoutNames({ name, type, inputs, ...rest }) {
  return rest;
}
