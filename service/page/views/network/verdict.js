/** What is said of the network first: whether it is sound, and what it costs in all. */

import { h, refill } from "../../dom.js";
import { number, t } from "../../texts.js";
import { shapeText } from "./stacks.js";

const TOTALS = ["parameters", "macs", "flops", "activation_bytes", "peak_activation_bytes"];

/** `{ element, show(report), wait(), refuse(text) }` */
export function verdict() {
  const word = h("p", { class: "word", role: "status" });
  const totals = h("dl", { class: "totals" });
  const element = h("section", { class: "verdict card" }, word, totals);
  const say = (kind, text) => {
    element.className = `verdict card ${kind}`;
    word.textContent = text;
  };
  return {
    element,
    show(report) {
      const errors = report.diagnostics.filter(({ severity }) => severity === "error").length;
      const key = report.valid ? "network.valid" : errors === 1 ? "network.wrongOne" : "network.wrong";
      say(report.valid ? "good" : "bad", t(key, { count: errors }));
      const sums = TOTALS.map((name) => [name, number(report.totals?.[name])]);
      refill(totals, [["output", shapeText(report.output_shape)], ["layers", number(report.layers.length)], ...sums].map(([name, value]) => h("div", {}, h("dt", {}, t(`network.total.${name}`)), h("dd", {}, value))));
    },
    /** The answer takes a while. */
    wait() {
      say("", t("network.waiting"));
    },
    refuse(text) {
      say("bad", text);
      refill(totals);
    },
  };
}
