/** A solution drawn: the planes of two axes with numbers, else a staircase an axis. */

import { h, refill } from "../../dom.js";
import { extentOf, PlanesOfLayer } from "../../drawing/planes_of_layer.js";
import { MOST, staircase } from "../../drawing/staircase.js";
import { strip } from "../../drawing/strip.js";
import { t } from "../../texts.js";

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
      return refill(element, sizes.axes.map((axis, index) => stairs(axis, index, sizes.axes.length === 1 ? numbers : {})));
    },
  };
}

/** One axis; a long one only as the strip of its padding. */
function stairs(axis, index, line) {
  const label = t("layer.axis", { axis: index });
  const extent = extentOf(axis);
  if (extent[1] - extent[0] >= MOST.positions || axis.windows.length > MOST.windows) return strip(axis, label);
  const lane = staircase({
    label,
    extent,
    size: axis.input,
    windows: axis.windows,
    value: (position) => line.padded?.[position - extent[0]] ?? "",
    result: (output) => line.output?.[output] ?? "",
    point: () => {},
    describe: (output) => t("layer.windowOf", { output, positions: axis.windows[output].map((position) => position ?? "–").join(", ") }),
  });
  return h("figure", { class: "strip" }, h("figcaption", {}, label), lane);
}
