"""What layers share that change the structure of a tensor: which axes there are, and what stands along them.

One function says of each layer both what comes out and what is refused, so that the two cannot differ. It raises
`RefusedError` where the framework refuses; the diagnostics say the same with a code and a page.
"""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from service.core.geometry.axes import Axis, SlicedAxis, UnplacedAxis
from service.core.geometry.index_ranges import Cut
from service.core.geometry.shapes import Shape, shape_text
from service.core.layers.base import Layer, Site
from service.core.layers.pointers import Pointer

Shapes = tuple[Shape | None, ...]
MOST_ENTRIES = 17
"""Entries of a per-axis parameter, and one more; the types allow no more."""
MOST_PARTS = 1000
"""Outputs of one layer that are told. Chosen: far above what networks have, and few enough for an answer."""


@dataclass(eq=False)
class RefusedError(Exception):
    """What a framework refuses: the rule by its name, the fact, where, and what to do."""

    rule: str
    message: str
    at: str | Pointer
    help: str
    value: Any = None
    """The only value of the parameter that would do, where there is one."""


class Structural(Layer):
    """A layer with one function for what comes out and for what is refused."""

    mixes_positions: ClassVar[bool] = True
    passes_channels_on: ClassVar[bool] = False

    def entries(self, site: Site, parameter: str) -> tuple[int, ...]:
        """Any number: the layer itself says how many there must be."""
        return tuple(range(MOST_ENTRIES))

    @abstractmethod
    def shapes(self, site: Site) -> Shapes:
        """The shape of each output; where one is unknown (None,), never an empty tuple.

        Raises:
            RefusedError: The framework refuses the layer or its inputs.
        """

    def refusal(self, site: Site) -> RefusedError | None:
        """What is refused, if anything is."""
        try:
            self.shapes(site)
        except RefusedError as refused:
            return refused
        return None

    def output_shapes(self, site: Site) -> Shapes:
        """The shape of each output; None where the layer is refused."""
        try:
            return self.shapes(site)
        except RefusedError:
            return (None,)

    def output_shape(self, site: Site) -> Shape | None:
        """The shape of the first output."""
        return self.output_shapes(site)[0]

    def declared_shapes(self, site: Site) -> Shapes:
        """Nothing is certain where something is wrong."""
        return (None,)

    def declared_shape(self, site: Site) -> Shape | None:
        """Nothing is certain where something is wrong."""
        return None


def out_of_range(site: Site, at: str | Pointer, value: Any, bound: str, form: str) -> RefusedError:
    """A value that is not accepted for these inputs."""
    name = at if isinstance(at, str) else str(at[0])
    text = value if isinstance(value, int | str) else list(value) if isinstance(value, Sequence) else value
    spelled = site.spelled(name)
    return RefusedError("parameter-out-of-range", f"{spelled} is {text}, {bound}", at, f"give {spelled} {form}")


def axis_of(site: Site, at: str | Pointer, index: int, count: int, *, whose: str = "input", scalar: bool = True) -> int:
    """An index of an axis, counted from the front.

    Raises:
        RefusedError: There is no such axis.
    """
    least = max(count, 1) if scalar and site.framework.along_axes.scalar_axis else count
    if -least <= index < least:
        return index % least
    axes = f"{count} {'axis' if count == 1 else 'axes'}"
    form = f"an index from {-count} to {count - 1}" if count else "an input that has axes"
    raise out_of_range(site, at, index, f"but the {whose} has {axes}", form)


def axes_of(
    site: Site, parameter: str, indices: int | Sequence[int], count: int, *, whose: str = "input", twice: bool = False
) -> list[int]:
    """Indices of axes counted from the front, each once unless `twice` lets them repeat.

    Raises:
        RefusedError: There is no such axis, or one is named twice.
    """
    listed = [indices] if isinstance(indices, int) else list(indices)
    places: list[tuple[str | int, ...]] = [
        (parameter,) if isinstance(indices, int) else (parameter, i) for i in range(len(listed))
    ]
    axes = [axis_of(site, place, index, count, whose=whose) for place, index in zip(places, listed, strict=True)]
    for place, axis, index in zip(places, axes, listed, strict=True):
        if not twice and axes.count(axis) > 1:
            raise out_of_range(site, place, index, f"and axis {axis} is named twice", "each axis once")
    return axes


def wrong_rank(site: Site, wanted: str, index: int = 0) -> RefusedError:
    """An input that has not the axes that the layer needs."""
    shape = site.inputs[index] or ()
    source = f"`{site.sources[index].name}`" if index < len(site.sources) else "the input"
    message = f"`{site.type}` takes inputs of {wanted} axes, but {source} has {len(shape)}"
    return RefusedError("rank-mismatch", message, "type", f"give it an input of {wanted} axes, or use another layer")


def unlike_inputs(site: Site, why: str) -> RefusedError:
    """Inputs whose shapes do not go together."""
    shapes = " and ".join(shape_text(shape) for shape in site.inputs if shape is not None)
    return RefusedError("branch-shape-mismatch", f"{why}: {shapes}", "inputs", "change the shape of one of the inputs")


def size_mismatch(message: str, at: str | Pointer, help_text: str, value: Any = None) -> RefusedError:
    """Sizes in a layer's parameters that do not fit the axis."""
    return RefusedError("axis-size-mismatch", message, at, help_text, value)


def require_outputs(site: Site, at: str, count: int) -> None:
    """A layer must not have more outputs than can be told.

    Raises:
        RefusedError: There are more.
    """
    if count > MOST_PARTS:
        bound = f"which makes {count} outputs, more than the {MOST_PARTS} that are told here"
        raise out_of_range(site, at, getattr(site.layer, at), bound, "fewer parts")


def sliced_positions(site: Site, cuts: dict[int, Cut]) -> tuple[Axis, ...]:
    """The spatial axes of a layer that takes a part of some axes and keeps them all; empty where no part is taken."""
    shape = site.shape or ()
    axes = site.layout.position_axes(shape)
    if not any(axis in cuts for axis in axes):
        return ()
    return tuple(
        SlicedAxis(size=shape[axis], output=cut.taken, start=cut.start, step=cut.step)
        if (cut := cuts.get(axis)) is not None
        else SlicedAxis(size=shape[axis], output=shape[axis])
        for axis in axes
    )


def lost_positions(site: Site) -> tuple[Axis, ...]:
    """One axis that says that no output belongs to a place."""
    shape = site.shape or ()
    return (UnplacedAxis(size=shape[site.layout.position_axes(shape)[-1]] if len(shape) > 1 else None),)
