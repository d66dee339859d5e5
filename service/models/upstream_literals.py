"""Numbers in posted text that stand upstream of an error, and what else they might be.

A number in the text may be that of many layers: a width that a block hands to a convolution and to the norm behind it,
a stride in a loop. No change of a single layer then mends the network, but another number in the text does.
"""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice, zip_longest
from typing import Any

from service.core.geometry.lazy_property import lazy_property
from service.core.layers.pointers import Pointer
from service.models.json_documents import member
from service.models.reading import MADE, Literal, ModelReading, TextPlace
from service.models.text_edits import values_of

MOST_LAYERS = 60
"""Layers upstream of an error whose numbers are looked at. Chosen."""
MOST_CHANGES = 4
"""Sizes that disagree for which others are looked for. Chosen: those of the first error."""
MOST_FOLLOWED = 8
"""Axes, and literals that sizes were computed from, which are looked at. Chosen: those of the nearest layers."""
SIZES = frozenset({"out_channels", "out_features", "num_features", "num_channels", "normalized_shape", "shape",
                   "filters", "units", "target_shape", "newshape", "output_dim"})  # fmt: skip
"""Parameters that say how large a tensor is."""
TAKEN = frozenset({"in_channels", "in_features"})
"""Parameters that say how large a tensor has to be."""
SMALL = (1, 2, 3)
"""Usual strides and kernels."""
MOST_SMALL = 32
"""The largest number in whose place a usual stride or kernel may be meant. Chosen: larger ones are widths."""
WINDOWS = frozenset({"kernel_size", "stride", "padding", "dilation", "output_size", "output_padding", "scale_factor",
                     "groups", "chunks", "split_size_or_sections", "split_size", "strides", "pool_size",
                     "dilation_rate", "size", "cropping", "n", "indices_or_sections"})  # fmt: skip
"""Parameters of windows, and others of small numbers, that change how large a tensor is."""
AXES = frozenset({"dim", "start_dim", "end_dim", "dim0", "dim1", "dims", "axis", "axes"})
AXES_TRIED = (0, 1, 2, 3, -1)
"""Axes that may be meant by any other."""
Changes = Sequence[tuple[int, int]]
"""Sizes that disagree: what is declared, and what arrives."""


