"""What a whole network costs: sums over its layers, and the memory that is alive at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Protocol

from service.core.geometry.shapes import Shape, Size, elements
from service.core.networks.graph import Edge, Edges

BYTES_PER_ELEMENT = 4
"""Activations are counted as 32-bit floats."""


class Costing(Protocol):
    """A layer as far as it costs."""

    @property
    def parameters(self) -> Size:
        """How many trainable numbers it has."""

    @property
    def buffers(self) -> Size:
        """How many numbers it keeps that are not trained."""

    @property
    def macs(self) -> Size:
        """Its multiply-accumulates."""

    @property
    def activation_bytes(self) -> Size:
        """What its output takes."""


def activation_bytes(shape: Shape | None) -> Size:
    """What an array of this shape takes; None while a size of it is unknown."""
    size = elements(shape)
    return None if size is None else size * BYTES_PER_ELEMENT


def _sum(values: Sequence[Size]) -> Size:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def totals(
    inputs: Mapping[str, Shape], layers: Sequence[tuple[str, Costing]], edges: Edges, order: Sequence[int]
) -> Mapping[str, Size]:
    """The sums over all layers, each with its name, and the peak; None where a part is not known."""
    macs = _sum([layer.macs for _, layer in layers])
    return {
        "parameters": _sum([layer.parameters for _, layer in layers]),
        "buffers": _sum([layer.buffers for _, layer in layers]),
        "macs": macs,
        "flops": None if macs is None else 2 * macs,
        "activation_bytes": _sum([layer.activation_bytes for _, layer in layers]),
        "peak_activation_bytes": _peak(inputs, layers, edges, order),
    }


def _peak(
    inputs: Mapping[str, Shape], layers: Sequence[tuple[str, Costing]], edges: Edges, order: Sequence[int]
) -> Size:
    """The most bytes alive at once, each tensor kept from when it is made until its last user has run."""
    if len(order) != len(layers) or any(layer.activation_bytes is None for _, layer in layers):
        return None
    sizes: dict[Edge, int] = {(layers[index][0], index): layers[index][1].activation_bytes or 0 for index in order}
    for name, shape in inputs.items():
        size = activation_bytes(shape)
        if size is None:
            return None
        sizes[(name, None)] = size
    last_use = {edge: step for step, index in enumerate(order) for edge in edges[index] if edge}
    ending: defaultdict[int, list[Edge]] = defaultdict(list)
    for edge, step in last_use.items():
        ending[step].append(edge)
    alive = sum(size for (_, index), size in sizes.items() if index is None)
    peak = alive
    for step, index in enumerate(order):
        own = (layers[index][0], index)
        alive += sizes[own]
        peak = max(peak, alive)
        alive -= sum(sizes[edge] for edge in ending[step])
        if own not in last_use and index != len(layers) - 1:
            alive -= sizes[own]
    return peak
