/** Where the stacks of a network are drawn: rows by the longest path to each, straight chains, lanes for long edges. */

import { prefixesOf } from "./stacks.js";

export const WIDTH = 192;
export const HEAD = 42;
export const ROW = 22;
const GAP = 58;
const APART = 40;
const LANE = 36;
const SWEEPS = 6;
const SPINE = 1e6;

/** Adds places to the items, paths to the edges: `{ items, edges, groups, width, height }`. */
export function laidOut({ items, edges }, layers) {
  const links = new Map(items.map((item) => [item, { before: [], after: [] }]));
  for (const edge of edges) {
    links.get(edge.from).after.push(edge.to);
    links.get(edge.to).before.push(edge.from);
  }
  const rows = ranked(items, links);
  markSpine(items, links);
  order(rows, links);
  across(rows, links);
  down(rows);
  const lanes = laneEdges(edges, rows);
  const groups = grouped(items, edges, layers);
  return { items, edges, groups, lanes, ...bounds(items, edges, groups) };
}

/** Rows of items, each below all that lead to it; what nothing leads to stands just above its first reader. */
function ranked(items, links) {
  const waiting = new Map(items.map((item) => [item, links.get(item).before.length]));
  const ready = items.filter((item) => waiting.get(item) === 0);
  for (const item of items) item.rank = 0;
  const done = [];
  for (let item = ready.shift(); item; item = ready.shift()) {
    done.push(item);
    for (const next of links.get(item).after) {
      next.rank = Math.max(next.rank, item.rank + 1);
      waiting.set(next, waiting.get(next) - 1);
      if (waiting.get(next) === 0) ready.push(next);
    }
  }
  for (const item of done.reverse()) {
    const { before, after } = links.get(item);
    const lowest = Math.min(...after.map((next) => next.rank)) - 1;
    if (item.kind !== "input" && lowest > item.rank && (!before.length || isNearer(item, after, before))) item.rank = lowest;
  }
  const rows = [];
  for (const item of items) (rows[item.rank] ??= []).push(item);
  return rows.filter(Boolean).map((row, rank) => row.map((item) => Object.assign(item, { rank, height: HEAD + Math.max(item.layers.length - 1, 0) * ROW })));
}

/** Whether an item is listed nearer to its first reader than to what it reads. */
function isNearer(item, after, before) {
  const at = ({ layers }) => layers[0] ?? 0;
  return Math.min(...after.map(at)) - at(item) < at(item) - Math.max(...before.map(at));
}

/** The longest way through the network, which is kept straight. */
function markSpine(items, links) {
  const rest = new Map();
  for (const item of [...items].sort((a, b) => b.rank - a.rank)) rest.set(item, 1 + Math.max(0, ...links.get(item).after.filter((next) => next.rank > item.rank).map((next) => rest.get(next))));
  let item = items.filter(({ rank }) => rank === 0).sort((a, b) => rest.get(b) - rest.get(a))[0];
  while (item) {
    item.weight = SPINE;
    item = links.get(item).after.filter((next) => next.rank > item.rank).sort((a, b) => rest.get(b) - rest.get(a))[0];
  }
}

/** Orders each row by the middle of its neighbours', down and up again. */
function order(rows, links) {
  const place = () => rows.forEach((row) => row.forEach((item, index) => (item.order = index - (row.length - 1) / 2)));
  place();
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const side = sweep % 2 ? "after" : "before";
    for (const row of sweep % 2 ? [...rows].reverse() : rows) {
      const middle = new Map(row.map((item) => [item, mean(links.get(item)[side].map((other) => other.order)) ?? item.order]));
      row.sort((a, b) => middle.get(a) - middle.get(b));
      row.forEach((item, index) => (item.order = index - (row.length - 1) / 2));
    }
  }
}

/** Places each row as near as can be to its neighbours, in its order. */
function across(rows, links) {
  for (const row of rows) for (const item of row) item.x = item.weight === SPINE ? 0 : item.order * (WIDTH + APART);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const side = sweep % 2 ? "after" : "before";
    for (const row of sweep % 2 ? [...rows].reverse() : rows) fit(row, (item) => wish(item, links.get(item), side));
  }
  for (const row of rows) fit(row, (item) => wish(item, links.get(item), "before"));
}

