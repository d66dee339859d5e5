/** What each layer costs, as bars. */

import { h } from "../../dom.js";
import { number, t } from "../../texts.js";
import { buttonsField } from "../../widgets/fields.js";

export const COSTS = ["parameters", "macs", "activation_bytes"];

/** `{ element, show(report, cost, chosen) }`; `change(cost)` and `choose(name)` are called when somebody chooses. */
export function costBars({ change, choose }) {
  const which = buttonsField({ label: t("network.cost"), options: COSTS.map((cost) => [cost, t(`network.cost.${cost}`)]), change });
  const bars = h("ol", { class: "bars tall", tabindex: 0, "aria-label": t("network.costs") });
  return {
    element: h("div", { class: "stack-close" }, which.element, bars),
    show(report, cost, chosen) {
      which.show(cost);
      const costly = report.layers.filter((layer) => layer[cost]);
      const most = Math.max(...costly.map((layer) => layer[cost]));
      bars.replaceChildren(...(costly.length ? costly.map((layer) => bar(layer, layer[cost], most, layer.name === chosen, choose)) : [h("li", { class: "quiet" }, t("network.noCost"))]));
    },
  };
}

function bar({ name, type }, value, most, chosen, choose) {
  const length = h("span", { class: "bar" });
  length.style.width = `${(100 * value) / most}%`;
  return h("li", { class: chosen ? "chosen" : null }, h("button", { type: "button", class: "go", title: type, onclick: () => choose(name) }, name), h("span", { class: "track", "aria-hidden": "true" }, length), h("span", { class: "number" }, number(value)));
}
