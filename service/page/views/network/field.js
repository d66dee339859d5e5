/** What one output of a layer sees of the network's inputs: planes to scale. */

import { freshId, h, refill, s } from "../../dom.js";
import { t } from "../../texts.js";

const LONGEST = 200;
const LONGEST_OF_MANY = 130;
const SLIMMEST = 18;

/** `{ element, show }`; `choose(output)` is called for an output that somebody points at. */
export function fieldDrawing({ choose }) {
  const id = freshId("field");
  let shown = null;
  const output = s("svg", { class: "field-plane outputs", role: "slider", tabindex: 0, "aria-label": t("network.whichOutput"), "aria-describedby": `${id}-words` });
  const words = h("p", { class: "field-words", id: `${id}-words`, "aria-live": "polite" });
  const inputs = h("div", { class: "field-inputs" });
  const outputSize = h("figcaption", {});
  const element = h("div", { class: "receptive" }, words, h("div", { class: "field-planes" }, inputs, h("span", { class: "quiet", "aria-hidden": "true" }, "←"), h("figure", {}, outputSize, output)));
  output.addEventListener("pointermove", (event) => (event.pointerType === "mouse" || event.buttons) && pick(event));
  output.addEventListener("pointerdown", (event) => pick(event, { push: true }));
  output.addEventListener("keydown", move);

  function pick(event, how) {
    const { left, top, width, height } = output.getBoundingClientRect();
    const places = [(event.clientY - top) / height, (event.clientX - left) / width];
    const { sizes, at } = shown;
    const flat = sizes.length === 1;
    put(sizes.map((size, axis) => (axis < sizes.length - 2 ? at[axis] : Math.min(size - 1, Math.max(0, Math.floor(places[flat ? 1 : axis - sizes.length + 2] * size))))), how);
  }

  function move(event) {
    const { sizes, at } = shown;
    const last = sizes.length - 1;
    const [axis, by] = { ArrowLeft: [last, -1], ArrowRight: [last, 1], ArrowUp: [last - 1, -1], ArrowDown: [last - 1, 1], PageUp: [last - 2, -1], PageDown: [last - 2, 1] }[event.key] ?? [];
    if (axis === undefined || axis < 0) return;
    event.preventDefault();
    put(at.map((place, index) => (index === axis ? Math.min(sizes[axis] - 1, Math.max(0, place + by)) : place)), {});
  }

  function put(next, how) {
    if (String(next) !== String(shown.at)) choose(next, how);
  }

  return {
    element,
    /** `sizes` are those of the output, `at` is the position in it; each input has a name, its `pixels`, and the `box` seen. */
    show({ sizes, at, inputs: seen }) {
      shown = { sizes, at };
      const longest = seen.length > 1 ? LONGEST_OF_MANY : LONGEST;
      plane(output, sizes, at.map((place) => [place, place]), { kind: "output", longest });
      outputSize.textContent = t("network.outputOf", { size: sizes.join(" × ") });
      const said = seen.map((input) => sentence(input, at));
      refill(inputs, seen.map((input, index) => inputPlane(input, said[index], longest)));
      words.textContent = said.join(" ");
      output.setAttribute("aria-valuetext", words.textContent);
      output.setAttribute("aria-valuenow", at.at(-1));
      output.setAttribute("aria-valuemin", 0);
      output.setAttribute("aria-valuemax", sizes.at(-1) - 1);
    },
  };
}

function inputPlane({ name, pixels, box }, words, longest) {
  const picture = s("svg", { class: "field-plane", role: "img", "aria-label": words });
  plane(picture, pixels, box, { kind: "window", longest });
  return h("figure", {}, h("figcaption", {}, t(name ? "network.inputNamed" : "network.inputOf", { name, size: pixels.join(" × ") })), picture);
}

/** What the output sees of an input, in words. */
function sentence({ name, box }, at) {
  const ranges = box?.map(([first, last]) => (first === last ? first : `${first}–${last}`)).join(" × ");
  const values = { output: at.join(", "), ranges, name };
  if (name) return t(box ? "network.seesNamed" : "network.seesNoneNamed", values);
  return t(box ? "network.sees" : "network.seesNone", values);
}

/** The last two axes as a plane, one axis as a strip; the stretch of each axis in it. */
function plane(picture, sizes, box, { kind, longest }) {
  const [rows, columns] = sizes.length === 1 ? [1, sizes[0]] : sizes.slice(-2);
  const scale = longest / Math.max(rows, columns);
  const [width, height] = [Math.max(columns * scale, SLIMMEST), Math.max(rows * scale, SLIMMEST)];
  picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
  picture.setAttribute("width", width);
  picture.setAttribute("height", height);
  const parts = [s("rect", { class: "all", width, height, rx: 2 })];
  if (box) {
    const [down, across] = box.length === 1 ? [[0, 0], box[0]] : box.slice(-2);
    const [y, x] = [(down[0] / rows) * height, (across[0] / columns) * width];
    const [tall, wide] = [((down[1] - down[0] + 1) / rows) * height, ((across[1] - across[0] + 1) / columns) * width];
    parts.push(s("rect", { class: kind, x: Math.max(0, Math.min(x, width - 3)), y: Math.max(0, Math.min(y, height - 3)), width: Math.max(wide, 3), height: Math.max(tall, 3) }));
  }
  picture.replaceChildren(...parts);
}