function wish(item, { before, after }, side) {
  if (item.weight === SPINE) return 0;
  const near = side === "after" ? after : before;
  return mean((near.length ? near : [...before, ...after]).map((other) => other.x)) ?? item.x;
}

/** The places nearest to the wishes that keep the order and the room between items: pools of those that touch. */
function fit(row, wishOf) {
  const step = WIDTH + APART;
  const pools = [];
  row.forEach((item, index) => {
    const weight = item.weight ?? 1;
    let pool = { sum: weight * (wishOf(item) - index * step), weight, count: 1 };
    while (pools.length && pools.at(-1).sum / pools.at(-1).weight > pool.sum / pool.weight) {
      const last = pools.pop();
      pool = { sum: last.sum + pool.sum, weight: last.weight + pool.weight, count: last.count + pool.count };
    }
    pools.push(pool);
  });
  let index = 0;
  for (const { sum, weight, count } of pools) for (let left = count; left > 0; left -= 1, index += 1) row[index].x = Math.round(sum / weight + index * step);
}

function down(rows) {
  let y = 0;
  for (const row of rows) {
    const height = Math.max(...row.map((item) => item.height));
    for (const item of row) Object.assign(item, { y, bottom: y + height });
    y += height + GAP;
  }
}

/** Gives every edge its points. One that passes rows takes a lane beside what stands there; a tensor has one lane. */
function laneEdges(edges, rows) {
  const long = new Map();
  for (const edge of edges) if (edge.to.rank - edge.from.rank > 1) long.set(edge.from, [...(long.get(edge.from) ?? []), edge]);
  const lanes = [...long.values()].map((together) => ({ together, from: together[0].from, first: together[0].from.rank + 1, last: Math.max(...together.map((edge) => edge.to.rank)) - 1 }));
  lanes.sort((a, b) => a.last - a.first - (b.last - b.first));
  const taken = [];
  for (const lane of lanes) {
    const blocked = rows.slice(lane.first, lane.last + 1).flat().map((item) => [item.x - WIDTH / 2 - LANE, item.x + WIDTH / 2 + LANE]);
    const beside = taken.filter((other) => other.first <= lane.last + 1 && other.last >= lane.first - 1).map((other) => [other.x - LANE + 1, other.x + LANE - 1]);
    lane.x = freePlace([...blocked, ...beside], lane.from.x, lane.together.at(-1).to.x);
    taken.push(lane);
    for (const edge of lane.together) edge.lane = lane.x;
  }
  const arriving = new Map();
  for (const edge of edges) arriving.set(edge.to, [...(arriving.get(edge.to) ?? []), edge]);
  for (const [item, together] of arriving) {
    together.sort((a, b) => (a.lane ?? a.from.x) - (b.lane ?? b.from.x));
    const room = Math.min(22, (WIDTH - 40) / together.length);
    together.forEach((edge, index) => (edge.enters = item.x + (edge.to.weight && edge.from.weight && edge.lane === undefined ? 0 : (index - (together.length - 1) / 2) * room)));
  }
  return taken;
}

/** The place outside of all intervals that is the shortest way between two others, rather right than left. */
function freePlace(intervals, from, to) {
  const merged = [];
  for (const [left, right] of [...intervals].sort((a, b) => a[0] - b[0])) {
    if (merged.length && left < merged.at(-1)[1]) merged.at(-1)[1] = Math.max(merged.at(-1)[1], right);
    else merged.push([left, right]);
  }
  const free = (x) => merged.every(([left, right]) => x <= left || x >= right);
  const way = (x) => Math.abs(x - from) + Math.abs(x - to) + (x < Math.min(from, to) ? WIDTH * 3 : 0);
  return [from, to, ...merged.flat()].filter(free).sort((a, b) => way(a) - way(b))[0];
}

