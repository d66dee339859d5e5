/** Which layers and which stretches of the text a report's diagnostics are about. */

import { spanOf, spansOf } from "./json_text.js";
import { lineStarts, stretchOf } from "./source_text.js";

/** Finds stretches of a text. */
export class Places {
  #spans = null;
  #starts;
  #text;

  constructor(text, isJson) {
    this.#text = text;
    this.#starts = lineStarts(text);
    if (isJson) this.#spans = spansOf(text);
  }

  /** Of a diagnostic, a related place or a layer: `{ line, column, end_line, end_column }` or null. */
  of({ source, location }) {
    if (!this.#spans) return source?.line ? source : null;
    const span = spanOf(this.#spans, location ?? "");
    return span && stretchOf(this.#starts, span);
  }

  ofLayer(report, index) {
    return this.of({ source: report.layers[index]?.source, location: `/layers/${index}` });
  }

  /** The layer that a line belongs to, the one whose stretch is the shortest. */
  layerAt(report, { line, column }) {
    let best = null;
    report.layers.forEach((layer, index) => {
      const place = this.ofLayer(report, index);
      if (!place || line < place.line || line > place.end_line || (place.line === place.end_line && (column < place.column || column > place.end_column))) return;
      const size = (place.end_line - place.line) * 1000 + place.end_column - place.column;
      if (!best || size < best.size) best = { layer, size };
    });
    return best?.layer ?? null;
  }
}

/** The index of the layer that a location is in, or -1. */
export function layerOf({ location }) {
  return Number(/^\/layers\/(\d+)/.exec(location ?? "")?.[1] ?? -1);
}

/** What is marked: pairs of something with a place and its kind, the weakest first. */
export function markedOf(diagnostics) {
  const related = diagnostics.flatMap((diagnostic) => (diagnostic.severity === "error" ? (diagnostic.related ?? []).map((place) => [place, "related"]) : []));
  const warnings = diagnostics.filter(({ severity }) => severity !== "error").map((diagnostic) => [diagnostic, "warning"]);
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  return [...related, ...warnings, ...errors.flatMap(({ consequences = [] }) => consequences.map((each) => [each, "consequence"])), ...errors.map((each) => [each, "error"])];
}
