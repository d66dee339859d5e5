/** A solution drawn: the planes of two axes with numbers, else a staircase an axis. */

import { h, refill } from "../../dom.js";
import { extentOf, PlanesOfLayer } from "../../drawing/planes_of_layer.js";
import { MOST, staircase } from "../../drawing/staircase.js";
import { alike, strip } from "../../drawing/strip.js";
import { t } from "../../texts.js";

const ENDS = 10;
const MOST_LANES = 6;

/** `{ element, show(picture) }`, the picture being what `pictureOf` answers. */
export function picture() {
  const element = h("div", { class: "drawing" });
  let planes = null;

  function newPlanes() {
    const drawn = new PlanesOfLayer({ choose: (row, column) => drawn.mark([row, column]), edit: () => {} });
    return drawn;
  }

  return {
    element,
    show({ sizes, numbers, chosen }) {
      if (!sizes) return refill(element);
      if (sizes.axes.length === 2 && numbers.output) {
        planes ??= newPlanes();
        planes.show({ axes: sizes.axes, numbers, chosen });
        return refill(element, planes.element);
      }
      return refill(element, alike(sizes.axes).map(({ axis, label }) => stairs(axis, label, sizes.axes.length === 1 ? numbers : {})));
    },
  };
}

/** One axis; of a long one the strip of its padding, its beginning and its end. */
function stairs(axis, label, line) {
  if (!axis.windows) return strip(axis, label);
  const extent = extentOf(axis);
  if (extent[1] - extent[0] < MOST.positions && axis.windows.length <= MOST.windows) return h("figure", { class: "strip" }, h("figcaption", {}, h("b", {}, label)), lanes(axis, label, extent, 0, axis.windows.length, line));
  const within = (window, [first, last]) => window.every((position) => position === null || (position >= first && position <= last));
  const ends = [[extent[0], extent[0] + ENDS - 1], [extent[1] - ENDS + 1, extent[1]]].map((part, end) => {
    const outputs = axis.windows.flatMap((window, output) => (within(window, part) ? [output] : []));
    const [first, count] = [end ? Math.max(outputs[0], outputs.at(-1) + 1 - MOST_LANES) : (outputs[0] ?? 0), Math.min(outputs.length, MOST_LANES)];
    return h("figure", {}, h("figcaption", {}, t(end ? "solve.end" : "solve.beginning")), lanes(axis, label, part, first || 0, count, {}));
  });
  return [strip(axis, label), h("div", { class: "ends" }, ends)];
}

/** Some windows of an axis, of some of its positions. */
function lanes(axis, label, extent, first, count, line) {
  return staircase({
    label,
    extent,
    size: axis.input,
    first,
    windows: axis.windows.slice(first, first + count),
    read: new Set(axis.windows.flat()),
    value: (position) => line.padded?.[position - extent[0]] ?? "",
    result: (output) => line.output?.[first + output] ?? "",
    point: () => {},
    describe: (output) => t("layer.windowOf", { output: first + output, positions: axis.windows[first + output].map((position) => position ?? "–").join(", ") }),
  });
}
