/** The frame of the page: which view is shown, its state in the address, the language and the theme. */

import { addressOf, readAddress, stateOf } from "./address.js";
import { keepKey, onAnswer } from "./api.js";
import { h, refill } from "./dom.js";
import { keepLanguage, LANGUAGES, language, preferredLanguage, t, useLanguage } from "./texts.js";

const VIEWS = ["layer", "compare", "solve", "network", "image", "learn"];
const THEMES = ["system", "light", "dark"];
const THEME = "padstride-theme";

/** `address` is what the browser shows, `settled` what the back button returns to. */
const shown = { name: "", module: null, view: null, state: null, address: null, settled: "", written: Promise.resolve() };
const at = (id) => document.getElementById(id);

/** Shows what the address says. */
async function follow() {
  if (location.hash === shown.address) return;
  const address = (shown.address = shown.settled = location.hash);
  const { view, query } = readAddress();
  const name = VIEWS.includes(view) ? view : VIEWS[0];
  const module = await import(`./views/${name}.js`);
  const state = await stateOf(query, module.defaults);
  if (address !== shown.address) return; // another was asked for meanwhile
  if (name !== shown.name) open(name, module, state);
  else {
    shown.state = state;
    shown.view.show(state);
  }
}

function open(name, module, state) {
  shown.view?.close?.();
  Object.assign(shown, { name, module, state });
  document.title = `${t(`view.${name}`)} · Padstride`;
  for (const link of at("views").children) {
    if (link.hash === `#/${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const root = h("div", { class: `view ${name}` });
  refill(at("view"), root);
  shown.view = module.mount(root, { change });
  shown.view.show(state);
}

/** Changes the state of the view that is shown.
 *
 * With `push` the state before can be reached by the back button; without, as while dragging, it is replaced.
 */
function change(patch, { push = false } = {}) {
  const { name, module } = shown;
  const state = (shown.state = { ...shown.state, ...patch });
  shown.view.show(state);
  const address = addressOf(name, state, module.defaults);
  shown.written = shown.written.then(async () => name === shown.name && write(await address, push));
  return shown.written;
}

/** What was shown while dragging is forgotten: the step back leads to what was there before. */
function write(address, push) {
  const leaves = push && address !== shown.settled;
  if (leaves && shown.address !== shown.settled) history.replaceState(null, "", shown.settled || "#/");
  if (leaves) history.pushState(null, "", address);
  else if (address !== shown.address) history.replaceState(null, "", address);
  shown.address = address;
  if (push) shown.settled = address;
}

function showFrame() {
  at("skip").textContent = t("app.skip");
  at("skip").onclick = skip;
  at("views").setAttribute("aria-label", t("app.views"));
  refill(at("views"), VIEWS.map((name) => h("a", { href: `#/${name}` }, t(`view.${name}`))));
  refill(at("preferences"), languageChoice(), themeChoice());
  refill(at("bottom"), h("span", { id: "latency", "aria-live": "off" }), h("a", { href: "/docs" }, t("app.api")), h("span", {}, t("app.honest")));
}

/** To the content, without another address: that holds the state. */
function skip(event) {
  event.preventDefault();
  at("view").focus();
}

function languageChoice() {
  const select = h("select", { "aria-label": t("app.language"), onchange: () => translate(select.value) });
  select.append(...Object.entries(LANGUAGES).map(([name, title]) => h("option", { value: name, selected: name === language() }, title)));
  return select;
}

async function translate(name) {
  keepLanguage(name);
  await useLanguage(name);
  showFrame();
  open(shown.name, shown.module, shown.state);
}

function themeChoice() {
  const kept = localStorage.getItem(THEME) ?? THEMES[0];
  const select = h("select", { "aria-label": t("app.theme"), onchange: () => useTheme(select.value) });
  select.append(...THEMES.map((name) => h("option", { value: name, selected: name === kept }, t(`theme.${name}`))));
  return select;
}

function useTheme(name) {
  localStorage.setItem(THEME, name);
  document.documentElement.dataset.theme = name;
}

function tell({ path, milliseconds, status }) {
  const latency = at("latency");
  if (latency) latency.textContent = t("app.latency", { path, milliseconds: milliseconds.toFixed(1) });
  if (status === 401) askForKey();
}

/** Asks for an API key, where the service wants one. */
function askForKey() {
  if (at("key")) return;
  const field = h("input", { id: "key-value", type: "password", autocomplete: "off", required: true });
  const form = h("form", { id: "key", class: "key card" }, h("label", { for: "key-value" }, t("app.key")), field, h("button", { class: "primary" }, t("app.useKey")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    keepKey(field.value);
    form.remove();
    shown.view.show(shown.state);
  });
  at("view").prepend(form);
  field.focus();
}

document.documentElement.dataset.theme = localStorage.getItem(THEME) ?? THEMES[0];
await useLanguage(preferredLanguage());
showFrame();
onAnswer(tell);
addEventListener("hashchange", follow);
addEventListener("popstate", follow);
await follow();
