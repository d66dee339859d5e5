/** Parts of a page of which one is shown. */

import { freshId, h } from "../../dom.js";
import { t } from "../../texts.js";

/** `parts` are pairs of a name and an element; `change(name)` is called when another is chosen. */
export function tabs({ label, parts, change }) {
  const id = freshId("tabs");
  const names = parts.map(([name]) => name);
  let shown = 0;
  const buttons = names.map((name, index) => h("button", { type: "button", role: "tab", id: `${id}-${name}`, "aria-controls": `${id}-${name}-panel`, onclick: () => change(name), onkeydown: byKey }, t(`network.part.${names[index]}`)));
  const panels = parts.map(([name, element]) => h("div", { role: "tabpanel", id: `${id}-${name}-panel`, "aria-labelledby": `${id}-${name}` }, element));

  function byKey(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = (shown + step + names.length) % names.length;
    change(names[next]);
    buttons[next].focus();
  }

  return {
    element: h("div", { class: "tabs" }, h("div", { role: "tablist", class: "row", "aria-label": label }, buttons), panels),
    show(name) {
      shown = Math.max(names.indexOf(name), 0);
      buttons.forEach((button, index) => {
        button.setAttribute("aria-selected", String(index === shown));
        button.tabIndex = index === shown ? 0 : -1;
        panels[index].hidden = index !== shown;
      });
    },
  };
}
