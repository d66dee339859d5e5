/** What the service finds: the fact, what to do, where to read more, and changes to apply. */

import { h, prose } from "../dom.js";
import { t } from "../texts.js";

/** A list of diagnostics; `apply(fix)` is called for a change that somebody chooses, if given. */
export function diagnosticList(diagnostics, { apply } = {}) {
  return h("ul", { class: "diagnostics" }, diagnostics.map((diagnostic) => h("li", { class: `diagnostic ${diagnostic.severity}` }, diagnosticParts(diagnostic, apply))));
}

/** The parts of one diagnostic. */
export function diagnosticParts(diagnostic, apply) {
  const { severity, name, code, url, message, help, fixes = [], consequences = [] } = diagnostic;
  const more = h("a", { href: url, target: "_blank", rel: "noopener", title: t("diagnostics.more", { name }) }, name);
  return [
    h("p", { class: "code" }, `${t(`diagnostics.${severity}`)} ${code} · `, more),
    h("p", {}, prose(message)),
    help ? h("p", { class: "quiet" }, prose(help)) : null,
    consequences.length ? h("ul", {}, consequences.map((each) => h("li", {}, prose(each.message)))) : null,
    apply && fixes.length ? h("div", { class: "fixes" }, fixes.map((fix) => h("button", { type: "button", onclick: () => apply(fix) }, prose(t("diagnostics.apply", { title: fix.title }))))) : null,
  ];
}
