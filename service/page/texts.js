/** The texts of the page: one table a language, the same keys in each. */

export const LANGUAGES = { en: "English", zh: "中文" };

const KEPT = "padstride-language";
let table = {};
let chosen = "en";

/** The language that was chosen here before, or the first of the browser's that there is. */
export function preferredLanguage() {
  const kept = localStorage.getItem(KEPT);
  const wanted = [kept, ...navigator.languages].filter(Boolean).map((name) => name.slice(0, 2).toLowerCase());
  return wanted.find((name) => name in LANGUAGES) ?? "en";
}

/** Loads a language's texts and makes it the page's. */
export async function useLanguage(name) {
  table = (await import(`./texts/${name}.js`)).default;
  chosen = name;
  document.documentElement.lang = name === "zh" ? "zh-Hans" : name;
}

/** Keeps the choice for the next visit. */
export function keepLanguage(name) {
  localStorage.setItem(KEPT, name);
}

export function language() {
  return chosen;
}

/** A text, its `{holes}` filled with values. */
export function t(key, values = {}) {
  const text = table[key];
  if (text === undefined) throw new Error(`there is no text ${key}`);
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** A number as people write it: 1,234,567. */
export function number(value) {
  return value === null || value === undefined ? "–" : value.toLocaleString("en");
}