class UpstreamLiterals:
    """The literals of the layers upstream of one layer, nearest first."""

    def __init__(self, reading: ModelReading, layer: int) -> None:
        self.reading = reading
        by_layer: defaultdict[int, list[Pointer]] = defaultdict(list)
        for pointer in reading.literals:
            if len(pointer) > 2 and pointer[0] == "layers":
                by_layer[int(pointer[1])].append(pointer)
        self.layers = list(_upstream(reading.network, layer))
        self.pointers = [pointer for index in self.layers for pointer in by_layer.get(index, ())]

    def numbers(self, changes: Changes) -> Iterator[tuple[TextPlace, int]]:
        """Other numbers in the text: sizes that make up for the changes, then windows and axes near what they are.

        What they make of the network can be told without reading the text.
        """
        turns = zip_longest(self._sizes(changes[:MOST_CHANGES]), self._neighbours())
        found = (choice for turn in turns for choice in turn if choice is not None)
        yield from dict.fromkeys((*self._skipping(), *found))

    def places(self) -> Iterator[TextPlace]:
        """Where the layers are called, and where they are made."""
        for index in self.layers:
            for pointer in (("layers", index), ("layers", index, MADE)):
                place = self.reading.places.get(pointer)
                if isinstance(place, TextPlace):
                    yield place

    @lazy_property
    def known(self) -> Collection[TextPlace]:
        """The places of all literals that are parameters of the network as they stand."""
        return {place for place, found in self._by_place.items() if any(literal.exact for _, literal in found)}

    def network_after(self, place: TextPlace, value: int) -> dict[str, Any]:
        """What the network should be once the literal at a place has another value.

        Every parameter that comes from it is changed. One that was computed from it is scaled or moved as the literal
        is, which may not be what the text makes of it: only reading the text tells.
        """
        layers = list(self.reading.network["layers"])
        copied: set[int] = set()
        for pointer, literal in self._by_place[place]:
            index, word, *rest = pointer[1:]
            if index not in copied:
                layers[index] = dict(layers[index])
                copied.add(index)
            old = member(layers[index], word, *rest)
            new = value if literal.exact else _following(old, literal.value, value)
            layers[index][word] = _with_value(layers[index].get(word), rest, new)
        return {**self.reading.network, "layers": layers}

    @lazy_property
    def _by_place(self) -> dict[TextPlace, list[tuple[Any, Literal]]]:
        """Every parameter that comes from the literal at a place."""
        found: defaultdict[TextPlace, list[tuple[Any, Literal]]] = defaultdict(list)
        for pointer, literals in self.reading.literals.items():
            if len(pointer) > 2 and pointer[0] == "layers":
                for literal in literals:
                    found[literal.place].append((pointer, literal))
        return found

    def _sizes(self, changes: Changes) -> Iterator[tuple[TextPlace, int]]:
        for pointer, literal in self._literals(SIZES):
            old = member(self.reading.network, *pointer)
            if not _is_size(old):
                continue
            for declared, arriving in changes:
                for new in (old + declared - arriving, *_scaled(old, declared, arriving)):
                    if new > 0 and new != old:
                        for value in values_of(literal, old, new):
                            yield literal.place, value

    def _skipping(self) -> Iterator[tuple[TextPlace, int]]:
        """Smaller numbers for strides above their kernels, wherever they are: hardly anybody means to skip inputs."""
        for pointer, literals in self.reading.literals.items():
            if len(pointer) > 2 and pointer[2] == "stride":
                layer = self.reading.network["layers"][pointer[1]]
                kernel, stride = member(layer, "kernel_size", *pointer[3:]), member(layer, *pointer[2:])
                if _is_size(kernel) and _is_size(stride) and 1 < kernel < stride:
                    for literal in literals:
                        yield from ((literal.place, value) for value in (2, 1, kernel))

    def _neighbours(self) -> Iterator[tuple[TextPlace, int]]:
        """Numbers near what they are, for windows, axes and the sizes of weights.

        A kernel or padding that goes with the other is first.
        """
        for pointer, literal in self._literals(WINDOWS | AXES | {"shape"}):
            axes = AXES_TRIED if pointer[2] in AXES else ()
            for value in (*self._partners(pointer), *near(literal.value), *axes):
                if value != literal.value:
                    yield literal.place, value

    def followed_by_the_program(self) -> Iterator[tuple[TextPlace, int]]:
        """Other axes, and numbers near those that a size was computed from.

        The program computes other sizes from them: only reading the text tells what they make of it.
        """
        sizes = _first(literal for _, literal in self._literals(SIZES | TAKEN) if not literal.exact)
        axes = _first(literal for _, literal in self._literals(AXES))[: MOST_FOLLOWED // 2]
        others = ((axis.place, value) for axis in axes for value in AXES_TRIED if value != axis.value)
        yield from (choice for turn in zip_longest(in_turns(sizes), others) for choice in turn if choice is not None)

    def _partners(self, pointer: Pointer) -> list[int]:
        """The kernel that a padding keeps the size with, and the padding that does so with a kernel."""
        layer = self.reading.network["layers"][pointer[1]]
        kernel, padding = (member(layer, word, *pointer[3:]) for word in ("kernel_size", "padding"))
        if pointer[2] == "kernel_size" and isinstance(padding, int):
            return [2 * padding + 1]
        return [(kernel - 1) // 2] if pointer[2] == "padding" and isinstance(kernel, int) else []

    def _literals(self, words: frozenset[str]) -> Iterator[tuple[Pointer, Literal]]:
        for pointer in self.pointers:
            if pointer[2] in words:
                for literal in self.reading.literals[pointer]:
                    yield pointer, literal


def near(number: Any) -> list[int]:
    """Other integers that may be meant: one more, one less, half, twice; near a small one, also the usual ones."""
    if not isinstance(number, int) or isinstance(number, bool):
        return []
    values = (number - 1, number + 1, number // 2, number * 2, *(SMALL if number <= MOST_SMALL else ()))
    return [value for value in dict.fromkeys(values) if value >= min(0, number) and value != number]


def _first(literals: Iterable[Literal]) -> list[Literal]:
    """The first of some literals, each once."""
    return list(islice(dict.fromkeys(literals), MOST_FOLLOWED))


def in_turns(literals: Sequence[Literal]) -> Iterator[tuple[TextPlace, int]]:
    """Other numbers for some literals: the nearest of each first."""
    choices = [[(literal.place, value) for value in near(literal.value)] for literal in literals]
    for turn in zip_longest(*choices):
        yield from (choice for choice in turn if choice is not None)


def _is_size(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _scaled(old: int, declared: int, arriving: int) -> list[int]:
    """The size that is to the old one as what is declared to what arrives, where that is whole."""
    return [old * declared // arriving] if arriving and old * declared % arriving == 0 else []


def _upstream(network: Mapping[str, Any], layer: int) -> Iterator[int]:
    """The layer itself and those that lead to it, nearest first."""
    layers = network["layers"]
    index_of = {raw.get("name"): index for index, raw in enumerate(layers)}
    waiting, seen = deque([layer]), {layer}
    while waiting and len(seen) <= MOST_LAYERS:
        index = waiting.popleft()
        yield index
        for name in layers[index].get("inputs") or ():
            before = index_of.get(name, index_of.get(str(name).partition(":")[0]))
            if before is not None and before not in seen:
                seen.add(before)
                waiting.append(before)
    yield from waiting


def _following(old: Any, before: int, after: int) -> Any:
    """A parameter that was computed from a literal, scaled as that is, otherwise moved as it is."""
    if not _is_size(old):
        return old
    return old * after // before if before and old * after % before == 0 else old + after - before


def _with_value(value: Any, rest: Sequence[Any], new: Any) -> Any:
    """A parameter whose entry at some indexes is new; all of it where there are none."""
    if not rest:
        return new
    if not isinstance(value, list) or not isinstance(rest[0], int) or rest[0] >= len(value):
        return value
    return [*value[: rest[0]], _with_value(value[rest[0]], rest[1:], new), *value[rest[0] + 1 :]]
