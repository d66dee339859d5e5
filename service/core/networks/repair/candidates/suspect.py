"""A layer that may be the cause of an error, and the numbers that would go together there."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import Any

from service.core.geometry.lazy_property import lazy_property
from service.core.geometry.shapes import LARGEST, Shape
from service.core.layers.base import Kind, Layer
from service.core.networks.network import layer_of
from service.core.networks.repair.edits import Edit, RawLayer, others_named
from service.core.networks.repair.family import integers_in
from service.core.networks.repair.rewalk import State

MOST_SUSPECTS = 150
"""Layers upstream of an error that are looked at, the nearest first. Chosen: more than ResNet-50 has convolutions."""
TAKEN = ("in_channels", "num_features", "num_channels", "in_features", "input_size")
"""Parameters that say what a layer takes in."""
MOST_BEHIND = 3
"""Layers behind an error whose parameters say what it must make. Chosen: a norm or an activation stands between."""
MOST_NUMBERS = 24
"""Numbers that are tried in place of a size. Chosen: an error names two to eight."""


@dataclass(frozen=True)
class Suspect:
    """A layer from which the first error can be reached, or the layer that has it."""

    state: State
    index: int
    distance: int
    """Layers between it and the error."""

    @property
    def at_the_error(self) -> bool:
        """Whether it is the layer that has the error."""
        return not self.distance

    @property
    def is_too_small(self) -> bool:
        """Whether it has the error, and what arrives there is too small."""
        return self.at_the_error and any(error.has("too small") for error in self.state.errors[self.index])

    @property
    def leads_to_an_error(self) -> bool:
        """Whether a layer that takes in what it makes has an error."""
        return any(user in self.state.errors for user in self.state.rewalk.users.get(self.index, ()))

    @property
    def raw(self) -> RawLayer:
        """The layer as it is posted."""
        return self.state.raw(self.index)

    @property
    def kind(self) -> Kind | None:
        """What it was read as; None where it could not be."""
        return self.state.node(self.index).description.kind

    @property
    def layer(self) -> Layer | None:
        """What was read; None where nothing could be."""
        return self.state.node(self.index).description.layer

    @property
    def name(self) -> str:
        """Its name in the network."""
        return self.state.network.names[self.index]

    def value(self, parameter: str) -> Any:
        """The value of a parameter in our words; where it could not be read, the integers posted for it; else None."""
        description = self.state.node(self.index).description
        if parameter in description.unreadable and parameter in description.spelling:
            posted = self.raw.get(description.spelling[parameter])
            entries = posted if isinstance(posted, list) else [posted]
            return posted if all(type(entry) is int for entry in entries) else None
        return getattr(self.layer, parameter, None)

    def word(self, parameter: str) -> str | None:
        """What the author calls a parameter; None where it is not given."""
        return self.state.node(self.index).description.spelling.get(parameter)

    def lacks(self, parameter: str) -> bool:
        """Whether the layer needs a parameter that the author did not give."""
        description = self.state.node(self.index).description
        return parameter in description.unreadable and self.word(parameter) is None

    def is_converted(self, parameter: str) -> bool:
        """Whether the author gave it in another form than ours."""
        return parameter in self.state.node(self.index).description.converted

    @lazy_property
    def arriving(self) -> tuple[Shape, ...]:
        """The known shapes that the layer takes in."""
        return tuple(shape for shape in self.state.arriving(self.index) if shape is not None)

    def setting(self, values: dict[str, Any], **details: Any) -> Edit:
        """The change that gives parameters other values; those that are None are taken away."""
        raw = dict(self.raw)
        titles = []
        for parameter, wanted in values.items():
            word, value = self.word(parameter), wanted
            if type(raw.get(word or "")) is int and isinstance(value, list) and len({*map(str, value)}) == 1:
                value = value[0]
            if word is not None and self.is_converted(parameter) and type(raw[word]) is not type(value):
                del raw[word]
                word = None
            if value is None:
                raw.pop(word or parameter, None)
                titles.append(f"remove `{word or parameter}` of `{self.name}`")
            else:
                raw[word or parameter] = value
                titles.append(f"set `{word or parameter}` of `{self.name}` to {_text(value)}")
        details.setdefault("amount", amount(self.raw, raw))
        return Edit(title=" and ".join(titles), layers={self.index: raw}, **details)


def suspects(state: State) -> Iterator[Suspect]:
    """The layer that has the first error, then the layers upstream that are like no other one, then the other ones.

    The nearest first.
    """
    target, *upstream = _upstream(state)
    family, nodes = state.rewalk.family, state.network.nodes
    yield target
    yield from (suspect for suspect in upstream if family.is_single(nodes[suspect.index]))
    yield from (suspect for suspect in upstream if not family.is_single(nodes[suspect.index]))


def _upstream(state: State) -> Iterator[Suspect]:
    """The layer that has the first error, and those that lead to it, the nearest first."""
    seen = {state.target}
    front = [state.target]
    distance = 0
    while front:
        for index in front:
            yield Suspect(state, index, distance)
        before = [layer_of(key) for index in front for key in state.keys(index)]
        front = [index for index in dict.fromkeys(before) if index is not None and index not in seen]
        distance += 1
        front = front[: max(MOST_SUSPECTS - len(seen), 0)]
        seen |= set(front)


def wanted_numbers(state: State) -> list[int]:
    """Sizes that would go together where the first error is: what is declared there, and what arrives."""
    own = others_named(state.raw(state.target))
    lists = [sizes for sizes in own.values() if isinstance(sizes, list) and len(sizes) <= MOST_NUMBERS]
    lists = [sizes for sizes in lists if all(type(size) is int for size in sizes)]
    products = [prod(sizes[first:]) for sizes in lists for first in range(len(sizes) - 1)]
    declared = [number for number in [*integers_in(own), *products] if 0 < number <= LARGEST]
    shapes = [shape for shape in state.arriving(state.target) if shape]
    arriving = [size for shape in shapes for size in shape[len(shape) > 1 :] if size is not None]
    return list(dict.fromkeys([*declared, *_declared_behind(state), *arriving]))[:MOST_NUMBERS]


def _declared_behind(state: State) -> list[int]:
    """What the layers behind the error declare that they take, where a parameter of its layer could not be read."""
    if not state.node(state.target).description.unreadable:
        return []
    declared: list[int] = []
    front = [state.target]
    for _ in range(MOST_BEHIND):
        front = [user for index in front for user in state.rewalk.users.get(index, ())][:MOST_NUMBERS]
        for index in front:
            layer = state.node(index).description.layer
            values = [getattr(layer, name, None) for name in TAKEN]
            declared += [value for value in values if type(value) is int]
    return declared


def corrected(old: int, state: State) -> Iterator[int]:
    """What a size may have to be, so that another that is made of it comes out right.

    The sizes named at the error, and the old one with their difference added, or half of it (a layer that works in both
    directions makes its size twice), or by their ratio.
    """
    numbers = wanted_numbers(state)
    yield from numbers
    for wanted in numbers:
        for found in numbers:
            if wanted != found and found:
                for times in (1, 2):
                    if (wanted - found) % times == 0 and old + (wanted - found) // times > 0:
                        yield old + (wanted - found) // times
                if old * wanted % found == 0:
                    yield old * wanted // found
    for divisor in numbers:
        if 1 < divisor <= old:
            yield old // divisor * divisor
            yield -(-old // divisor) * divisor


def _text(value: Any) -> str:
    """A value as it is written in JSON."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else str(list(value) if isinstance(value, tuple) else value)


def amount(old: RawLayer, new: RawLayer) -> float:
    """How much the numbers of a layer change: the largest ratio of one to the other; 2 where their counts differ."""
    ratios = [1.0]
    for word in {*old, *new}:
        before, after = list(integers_in(old.get(word))), list(integers_in(new.get(word)))
        if before == after:
            continue
        if len(before) != len(after):
            ratios.append(2.0)
        ratios += [ratio(a, b) for a, b in zip(before, after, strict=False)]
    return max(ratios)


def ratio(one: int, other: int) -> float:
    """The larger of two integers by the smaller, each larger by one so that 0 counts too; none counts above LARGEST."""
    smaller, larger = sorted(min(abs(number), LARGEST) for number in (one, other))
    return (larger + 1) / (smaller + 1)
