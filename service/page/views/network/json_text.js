/** The text of a JSON body: written with a layer a line, where each part of it stands, and changed by a JSON Patch. */

/** A body as text: its members a line each, its layers too. */
export function written(body) {
  const members = Object.entries(body).map(([name, value]) => `  ${JSON.stringify(name)}: ${name === "layers" && Array.isArray(value) ? listed(value) : inline(value)}`);
  return `{\n${members.join(",\n")}\n}\n`;
}

function listed(layers) {
  return layers.length ? `[\n${layers.map((layer) => `    ${inline(layer)}`).join(",\n")}\n  ]` : "[]";
}

/** A value on one line, with room after commas and colons. */
export function inline(value) {
  if (Array.isArray(value)) return `[${value.map(inline).join(", ")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${inline(member)}`).join(", ")}}`;
}

/** The first and the last offset of each value by its JSON Pointer; of a member with its name. The text is JSON. */
export function spansOf(text) {
  const spans = new Map();
  let at = 0;
  const blank = () => {
    while (/\s/.test(text[at])) at += 1;
  };
  const plain = (pattern) => {
    pattern.lastIndex = at;
    const [found] = pattern.exec(text);
    at += found.length;
    return found;
  };
  const string = () => JSON.parse(plain(/"(?:[^"\\]|\\.)*"/y));
  function value(pointer, begin = at) {
    if (text[at] === "{") inside("}", ({ name, begin }) => value(`${pointer}/${escaped(name)}`, begin));
    else if (text[at] === "[") inside("]", (_, index) => value(`${pointer}/${index}`));
    else if (text[at] === '"') string();
    else plain(/[^\s,\]}]+/y);
    spans.set(pointer, [begin, at]);
  }
  function inside(end, each) {
    at += 1;
    blank();
    for (let index = 0; text[at] !== end; index += 1) {
      const begin = at;
      const name = end === "}" ? string() : null;
      if (end === "}") {
        blank();
        at += 1;
        blank();
      }
      each({ name, begin }, index);
      blank();
      if (text[at] === ",") at += 1;
      blank();
    }
    at += 1;
  }
  blank();
  value("");
  return spans;
}

/** The span of a pointer, or of the nearest that holds it. */
export function spanOf(spans, pointer) {
  for (let path = pointer; path; path = path.slice(0, path.lastIndexOf("/"))) if (spans.has(path)) return spans.get(path);
  return null;
}

function escaped(name) {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** A body with a JSON Patch applied to it (RFC 6902); the body given stays as it is. */
export function patched(body, patch) {
  const whole = { "": structuredClone(body) };
  const at = (pointer) => {
    const path = ["", ...pointer.split("/").slice(1).map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))];
    const last = path.pop();
    return [path.reduce((value, name) => value[name], whole), last];
  };
  const acts = {
    test() {},
    add([holder, name], value) {
      if (!Array.isArray(holder)) holder[name] = value;
      else holder.splice(name === "-" ? holder.length : Number(name), 0, value);
    },
    remove([holder, name]) {
      if (Array.isArray(holder)) holder.splice(Number(name), 1);
      else delete holder[name];
    },
    replace: ([holder, name], value) => (holder[name] = value),
  };
  for (const { op, path, from, value } of patch) {
    if (op !== "move" && op !== "copy") acts[op](at(path), value);
    else {
      const [holder, name] = at(from);
      const moved = structuredClone(holder[name]);
      if (op === "move") acts.remove([holder, name]);
      acts.add(at(path), moved);
    }
  }
  return whole[""];
}
