/** The state of a view as the part of the address after `#`: `#/layer?kernel=[3,3]&stride=[2,2]`.
 *
 * What has its default is left out. Long texts are compressed.
 */

const LONG = 300;
const PACKED = "~";

/** A view's name and what the address says of its state. */
export function readAddress() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  return { view: path, query: new URLSearchParams(query) };
}

/** The address of a state. */
export async function addressOf(view, state, defaults) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(state)) {
    if (JSON.stringify(value) !== JSON.stringify(defaults[name])) query.set(name, await written(value));
  }
  const text = query.toString().replaceAll("%2C", ",").replaceAll("%5B", "[").replaceAll("%5D", "]").replaceAll("%7E", "~");
  return `#/${view}${text ? `?${text}` : ""}`;
}

/** The state that an address says; a value that cannot be read, or of another type than the default, is left out. */
export async function stateOf(query, defaults) {
  const state = { ...defaults };
  for (const [name, text] of query) {
    if (!(name in defaults)) continue;
    const value = await read(text, defaults[name]);
    if (value !== undefined) state[name] = value;
  }
  return state;
}

async function written(value) {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > LONG || text.startsWith(PACKED) ? PACKED + (await packed(text)) : text;
}

async function read(text, normal) {
  try {
    const plain = text.startsWith(PACKED) ? await unpacked(text.slice(1)) : text;
    if (typeof normal === "string") return plain;
    const value = JSON.parse(plain);
    return normal === null || isAlike(value, normal) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a value is built as the default is, so that what shows the one can show the other. */
function isAlike(value, normal) {
  if (typeof value !== typeof normal || Array.isArray(value) !== Array.isArray(normal)) return false;
  return !Array.isArray(normal) || !normal.length || (typeof normal[0] === "object" && !Array.isArray(normal[0])) || value.every((each) => isAlike(each, normal[0]));
}

async function packed(text) {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"))).text();
}
