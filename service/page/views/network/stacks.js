/** The layers of a report as what is drawn: stacks of layers, the tensors between them, and groups by their names. */

const LIGHT = /relu|elu|silu|swish|sigmoid|tanh|softmax|softplus|activation|norm|dropout|identity|mish|cast/i;
const KINDS = [
  ["join", /concat|^add|add$|multiply|^sub|mul$|sum|stack|einsum|matmul|attention/i],
  ["pool", /pool|reduce/i],
  ["resize", /upsample|resize|shuffle|transpose\dd|Conv\dDTranspose|ConvTranspose|interpolate|unpool/i],
  ["conv", /conv/i],
  ["linear", /linear|dense|gemm|embedding/i],
  ["light", LIGHT],
];

/** What a layer is drawn as: `conv`, `pool`, `join`, ... */
export function kindOf(type) {
  return KINDS.find(([, pattern]) => pattern.test(type))?.[0] ?? "other";
}

/** `{ items, edges }`: an item is a stack of layers, an input or an output; an edge leads from a tensor to a stack.
 *
 * A layer that keeps its only input's shape and is its only reader, such as an activation, stands below it.
 */
export function stacksOf(report) {
  const { layers } = report;
  const indexOf = new Map(layers.map((layer, index) => [layer.name, index]));
  const maker = (name) => indexOf.get(name) ?? indexOf.get(/^(.*):\d+$/.exec(name ?? "")?.[1]);
  const outputs = report.output_shapes ? Object.keys(report.output_shapes) : layers.slice(-1).map((layer) => layer.name);
  const readers = layers.map(() => 0);
  for (const name of [...layers.flatMap((layer) => layer.inputs ?? []), ...outputs]) if (maker(name) !== undefined) readers[maker(name)] += 1;
  const items = [];
  const itemOf = new Map();
  layers.forEach((layer, index) => {
    const before = layer.inputs?.length === 1 ? maker(layer.inputs[0]) : undefined;
    const same = before < index && readers[before] === 1 && kindOf(layer.type) === "light" && JSON.stringify(layer.output_shape) === JSON.stringify(layers[before].output_shape);
    if (same) itemOf.get(before).layers.push(index);
    else items.push({ kind: kindOf(layer.type), layers: [index] });
    itemOf.set(index, same ? itemOf.get(before) : items.at(-1));
  });
  const edges = [];
  const inputs = new Map();
  const connect = (name, shape, to) => {
    const from = itemOf.get(maker(name)) ?? inputs.get(name) ?? inputs.set(name, { kind: "input", layers: [], name, shape }).get(name);
    if (from !== to) edges.push({ from, to, shape });
  };
  items.forEach((item) => layers[item.layers[0]].inputs?.forEach((name, slot) => name !== null && connect(name, layers[item.layers[0]].input_shapes[slot] ?? null, item)));
  outputs.forEach((name) => {
    const item = { kind: "end", layers: [], name, shape: shapeOf(name, report, maker(name)) };
    items.push(item);
    connect(name, item.shape, item);
  });
  return { items: [...inputs.values(), ...items], edges };
}

function shapeOf(name, report, index) {
  return report.output_shapes?.[name] ?? report.layers[index]?.output_shape ?? null;
}

/** The names that a layer's name begins with: `layer1.0.conv1` has `layer1` and `layer1.0`. */
export function prefixesOf(name) {
  const prefixes = [];
  for (let at = name.search(/[./]/); at > 0; at = nextBreak(name, at)) prefixes.push(name.slice(0, at));
  return prefixes;
}

function nextBreak(name, at) {
  const next = name.slice(at + 1).search(/[./]/);
  return next < 0 ? -1 : at + 1 + next;
}

/** A shape as it is written beside an edge. */
export function shapeText(shape) {
  return shape === null ? "?" : shape.map((size) => size ?? "?").join(" × ");
}
