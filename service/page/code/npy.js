/** Arrays as `.npy` files: what the service takes and gives where JSON would be long. */

const KINDS = {
  "|u1": Uint8Array, "|i1": Int8Array, "<u2": Uint16Array, "<i2": Int16Array, "<u4": Uint32Array, "<i4": Int32Array,
  "<u8": BigUint64Array, "<i8": BigInt64Array, "<f4": Float32Array, "<f8": Float64Array,
};
const MAGIC = "\x93NUMPY\x01\x00";
const BLOCK = 64; // bytes: the numbers begin at a multiple of it

/** A file of a typed array, row by row. */
export function npyFile({ data, shape }) {
  const kind = Object.keys(KINDS).find((name) => data instanceof KINDS[name]);
  const text = `{'descr': '${kind}', 'fortran_order': False, 'shape': (${shape.join(", ")}${shape.length === 1 ? "," : ""}), }`;
  const room = Math.ceil((MAGIC.length + 2 + text.length + 1) / BLOCK) * BLOCK - MAGIC.length - 2;
  const head = `${MAGIC}${String.fromCharCode(room % 256, room >> 8)}${text.padEnd(room - 1)}\n`;
  return new Blob([Uint8Array.from(head, (letter) => letter.charCodeAt(0)), data], { type: "application/x-npy" });
}

/** The array of a file: `{ data, shape }`. Throws where it is none that `npyFile` could have written. */
export function readNpy(buffer) {
  const bytes = new Uint8Array(buffer);
  const begins = String.fromCharCode(...bytes.subarray(0, MAGIC.length));
  const start = MAGIC.length + 2 + bytes[8] + 256 * bytes[9];
  const head = String.fromCharCode(...bytes.subarray(MAGIC.length + 2, start));
  const [, kind, order, sizes] = head.match(/'descr': '([^']+)', 'fortran_order': (\w+), 'shape': \(([\d, ]*)\)/) ?? [];
  if (begins !== MAGIC || !(kind in KINDS) || order !== "False") throw new Error(`not a file of plain numbers: ${head.trim()}`);
  return { data: new KINDS[kind](buffer.slice(start)), shape: sizes.split(",").filter((size) => size.trim()).map(Number) };
}
