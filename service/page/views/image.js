/** A picture through a layer: the result beside it, and what the padding does at the border. */

import { ask, Latest, STALE } from "../api.js";
import { h, refill } from "../dom.js";
import { number, t } from "../texts.js";
import { copyAs } from "../widgets/copy_as.js";
import { diagnosticList } from "../widgets/diagnostics.js";
import { buttonsField, checkField, failFields } from "../widgets/fields.js";
import { borderSection, SHOWN } from "./image/border.js";
import { codeOf } from "./image/code.js";
import { imageFields } from "./image/fields.js";
import { draw, extremes, readPicture } from "./image/picture.js";
import { answersTo, bordersOf, layerOf, meansOf } from "./image/questions.js";
import { sizeText } from "./layer/questions.js";

export const defaults = {
  kind: "conv",
  kernel: "edge",
  weight: null,
  pool_size: 4,
  pool_padding: 0,
  stride: 1,
  dilation: 1,
  padding: "same",
  amount: 1,
  padding_mode: "zeros",
  display: "clip",
  enlarge: false,
  corner: "top-left",
};

const BYTE = [0, 255];
const COLOURS = ["red", "green", "blue"];
let kept = null; // the picture, which no address can hold, while other views are looked at

export function mount(root, { change }) {
  const [latest, latestBorders] = [new Latest(), new Latest(120)];
  let state = defaults;
  let picture = kept;
  let answers = null;
  let bordersKey = "";

  const form = imageFields(change);
  const [input, output] = [h("canvas", { role: "img" }), h("canvas", { role: "img" })];
  const [inputTitle, outputTitle] = [h("figcaption"), h("figcaption", { "aria-live": "polite" })];
  const time = h("p", { class: "quiet small" });
  const said = h("p", { class: "quiet small" });
  const formulas = h("div", { class: "stack-close" });
  const found = h("div", { class: "found" });
  const display = buttonsField({ label: t("image.display"), options: ["clip", "stretch"].map((name) => [name, t(`image.display.${name}`)]), change: (value, how) => change({ display: value }, how) });
  const enlarge = checkField({ label: t("image.enlarge"), change: (value, how) => change({ enlarge: value }, how) });
  const borders = borderSection(change);
  const copy = copyAs();
  const twin = h("details", { ontoggle: () => showNumbers() }, h("summary", {}, t("table.caption")), h("div", { class: "scroll" }));
  const { element: source, problem } = chooser(use);
  const save = h("button", { type: "button", onclick: download }, t("image.save"));

  root.append(
    h("header", {}, h("h1", {}, t("image.title")), h("p", {}, t("image.lead"))),
    h(
      "div",
      { class: "split" },
      h("div", { class: "stack" }, source, form.element),
      h(
        "div",
        { class: "stack" },
        h("section", { class: "card stack" }, found, h("div", { class: "pictures" }, h("figure", {}, inputTitle, input), h("figure", {}, outputTitle, output, time)), h("div", { class: "row display" }, display.element, enlarge.element, save), said, formulas, twin),
        borders.element,
        copy.element,
      ),
    ),
  );

  const listeners = { dragover: (event) => event.preventDefault(), drop: (event) => take(event, event.dataTransfer), paste: (event) => take(event, event.clipboardData) };
  for (const [name, listener] of Object.entries(listeners)) document.addEventListener(name, listener);

  /** A picture that was dropped or pasted. */
  function take(event, { files }) {
    if (files.length === 0) return;
    event.preventDefault();
    use(files[0]);
  }

  async function use(file) {
    try {
      picture = kept = await readPicture(file);
      problem.textContent = "";
      await show(state);
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      problem.textContent = t("image.unreadable", { name: file?.name ?? "" });
    }
  }

  async function show(shown) {
    state = shown;
    form.show(state);
    display.show(state.display);
    enlarge.show(state.enlarge);
    if (!picture) return use(null);
    showPicture();
    if (answers && answers.key === keyOf(state, picture)) drawResult();
    return Promise.all([compute(), computeBorders()]);
  }

  async function compute() {
    const key = keyOf(state, picture);
    if (answers?.key === key) return;
    try {
      const result = await latest.run((ask) => answersTo(state, picture, ask));
      if (result === STALE) return;
      answers = { ...result, key, range: extremes([result.result]) };
      failFields(form.failing(), []);
      refill(found, diagnosticList(answers.sizes.diagnostics));
      drawResult();
      await showCode(key);
    } catch (error) {
      refuse(error);
    }
  }

  async function showCode(key) {
    const texts = await codeOf(state, answers.question);
    if (answers?.key === key) copy.show(texts);
  }

  async function computeBorders() {
    borders.element.hidden = state.kind !== "conv";
    if (state.kind !== "conv") return;
    const { kernel, weight, dilation, corner, display } = state;
    const key = JSON.stringify([kernel, weight, dilation, corner, display, pictureNumber(picture)]);
    if (key === bordersKey) return;
    try {
      const result = await latestBorders.run((ask) => bordersOf(state, picture, SHOWN, ask));
      if (result === STALE) return;
      bordersKey = key;
      borders.show(state, result, display === "clip" ? BYTE : extremes(result.pieces.slice(1)));
    } catch (error) {
      bordersKey = "";
      borders.refuse(error.message);
    }
  }

  function showPicture() {
    const { shape: [, down, across], original } = picture;
    draw(input, picture, BYTE);
    const size = sizeText([across, down]);
    inputTitle.textContent = original[0] === down ? t("image.input", { size }) : t("image.inputScaled", { size, original: sizeText([original[1], original[0]]) });
    input.setAttribute("aria-label", inputTitle.textContent);
  }

  function drawResult() {
    const { result, sizes, milliseconds, range } = answers;
    const [, down, across] = result.shape;
    const clips = state.display === "clip";
    draw(output, result, clips ? BYTE : range);
    output.classList.toggle("magnified", state.enlarge && across < picture.shape[2]);
    output.style.width = state.enlarge ? "100%" : `${Math.min(100, (100 * across) / picture.shape[2])}%`;
    outputTitle.textContent = t("image.output", { size: sizeText([across, down]) });
    output.setAttribute("aria-label", outputTitle.textContent);
    time.textContent = t("image.time", { milliseconds: milliseconds.toFixed(0), count: number(result.data.length) });
    const [low, high] = range.map(tidy);
    said.textContent = t(`image.said.${clips ? "clip" : "stretch"}`, { low, high });
    refill(formulas, [...new Set(sizes.axes.map((axis) => axis.formula))].map((formula) => h("p", { class: "formula" }, formula)));
    showNumbers();
  }

  /** Sizes and numbers of each colour; the mean is asked for only where somebody looks. */
  async function showNumbers() {
    if (!twin.open || !answers) return;
    const shown = answers;
    shown.means ??= await meansOf(shown.result, ask);
    if (shown === answers) refill(twin.lastChild, numberTable(shown));
  }

  function download() {
    output.toBlob((blob) => {
      const link = h("a", { href: URL.createObjectURL(blob), download: "result.png" });
      link.click();
      URL.revokeObjectURL(link.href);
    });
  }

  function refuse(error) {
    if (!error.errors) {
      refill(found, h("p", { class: "failure" }, t("app.unreachable")));
      throw error;
    }
    answers = null;
    outputTitle.textContent = t("image.refused");
    output.width = output.height = 1;
    time.textContent = said.textContent = "";
    refill(formulas);
    refill(twin.lastChild);
    const others = failFields(form.failing(), error.errors);
    refill(found, error.errors.length ? diagnosticList(others) : h("p", { class: "failure" }, error.message));
  }

  return {
    show,
    close() {
      latest.stop();
      latestBorders.stop();
      for (const [name, listener] of Object.entries(listeners)) document.removeEventListener(name, listener);
    },
  };
}

