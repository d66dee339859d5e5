/** Elements made in one expression, without markup in strings. */

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element: `h("p", { class: "note", onclick: act }, "text", other)`. */
export function h(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** An SVG element. */
export function s(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) set(element, name, value);
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Functions become listeners, true and false the presence of an attribute; null and undefined are left out. */
function set(element, name, value) {
  if (typeof value === "function") element.addEventListener(name.slice(2), value);
  else if (value === true) element.setAttribute(name, "");
  else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
}

/** Puts other children into an element. What stays is not moved, so that it keeps the focus; what has an id gives it to
 * its successor. */
export function refill(element, ...children) {
  const focused = element.contains(document.activeElement) ? document.activeElement.id : "";
  const shown = children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
  const nodes = shown.map((child) => (child instanceof Node ? child : document.createTextNode(child)));
  const staying = new Set(nodes);
  for (const child of [...element.childNodes]) if (!staying.has(child)) child.remove();
  nodes.forEach((node, index) => element.childNodes[index] === node || element.insertBefore(node, element.childNodes[index] ?? null));
  if (focused && !element.contains(document.activeElement)) element.querySelector(`#${CSS.escape(focused)}`)?.focus();
}

let count = 0;

/** An id that no other element has. */
export function freshId(stem) {
  count += 1;
  return `${stem}-${count}`;
}

/** A text with its `code` in backticks as code. */
export function prose(text) {
  return text.split(/`([^`]+)`/).map((part, index) => (index % 2 ? h("code", {}, part) : part));
}
