"""A way to write a layer in a framework: steps in our own words, and how the framework spells them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.core.frameworks import Framework
from service.core.geometry.padding_pairs import shortest_spelling
from service.core.layers import LAYERS

Step = Mapping[str, Any]
"""A layer in our own words: its type, a tuple for what each axis has, a tuple of pairs or a name for padding."""
Spelled = dict[str, Any]
Equivalent = Spelled | list[Spelled] | None
"""Parameters of a layer of the same type; or layers to use in place of the layer; or None where there is no way."""


@dataclass(frozen=True, kw_only=True)
class Way:
    """The layers that compute the same, one after another, and what has to be known about them."""

    steps: tuple[Step, ...] = ()
    """Empty where there is no way."""
    notes: tuple[str, ...] = ()


def no_way(*notes: str) -> Way:
    """There is no way, for the reasons given."""
    return Way(notes=notes)


def spelled(framework: Framework, step: Step) -> Spelled:
    """A step as the framework's user writes it; null members and those that it has no word for are left out."""
    kind = LAYERS[step["type"]]
    words = _words(framework, kind.family)
    written: Spelled = {}
    for name, value in step.items():
        word = words.get(name, name)
        if value is None or word is None:
            continue
        if name == "padding" and not isinstance(value, str):
            written |= _padding(framework, value, windowed=kind.layer.windowed, word=word)
        else:
            written[word] = _value(framework, name, value)
    return written


_cached_words: dict[tuple[str, str], Mapping[str, str | None]] = {}


def _words(framework: Framework, family: str) -> Mapping[str, str | None]:
    """The words that the framework has for parameters of a layer family."""
    key = framework.name, family
    if key not in _cached_words:
        _cached_words[key] = {**framework.spelled.get("", {}), **framework.spelled.get(family, {})}
    return _cached_words[key]


def _padding(framework: Framework, pairs: Any, *, windowed: bool, word: str) -> Spelled:
    """Amounts of a window, or of an explicit pad or crop: one integer for all ends, or a pair per axis."""
    if windowed:
        return framework.spell_padding(pairs)
    shortest = shortest_spelling(pairs)
    alike = isinstance(shortest, int) and not framework.writes_lists
    return {word: shortest if alike else [list(pair) for pair in pairs]}


def _value(framework: Framework, name: str, value: Any) -> Any:
    """A tuple as a list, or as one number where all are alike and the framework takes that; flags as integers."""
    if isinstance(value, bool):
        return int(value) if framework.integer_flags else value
    if not isinstance(value, tuple):
        return value
    if name in WHOLE_LISTS or framework.writes_lists or len(set(value)) > 1:
        return [list(entry) if isinstance(entry, tuple) else entry for entry in value]
    return value[0]


WHOLE_LISTS = frozenset({"shape", "dims", "repeats", "shifts", "starts", "ends", "steps", "shared_axes", "contracted"})
"""Parameters that are lists whatever is in them."""
