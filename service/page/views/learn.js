/** Six short lessons: what a layer does to sizes, each with a question that the service judges. */

import { addressOf } from "../address.js";
import { Latest } from "../api.js";
import { h, prose, refill } from "../dom.js";
import { t } from "../texts.js";
import { copyAs } from "../widgets/copy_as.js";
import { buttonsField, checkField, numberField } from "../widgets/fields.js";
import { defaults as layerDefaults } from "./layer.js";
import { writer } from "./layer/written.js";
import { stackTexts } from "./learn/code.js";
import { lessonDrawing } from "./learn/drawing.js";
import { lessonOf, LESSONS } from "./learn/lessons.js";
import { forgetSolved, keepSolved, solvedLessons } from "./learn/progress.js";
import { questionCard } from "./learn/question.js";
import { layerState, valuesOf } from "./learn/questions.js";

export const defaults = { lesson: LESSONS[0].name, values: {}, chosen: null, answer: null };

export function mount(root, { change }) {
  const latest = new Latest();
  const body = h("div");
  const steps = lessonSteps();
  const progress = h("p", { class: "quiet", role: "status" });
  const again = h("button", { type: "button", onclick: () => { forgetSolved(); showProgress(); } }, t("learn.again"));
  let lesson = null;
  let parts = null;

  root.append(h("header", {}, h("h1", {}, t("learn.title")), h("p", {}, t("learn.lead"))), steps.element, body, h("div", { class: "row progress" }, progress, again));

  function go(name) {
    change({ ...defaults, lesson: name }, { push: true });
    parts.title.focus();
    scrollTo({ top: 0 });
  }

  function showProgress() {
    const solved = solvedLessons();
    steps.show(lesson, solved);
    progress.textContent = t(solved.length === LESSONS.length ? "learn.done" : "learn.progress", { solved: solved.length, all: LESSONS.length });
    again.hidden = solved.length === 0;
  }

  function open(chosen) {
    parts?.stop();
    lesson = chosen;
    parts = lessonParts(lesson, latest, { change, go, solved: () => { keepSolved(lesson.name); showProgress(); } });
    refill(body, parts.element);
    showProgress();
  }

  return {
    show(state) {
      const chosen = lessonOf(state.lesson);
      if (chosen !== lesson) open(chosen);
      return parts.show(state);
    },
    close() {
      parts?.stop();
      latest.stop();
    },
  };
}

/** The lessons in a row; with the arrow keys one goes from one to the next. */
function lessonSteps() {
  const links = LESSONS.map(({ name }, index) => h("a", { href: index ? `#/learn?lesson=${name}` : "#/learn", onkeydown: (event) => move(event, index) }, h("span", { class: "mark", "aria-hidden": "true" }, index + 1), t(`learn.${name}.title`), h("span", { class: "only-read" })));
  function move(event, index) {
    const next = links[index + ({ ArrowRight: 1, ArrowLeft: -1 }[event.key] ?? NaN)];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.click();
  }
  return {
    element: h("nav", { class: "steps", "aria-label": t("learn.lessons") }, h("ol", {}, links.map((link) => h("li", {}, link)))),
    show(lesson, solved) {
      links.forEach((link, index) => {
        const { name } = LESSONS[index];
        const isSolved = solved.includes(name);
        if (name === lesson.name) link.setAttribute("aria-current", "step");
        else link.removeAttribute("aria-current");
        link.classList.toggle("solved", isSolved);
        link.firstChild.textContent = isSolved ? "✓" : index + 1;
        link.lastChild.textContent = isSolved ? ` (${t("learn.solved")})` : "";
      });
    },
  };
}

/** One lesson: its sentences, its drawing with knobs, its question, and the ways on. */
function lessonParts(lesson, latest, { change, go, solved }) {
  const at = LESSONS.indexOf(lesson);
  let state = defaults;
  const set = (patch, how) => change({ values: { ...state.values, ...patch } }, how);
  const drawing = lessonDrawing(latest, { choose: (chosen) => change({ chosen }), edit: (patch) => set(patch, { push: true }) });
  const knobs = Object.fromEntries(Object.entries(lesson.knobs).map(([name, range]) => [name, knob(name, range, (value, how) => set(resized(name, value), how))]));
  const tries = Object.entries(lesson.tries).map(([name, values]) => h("button", { type: "button", onclick: () => change({ values, chosen: defaults.chosen }, { push: true }) }, t(`learn.${lesson.name}.try.${name}`)));
  const question = questionCard(lesson, { answer: (answer) => change({ answer }, { push: true }), solved });
  const link = h("a", {}, t("learn.openInLayer"));
  const title = h("h2", { tabindex: -1 }, t("learn.heading", { number: at + 1, title: t(`learn.${lesson.name}.title`) }));
  const [copy, write] = [copyAs(), writer()];
  const onward = h("div", { class: "row onward" }, way(at - 1, "learn.previous"), way(at + 1, "learn.next"));

  function way(index, key) {
    const other = LESSONS[index];
    return other ? h("button", { type: "button", class: key === "learn.next" ? "primary" : null, onclick: () => go(other.name) }, t(key, { title: t(`learn.${other.name}.title`) })) : null;
  }

  const sentences = Array.from({ length: lesson.sentences }, (_, index) => h("p", {}, prose(t(`learn.${lesson.name}.${index + 1}`))));
  const element = h(
    "article",
    { class: "lesson" },
    h("section", { class: "text" }, title, sentences, h("div", { class: "row chips tries" }, h("span", { class: "quiet" }, t("learn.try")), tries)),
    h("section", { class: "card stack touch" }, h("form", { class: "knobs", onsubmit: (event) => event.preventDefault() }, Object.values(knobs).map((field) => field.element)), drawing.element, h("p", {}, link)),
    h("div", { class: "asked stack" }, question.element, onward),
    h("div", { class: "taken" }, copy.element),
  );

  return {
    element,
    title,
    stop: drawing.stop,
    async show(shown) {
      state = { ...shown, chosen: placeOf(shown.chosen) };
      const values = valuesOf(lesson, state.values);
      for (const [name, field] of Object.entries(knobs)) field.show(values[name]);
      Object.values(lesson.tries).forEach((each, index) => tries[index].setAttribute("aria-pressed", String(same(valuesOf(lesson, each), values))));
      question.show(state.answer);
      link.href = await addressOf("layer", layerState(lesson, values, state.chosen), layerDefaults);
      const asked = await drawing.show(lesson, values, state.chosen);
      if (asked) copy.show(asked.network ? stackTexts(asked.network) : await write(asked));
    },
  };
}

/** The cell that an address names, or null. */
function placeOf(chosen) {
  return Array.isArray(chosen) && chosen.length > 0 && chosen.every(Number.isInteger) ? chosen : null;
}

function same(one, other) {
  return Object.keys(one).every((name) => one[name] === other[name]);
}

/** Numbers that were typed belong to the old size. */
function resized(name, value) {
  return { [name]: value, ...(name === "input_size" || name === "kind" ? { numbers: null } : {}), ...(name === "kernel_size" || name === "kind" ? { weight: null } : {}) };
}

/** A slider, a switch, or a choice. */
function knob(name, range, change) {
  const label = t(name === "kind" ? "field.type" : name === "layers" ? "learn.layers" : `field.${name}`);
  if (range === null) return checkField({ label, change });
  if (name === "kind") return buttonsField({ label, options: range.map((kind) => [kind, t(`kind.${kind}`)]), change });
  return numberField({ label, min: range[0], max: range[1], slider: true, change });
}