/** Boxes around the stacks whose names begin alike, the outer ones first; none where something else would be inside. */
function grouped(items, edges, layers) {
  const members = new Map();
  for (const item of items) {
    if (!item.layers.length) continue;
    for (const prefix of prefixesOf(layers[item.layers[0]].name)) members.set(prefix, [...(members.get(prefix) ?? []), item]);
  }
  const groups = [...members].filter(([, inside]) => inside.length > 1 && inside.length < items.length - 2).map(([name, inside]) => ({ name, inside: new Set(inside), depth: 0 }));
  groups.sort((a, b) => b.inside.size - a.inside.size);
  const shown = groups.filter((group, index) => !groups.slice(0, index).some((outer) => outer.inside.size === group.inside.size && [...group.inside].every((item) => outer.inside.has(item))));
  for (const group of shown) group.inner = shown.some((other) => other !== group && other.name.startsWith(group.name) && other.inside.size < group.inside.size);
  return shown.filter(isTogether).map((group) => ({ ...group, title: titleOf(group), ...boxOf(group, edges) })).filter((group) => items.every((item) => group.inside.has(item) || !overlaps(group, item)));
}

/** Whether a group's rows follow each other. */
function isTogether({ inside }) {
  const ranks = [...inside].map(({ rank }) => rank).sort((a, b) => a - b);
  return ranks.every((rank, index) => index === 0 || rank - ranks[index - 1] <= 1);
}

/** The end of a group's name, which tells more than a number. */
function titleOf({ name }) {
  return /[^./]*[./]\d+$|[^./]+$/.exec(name)[0];
}

function boxOf({ inside, inner }, edges) {
  const pad = inner ? 20 : 11;
  const above = inner ? 34 : 17;
  const all = [...inside];
  const ranks = all.map((item) => item.rank);
  const [first, last] = [Math.min(...ranks), Math.max(...ranks)];
  const lanes = edges.filter((edge) => edge.lane !== undefined && inside.has(edge.to) && edge.from.rank >= first - 1 && edge.to.rank <= last).map((edge) => edge.lane);
  const left = Math.min(...all.map((item) => item.x - WIDTH / 2), ...lanes) - pad;
  const right = Math.max(...all.map((item) => item.x + WIDTH / 2), ...lanes) + pad;
  const top = Math.min(...all.map((item) => item.y)) - above;
  return { x: left, y: top, width: right - left, height: Math.max(...all.map((item) => item.y + item.height)) + pad - top };
}

function overlaps(box, item) {
  return item.x + WIDTH / 2 > box.x && item.x - WIDTH / 2 < box.x + box.width && item.y + item.height > box.y && item.y < box.y + box.height;
}

function bounds(items, edges, groups) {
  const lefts = [...items.map((item) => item.x - WIDTH / 2), ...edges.map((edge) => edge.lane ?? 0), ...groups.map((group) => group.x)];
  const rights = [...items.map((item) => item.x + WIDTH / 2 + 24), ...edges.map((edge) => (edge.lane ?? -1e9) + 110), ...groups.map((group) => group.x + group.width)];
  const left = Math.min(...lefts, 0) - 16;
  const bottom = Math.max(0, ...items.map((item) => item.y + item.height));
  return { left, top: -24, width: Math.max(...rights, 1) + 16 - left, height: bottom + 48 };
}

function mean(values) {
  return values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : undefined;
}

/** The path of an edge, as SVG writes it. */
export function pathOf({ from, to, lane, enters }) {
  const [x, y] = [from.x, from.y + from.height];
  const bend = GAP * 0.5;
  const curve = (x0, y0, x1, y1) => (x0 === x1 ? `V${y1}` : `C${x0} ${y0 + bend} ${x1} ${y1 - bend} ${x1} ${y1}`);
  if (lane === undefined) return `M${x} ${y}V${Math.max(y, from.bottom)}${curve(x, Math.max(y, from.bottom), enters, to.y)}`;
  const begin = from.bottom;
  return `M${x} ${y}V${begin}${curve(x, begin, lane, begin + GAP)}V${to.y - GAP}${curve(lane, to.y - GAP, enters, to.y)}`;
}
