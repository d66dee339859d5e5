"""Indexing as Python writes it: `x[:, 1:, ..., None, 0]`, to read a part or to write one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from annotated_types import Ge, Le, Len
from typing_extensions import TypedDict

from service.core.geometry.axes import Axis
from service.core.geometry.index_ranges import Cut, broadcast_shapes, read_slice
from service.core.geometry.shapes import Shape, Size, shape_text
from service.core.layers.base import InputCounts, Site
from service.core.layers.parameters import Bound
from service.core.layers.registry import layer_kind
from service.core.layers.slicing import require_position
from service.core.layers.structural import (
    RefusedError,
    Shapes,
    Structural,
    lost_positions,
    out_of_range,
    sliced_positions,
    unlike_inputs,
)


class TensorIndex(TypedDict):
    """A place of the index where a tensor stands: the number of the input that it is."""

    input: Annotated[int, Ge(0), Le(63)]


TensorIndex.__pydantic_config__ = {"extra": "forbid", "strict": True}  # type: ignore[attr-defined]  # read by the validator

SliceText = Annotated[str, Len(1, 40)]
Numbers = Annotated[Sequence[Bound], Len(0, 64)]
Item = Bound | SliceText | TensorIndex | Numbers | None
Index = Bound | SliceText | TensorIndex | Annotated[Sequence[Item], Len(0, 16)]
AN_INDEX_FORM = 'an integer, a slice as text ("1:", "::2"), "...", null for a new axis, or a list of those'


class Reading:
    """An index read item by item: what is taken of each axis, and which axes come and go."""

    def __init__(self, site: Site, index: Any, shape: Shape) -> None:
        self.site, self.shape = site, shape
        self.items = list(index) if isinstance(index, Sequence) and not isinstance(index, str) else [index]
        self.output: list[Size] = []
        self.cuts: dict[int, Cut] = {}
        self.plain = True
        """Whether every axis stays where it is."""
        self.tensors: list[Shape | None] = []
        self.joined: list[tuple[int, int]] = []
        """For each item that is a tensor, or counts as one: its place among the items, and in the output."""
        self.axis = 0
        self._read()

    def _read(self) -> None:
        used = sum(item is not None and item != "..." for item in self.items)
        if used > len(self.shape):
            bound = f"which indexes {used} axes, but the input has {len(self.shape)}"
            raise out_of_range(self.site, "index", _text(self.items), bound, "at most one entry per axis")
        first = self.items.index("...") if "..." in self.items else len(self.items)
        several = [place for place, item in enumerate(self.items) if item == "..." and place != first]
        if several and (not self.site.framework.structure.several_ellipses):
            raise out_of_range(self.site, ("index", several[0]), "...", "the second ellipsis", "one ellipsis at most")
        rest = len(self.shape) - used - len(several)
        if rest < 0:
            raise out_of_range(self.site, "index", _text(self.items), "too many entries", "at most one per axis")
        for place, item in enumerate(self.items):
            if item == "...":
                for _ in range(rest if place == first else 1):
                    self._keep()
            else:
                self._item(place, item)
        while self.axis < len(self.shape):
            self._keep()

    def _keep(self) -> None:
        self.output.append(self.shape[self.axis])
        self.axis += 1

    def _item(self, place: int, item: Any) -> None:
        """One entry of the index."""
        at: tuple[str | int, ...] = ("index", place) if isinstance(self.site.posted.get("index"), list) else ("index",)
        if item is None:
            self.plain = False
            self.output.append(1)
        elif isinstance(item, str):
            self._slice(at, item)
        elif isinstance(item, int):
            require_position(self.site, at, item, self.axis, self.shape[self.axis])
            self.plain = False
            if self.site.framework.structure.integers_join_tensors:
                self.joined.append((place, len(self.output)))
            self.axis += 1
        else:
            self._tensor(place, at, item)

    def _slice(self, at: tuple[str | int, ...], text: str) -> None:
        bounds = read_slice(text)
        if bounds is None:
            raise out_of_range(self.site, at, f'"{text}"', "which is no slice", AN_INDEX_FORM)
        if bounds.step == 0 or ((bounds.step or 1) < 0 and not self.site.framework.structure.negative_steps):
            raise out_of_range(self.site, at, f'"{text}"', f"whose step is {bounds.step}", "a step of at least 1")
        size = self.shape[self.axis]
        cut = Cut(0, 1, size) if bounds.whole else bounds.of(size)
        if not bounds.whole:
            self.cuts[self.axis] = cut
        self.output.append(cut.taken)
        self.axis += 1

    def _tensor(self, place: int, at: tuple[str | int, ...], item: Any) -> None:
        if not self.site.framework.structure.tensor_indices:
            message = f"{self.site.framework.title} takes no tensor as an index"
            raise RefusedError("not-supported-by-framework", message, at, "use `gather`")
        self.plain = False
        if isinstance(item, dict):
            number = item["input"]
            if number >= len(self.site.inputs):
                bound = f"but the layer has {len(self.site.inputs)} inputs"
                raise out_of_range(self.site, at, number, bound, "the number of an input")
            if self.site.inputs[number] == () and not self.site.framework.structure.integers_join_tensors:
                self.axis += 1  # a tensor of one integer is that integer
                return
            self.tensors.append(self.site.inputs[number])
        else:
            for entry in item:
                require_position(self.site, at, entry, self.axis, self.shape[self.axis])
            self.tensors.append((len(item),))
        self.joined.append((place, len(self.output)))
        self.axis += 1

    def result(self) -> Shape | None:
        """The shape of what is indexed; None where a tensor among the indices is unknown."""
        if not self.tensors:
            return tuple(self.output)
        known = [tensor for tensor in self.tensors if tensor is not None]
        if len(known) < len(self.tensors):
            return None
        common = broadcast_shapes(known)
        if common is None:
            texts = " and ".join(shape_text(tensor) for tensor in known)
            raise RefusedError(
                "branch-shape-mismatch", f"the indices {texts} do not broadcast", "inputs", "give them one shape"
            )
        places = [place for place, _ in self.joined]
        if self.site.framework.structure.integers_join_tensors:
            together = places == list(range(places[0], places[0] + len(places)))
        else:
            together = len({at for _, at in self.joined}) == 1
        at = self.joined[0][1] if together else 0
        return (*self.output[:at], *common, *self.output[at:])


def _text(items: list[Any]) -> list[Any]:
    return ["null" if item is None else item for item in items]


@layer_kind("getitem")
@dataclass(frozen=True, kw_only=True)
class GetItem(Structural):
    """A part of the input as Python indexes it, `x[:, 1:, ..., 0]`.

    `index` is an integer, whose axis goes; a slice as text, `"1:"` or `"::2"`; `"..."` for all axes between; null for a
    new axis of size 1; `{"input": 1}` for a tensor, which is the layer's input of that number; a list of integers; or a
    list of all those. Without `index` the second input is the index: its axes stand in place of the first one.
    """

    mixes_positions: ClassVar[bool] = False
    takes_inputs: ClassVar[InputCounts] = (1, 64)

    index: Index | None = None

    def reading(self, site: Site) -> Reading | None:
        """The index read for this input; None where the input is unknown."""
        index: Any = self.index
        if index is None:
            if len(site.inputs) < 2:
                message = f"`{site.type}` has no `index`"
                raise RefusedError("missing-parameter", message, (), f"add `index`: {AN_INDEX_FORM}")
            index = {"input": 1}
        return None if site.shape is None else Reading(site, index, site.shape)

    def shapes(self, site: Site) -> Shapes:
        """What the index leaves."""
        if "index" in site.unreadable:
            return (None,)
        reading = self.reading(site)
        return (None if reading is None else reading.result(),)

    def position_axes(self, site: Site) -> tuple[Axis, ...]:
        """Positions along the spatial axes that are cut; lost where axes come or go."""
        try:
            reading = self.reading(site)
        except RefusedError:
            return ()
        if reading is None:
            return ()
        return sliced_positions(site, reading.cuts) if reading.plain else lost_positions(site)


@layer_kind("setitem")
@dataclass(frozen=True, kw_only=True)
class SetItem(GetItem):
    """The first input with a part replaced by the second, which broadcasts to it; the index is that of `getitem`."""

    mixes_positions: ClassVar[bool] = True
    takes_inputs: ClassVar[InputCounts] = (1, 64)

    def shapes(self, site: Site) -> Shapes:
        """The first input's."""
        part = super().shapes(site)[0]
        value = site.inputs[1] if len(site.inputs) > 1 else ()
        if part is not None and value is not None and None not in part and None not in value:
            short = value
            while len(short) > len(part) and short[0] == 1:
                short = short[1:]
            if len(short) > len(part) or broadcast_shapes([part, short]) != part:
                raise unlike_inputs(site, f"the part that is replaced, {shape_text(part)}, does not take that shape")
        return (site.shape,)

    def position_axes(self, site: Site) -> tuple[Axis, ...]:
        """None: two inputs meet."""
        return ()
