"""A network while it is drawn: a sketch of nodes, and the windows of its layers.

A sketch grows node by node; the textbook formulas give the shapes. Networks are small and their axes differ, so that
mixed-up axes show.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.golden.record.layers.drafts import Layer, spell

Shape = list[Any]
"""Batch (or None), channels, spatial sizes; in a head, fewer axes."""
Place = int | str
"""A node by its number, or an input of the network by its name."""


@dataclass(kw_only=True)
class Node:
    """A layer with all its parameters, the places of its inputs, and its shapes."""

    layer: Layer
    inputs: list[Place]
    input_shapes: list[Shape]
    output: Shape


@dataclass(kw_only=True)
class Sketch:
    """A network that is being drawn; `at` is the place that the next node continues from."""

    rng: random.Random
    rank: int
    inputs: dict[str, Shape]
    at: Place
    nodes: list[Node] = field(default_factory=list)
    branches: dict[int, int] = field(default_factory=dict)
    """For a layer on one of several branches, the number of the node that merges them."""

    @property
    def shape(self) -> Shape:
        return self.shape_at(self.at)

    def shape_at(self, place: Place) -> Shape:
        return self.inputs[place] if isinstance(place, str) else self.nodes[place].output

    def add(self, layer: Layer, output: Shape, *inputs: Place) -> int:
        """Add a node after the current place, or after the places named.

        Returns:
            The number of the node.
        """
        places = list(inputs) or [self.at]
        input_shapes = [self.shape_at(place) for place in places]
        self.nodes.append(Node(layer=layer, inputs=places, input_shapes=input_shapes, output=output))
        self.at = len(self.nodes) - 1
        return self.at


# --- windows ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Window:
    """What a convolution or pool does on one axis."""

    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    ceil: bool = False

    @property
    def effective(self) -> int:
        return (self.kernel - 1) * self.dilation + 1

    def out(self, size: int) -> int:
        """The output size; rounded up only where the last window starts in the input or in the padding before it."""
        room = size + 2 * self.padding - self.effective
        count = room // self.stride + 1
        return count + (self.ceil and room % self.stride > 0 and count * self.stride < size + self.padding)


def same_size_window(rng: random.Random) -> Window:
    """A window whose output has the size of its input."""
    kernel, dilation = rng.choice((1, 3, 3, 3, 5)), rng.choice((1, 1, 1, 2))
    return Window(kernel, 1, (kernel - 1) * dilation // 2, dilation)


def any_window(rng: random.Random, size: int, dilations: tuple[int, ...] = (1, 1, 1, 2)) -> Window:
    """A window that fits; it keeps the size of small axes."""
    if size < 5:
        return Window(3, 1, 1) if rng.random() < 0.7 else Window(1)
    kernel = rng.choice((1, 2, 3, 3, 3, 4, 5))
    drawn = Window(kernel, rng.choice((1, 1, 2, 2, 3)), rng.randint(0, kernel // 2), rng.choice(dilations))
    return drawn if drawn.effective <= size + 2 * drawn.padding else Window(3, 2, 1)


def draw_windows(sketch: Sketch, draw: Callable[[int], Window]) -> list[Window]:
    """One window per axis: mostly the same for all, drawn for the smallest."""
    sizes = sketch.shape[2:]
    return [draw(min(sizes))] * len(sizes) if sketch.rng.random() < 0.6 else [draw(size) for size in sizes]


def spelled(rng: random.Random, windows: list[Window]) -> Layer:
    """The parameters of the windows, without those that have their default on every axis."""
    names = {"kernel_size": "kernel", "stride": "stride", "padding": "padding", "dilation": "dilation"}
    values = {name: [getattr(window, attribute) for window in windows] for name, attribute in names.items()}
    defaults = {"kernel_size": None, "stride": 1, "padding": 0, "dilation": 1}
    return {name: spell(rng, value) for name, value in values.items() if set(value) != {defaults[name]}}


def resized(shape: Shape, windows: list[Window]) -> list[int]:
    """The sizes after the windows."""
    return [window.out(size) for window, size in zip(windows, shape[2:], strict=True)]
