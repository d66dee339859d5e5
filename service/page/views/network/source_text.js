/** A source text changed by a unified diff, and the places in it by line and column. */

/** A text with the hunks of a unified diff of it applied; null where the diff does not fit. */
export function withDiff(text, diff) {
  const lines = text.split("\n");
  const made = [];
  let next = 0;
  for (const hunk of diff.split(/^(?=@@ )/m).slice(1)) {
    const [head, ...body] = hunk.split("\n");
    const [, start, count = "1"] = /^@@ -(\d+)(?:,(\d+))? /.exec(head);
    const first = Number(start) - (count === "0" ? 0 : 1);
    made.push(...lines.slice(next, first));
    next = first;
    for (const line of body) {
      if (line.startsWith("+")) made.push(line.slice(1));
      else if (line.startsWith(" ") || line.startsWith("-")) {
        if (lines[next]?.trimEnd() !== line.slice(1).trimEnd()) return null;
        if (line[0] === " ") made.push(lines[next]);
        next += 1;
      }
    }
  }
  return [...made, ...lines.slice(next)].join("\n");
}

/** Where the lines of a text begin. */
export function lineStarts(text) {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** Line and column of an offset, both from 1. */
export function placeOf(starts, offset) {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (starts[middle] <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - starts[low] + 1 };
}

/** A stretch from one offset to another, as the service tells places in sources. */
export function stretchOf(starts, [begin, end]) {
  const [first, last] = [placeOf(starts, begin), placeOf(starts, end)];
  return { line: first.line, column: first.column, end_line: last.line, end_column: last.column };
}
