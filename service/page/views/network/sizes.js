/** Which input sizes a network accepts, as words and as strips. */

import { h, prose, refill, s } from "../../dom.js";
import { t } from "../../texts.js";
import { diagnosticList } from "../../widgets/diagnostics.js";

const MOST_BLOCKS = 12;
const LENGTH = 512;

/** `{ element, show(question), clear() }`; `apply(sizes)` gives the input other sizes. */
export function inputSizes({ latest, apply }) {
  const element = h("div", { class: "stack sizes", "aria-live": "polite" });
  let asked = "";
  return {
    element,
    /** Forgets the question, as soon as the network is another. */
    clear() {
      latest.stop();
      asked = "";
      refill(element);
    },
    async show(question) {
      if (asked === JSON.stringify(question)) return;
      asked = JSON.stringify(question);
      if (!question) return refill(element, h("p", { class: "quiet" }, t("network.noSizes")));
      refill(element, h("p", { class: "quiet" }, t("network.asking")));
      try {
        const answer = await latest.run((ask) => ask("/v1/networks/input-sizes", question));
        if (typeof answer === "symbol") asked = "";
        else refill(element, sizesOf(answer, question.input_size, apply));
      } catch (error) {
        asked = "";
        if (!error.errors) throw error;
        refill(element, error.errors.length ? diagnosticList(error.errors) : h("p", { class: "failure" }, error.message));
      }
    },
  };
}

function sizesOf({ axes, coupled, combinations, diagnostics }, current, apply) {
  return [
    axes.map((axis, index) => axisSizes(axis, index, current?.[index], axes.length)),
    nearest(axes, current, apply),
    coupled ? h("p", {}, t("network.coupled")) : null,
    combinations?.length ? h("ul", { class: "blocks" }, combinations.slice(0, MOST_BLOCKS).map((block) => h("li", {}, block.map(runText).join(" × ")))) : null,
    combinations?.length > MOST_BLOCKS ? h("p", { class: "quiet" }, t("network.more", { count: combinations.length - MOST_BLOCKS })) : null,
    diagnosticList(diagnostics),
  ];
}

function axisSizes({ rule, accepted }, index, current, count) {
  const runs = accepted.map(([first, last]) => s("rect", { class: "run", x: first - 1, y: 6, width: Math.max(last - first + 1, 1), height: 12 }));
  const fits = accepted.some(([first, last]) => first <= current && current <= last);
  const now = current === undefined ? null : s("path", { class: fits ? "now" : "now wrong", d: `M${Math.min(current, LENGTH) - 0.5} 0v24` });
  return h(
    "figure",
    {},
    h("figcaption", {}, count > 1 ? `${t("network.axis", { axis: index })} ` : null, h("b", {}, prose(rule)), current === undefined ? null : ` · ${t(fits ? "network.fits" : "network.fitsNot", { size: current })}`),
    h("div", { class: "strip" }, s("svg", { viewBox: `0 0 ${LENGTH} 24`, preserveAspectRatio: "none", "aria-hidden": "true" }, s("rect", { class: "all", x: 0, y: 6, width: LENGTH, height: 12 }), runs, now), h("span", { class: "number", "aria-hidden": "true" }, 1), h("span", { class: "number", "aria-hidden": "true" }, LENGTH)),
  );
}

/** Buttons for the accepted sizes next to the ones there are. */
function nearest(axes, current, apply) {
  const offers = ["below", "above"].map((side) => axes.map((axis) => axis.nearest?.[side] ?? null)).filter((sizes) => !sizes.includes(null) && String(sizes) !== String(current));
  if (!offers.length) return null;
  const different = offers.filter((sizes, index) => offers.findIndex((other) => String(other) === String(sizes)) === index);
  return h("p", { class: "row" }, different.map((sizes) => h("button", { type: "button", onclick: () => apply(sizes) }, t("network.useSize", { size: sizes.join(" × ") }))));
}

function runText([first, last]) {
  return first === last ? `${first}` : `${first}–${last}`;
}
