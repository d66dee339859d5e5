/** The question of a lesson: what is typed is judged by the service, with the reason. */

import { ask } from "../../api.js";
import { h, prose, refill } from "../../dom.js";
import { t } from "../../texts.js";
import { judged } from "./questions.js";

/** `{ element, show(answer) }`; `answer(value)` is called when one is given, `solved()` when the service agrees. */
export function questionCard(lesson, { answer, solved }) {
  const { question } = lesson;
  const field = h("input", { type: "number", inputmode: "numeric", step: 1, required: true, id: "lesson-answer", autocomplete: "off" });
  const verdict = h("div", { class: "verdict", role: "status" });
  const form = h("form", { class: "row" }, field, h("button", { class: "primary" }, t("learn.check")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    answer(Number(field.value));
  });
  let judging = null;

  async function show(value) {
    if (judging === value) return;
    judging = value;
    refill(verdict);
    verdict.className = "verdict";
    if (value === null) return;
    field.value = value;
    try {
      const result = await judged(question, value, ask);
      if (judging !== value) return;
      verdict.classList.add(result.right ? "right" : "wrong");
      refill(verdict, explained(lesson, value, result));
      if (result.right) solved();
    } catch (error) {
      if (!error.errors) throw error;
      verdict.classList.add("wrong");
      refill(verdict, h("p", {}, prose(error.errors[0]?.message ?? error.message)));
    }
  }

  const element = h("section", { class: "card question" }, h("h3", {}, t("learn.question")), h("label", { for: "lesson-answer" }, t(`learn.${lesson.name}.question`)), form, verdict);
  return { element, show };
}

/** The verdict, the service's formula, and why. */
function explained({ name, question }, answer, result) {
  if (result.right) return [h("p", {}, h("b", {}, t("learn.right")), " ", t(`learn.${name}.right`)), formula(result)];
  return [h("p", {}, h("b", {}, t("learn.wrong")), " ", WRONG[question.kind](question, answer, result)), formula(result), h("p", {}, instead(answer, result))];
}

const WRONG = {
  size: (_, answer, { size }) => t("learn.wrongSize", { answer, size }),
  padding: ({ wanted }, answer, { size }) => t("learn.wrongPadding", { answer, size, wanted }),
  field: (_, answer, { seen }) => t("learn.wrongField", { seen: seen.join(", ") }),
};

function formula({ formula: text, seen }) {
  return text ? h("p", { class: "formula" }, text) : seen ? h("p", { class: "formula" }, seen.join(" → ")) : null;
}

/** For which other question the answer would have been right. */
function instead(answer, { padding, outputPadding, reason, layers }) {
  if (padding && outputPadding) return t("learn.insteadOutput", { answer, padding: padding[0], output: outputPadding });
  if (padding && !padding.some(Boolean)) return t("learn.insteadNone", { answer });
  if (padding) return padding[0] === padding[1] ? t("learn.insteadPadding", { answer, padding: padding[0] }) : t("learn.insteadSides", { answer, before: padding[0], after: padding[1] });
  if (layers) return t("learn.insteadLayers", { answer, layers });
  return reason ? t("learn.insteadNever", { reason }) : "";
}
