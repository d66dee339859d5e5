/** The question at hand as text to take away: one tab a language, and a button that copies. */

import { freshId, h, refill } from "../dom.js";
import { t } from "../texts.js";

/** `show(texts)` takes pairs of a title and a text; a text may be null where there is none. */
export function copyAs() {
  const id = freshId("copy");
  let texts = [];
  let chosen = 0;
  const tabs = h("div", { role: "tablist", "aria-label": t("copy.title") });
  const code = h("code");
  const button = h("button", { type: "button", class: "do-copy", onclick: copy }, t("copy.copy"));
  const panel = h("div", { class: "code", role: "tabpanel", id: `${id}-panel`, "aria-label": t("copy.title") }, h("pre", { tabindex: 0 }, code));
  const element = h("section", { class: "copy card" }, h("h2", {}, t("copy.title")), h("div", { class: "row" }, tabs, button), panel);

  async function copy() {
    await navigator.clipboard.writeText(texts[chosen][1]);
    button.textContent = t("copy.copied");
    setTimeout(() => (button.textContent = t("copy.copy")), 1500);
  }

  function choose(index) {
    chosen = index;
    reflect();
    tabs.children[index].focus();
  }

  function byKey(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) choose((chosen + step + texts.length) % texts.length);
  }

  function reflect() {
    refill(tabs, texts.map(([title], index) => h("button", { type: "button", role: "tab", id: `${id}-tab-${index}`, "aria-controls": `${id}-panel`, "aria-selected": String(index === chosen), tabindex: index === chosen ? 0 : -1, onclick: () => choose(index), onkeydown: byKey }, title)));
    code.textContent = texts[chosen]?.[1] ?? "";
  }

  return {
    element,
    show(pairs) {
      texts = pairs.filter(([, text]) => text);
      chosen = Math.min(chosen, texts.length - 1);
      if (code.textContent !== texts[chosen]?.[1] || tabs.children.length !== texts.length) reflect();
    },
  };
}
