/** The network as files, and as questions to copy. */

import { asCurl, asPython } from "../../code/requests.js";
import { h } from "../../dom.js";
import { t } from "../../texts.js";
import { asCsv } from "./table.js";

const FILE = "model.py";

const COLOURS = ["paper", "card", "sunk", "line", "ink", "soft", "accent", "wash", "input", "input-ink", "window", "window-ink", "output", "output-ink", "padding", "padding-ink", "error", "error-wash", "warning", "good"];

/** Buttons that save what is shown: the report, the table, the drawing. */
export function downloads({ report, graph }) {
  const button = (text, make) => h("button", { type: "button", onclick: async () => save(...(await make())) }, text);
  return h(
    "div",
    { class: "row" },
    h("span", { class: "quiet" }, t("network.download")),
    button("JSON", () => ["network.json", JSON.stringify(report(), null, 2), "application/json"]),
    button("CSV", () => ["network.csv", asCsv(report()), "text/csv"]),
    button("SVG", async () => ["network.svg", await drawn(graph), "image/svg+xml"]),
  );
}

function save(name, text, type) {
  const link = h("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** The drawing with its style in it, in the colours of the page. */
async function drawn(graph) {
  const picture = graph.whole();
  const style = getComputedStyle(document.documentElement);
  const probe = document.body.appendChild(h("span", { hidden: true }));
  const colour = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const variables = COLOURS.map((name) => `--${name}: ${colour(name)};`).join(" ");
  probe.remove();
  const rules = (await (await fetch("/page/style/graph.css")).text()).replace(/\/\*.*?\*\//gs, "");
  const sheet = document.createElementNS(picture.namespaceURI, "style");
  sheet.textContent = `.graph { ${variables} --sans: ${style.getPropertyValue("--sans")}; --mono: ${style.getPropertyValue("--mono")}; background: var(--card); }\n${rules}`;
  picture.prepend(sheet);
  return new XMLSerializer().serializeToString(picture);
}

/** A command that posts a file. */
function asForm(path, { source, ...model }, others) {
  const request = { ...others, ...(Object.keys(model).length ? { model } : {}) };
  return `curl -s ${location.origin}${path} -F model=@${FILE} -F 'request=${JSON.stringify(request).replaceAll("'", "'\\''")}'`;
}

/** The questions to copy; a source is in a file. */
export function questions({ question, sizes }) {
  const { model, ...others } = question;
  const path = "/v1/networks/validate";
  const pairs = model ? [["curl", asForm(path, model, others)], ["Python", asPython(path, question).replace(JSON.stringify(model.source), `open("${FILE}").read()`)]] : [["curl", asCurl(path, question)], ["Python", asPython(path, question)]];
  return [...pairs, [t("network.sizesCurl"), sizes ? asCurl("/v1/networks/input-sizes", sizes) : null]];
}