/** Where a picture comes from: a file, a drop, the clipboard, or the page. */
function chooser(use) {
  const file = h("input", { type: "file", accept: "image/*", id: "picture-file", class: "only-read", onchange: () => file.files[0] && use(file.files[0]) });
  const problem = h("p", { class: "failure", role: "status" });
  const element = h("div", { class: "card fields-close source" }, h("div", { class: "row" }, file, h("label", { for: "picture-file", class: "button" }, t("image.choose")), h("button", { type: "button", onclick: () => use(null) }, t("image.shipped"))), h("p", { class: "quiet small" }, t("image.source")), problem);
  return { element, problem };
}

function numberTable({ result, means }) {
  const [, down, across] = result.shape;
  const plane = (channel) => ({ data: result.data.subarray(channel * down * across, (channel + 1) * down * across) });
  const rows = COLOURS.map((name, channel) => h("tr", {}, h("td", {}, t(`image.colour.${name}`)), h("td", { class: "number" }, sizeText([across, down])), [...extremes([plane(channel)]), means[channel]].map((value) => h("td", { class: "number" }, tidy(value)))));
  const heads = ["colour", "size", "smallest", "largest", "mean"].map((name, index) => h("th", { class: index ? "number" : null }, t(`image.head.${name}`)));
  return h("table", {}, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, rows));
}

function tidy(value) {
  return Number(value.toPrecision(5));
}

/** What the numbers depend on. */
function keyOf(state, picture) {
  return JSON.stringify([layerOf(state), state.kernel, state.weight, pictureNumber(picture)]);
}

const numbersOfPictures = new WeakMap();
let pictures = 0;

function pictureNumber(picture) {
  if (!numbersOfPictures.has(picture)) numbersOfPictures.set(picture, (pictures += 1));
  return numbersOfPictures.get(picture);
}
