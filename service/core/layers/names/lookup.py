"""What a layer type means: our own types, and the names of every framework, with the words that each takes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from service.core.frameworks import FRAMEWORKS
from service.core.layers import names as package
from service.core.layers.base import Kind
from service.core.layers.names.layer_name import LayerName, Vocabulary, Word, as_word
from service.core.layers.parameter_rows.row import A_FLAG
from service.core.layers.parameters import CONVERSIONS, PARAMETERS
from service.core.layers.registry import LAYERS

_found = [module.name for module in iter_modules(package.__path__) if module.name not in ("lookup", "neighbours")]
_modules = [import_module(f"{package.__name__}.{name}") for name in _found]
VOCABULARIES: tuple[Vocabulary, ...] = tuple(
    vocabulary for module in _modules for vocabulary in getattr(module, "VOCABULARIES", ())
)
"""Every framework's names."""
FLAGS = frozenset(name for name, row in PARAMETERS.items() if row.form == A_FLAG)
"""Parameters that are true or false."""
MOST_LOOKUPS = 4096
"""Types whose meaning is cached. Chosen: more than there are names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a type means: the kind, the parameters that it settles, and what each member of the object means."""

    kind: Kind
    framework: str | None = None
    """Whose name it is; None for our own types."""
    words: Mapping[str, Word]
    settled: Mapping[str, Any] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    elsewhere: Mapping[str, Any] = field(default_factory=dict)
    """Defaults of the framework whose name it is, where another framework's rules apply."""
    input_axes: int | None = None
    """How many axes the input must have, where our type takes others too."""
    opsets: tuple[int, int] | None = None
    older: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    adapts: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    chooses: tuple[str, Mapping[str, str]] | None = None
    of_choice: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    rank: Callable[[Mapping[str, Any]], int | None] | None = None
    by_inputs: Mapping[int, str] = field(default_factory=dict)

    def ranked(self, posted: Mapping[str, Any]) -> "Meaning":
        """With the number of spatial axes that the members say, where they do."""
        rank = None if self.rank is None else self.rank(posted)
        kind = LAYERS.get(f"{self.kind.family}{rank}d")
        return self if rank is None or kind is None else replace(self, kind=kind)


@lru_cache(maxsize=MOST_LOOKUPS)
def meanings(type_name: str, framework: str | None) -> tuple[Meaning, ...]:
    """What a type may mean where a framework's rules apply; several where frameworks use one name, none if unknown.

    Our own types come first, then the names of the framework itself, then those of the others.
    """
    if type_name in LAYERS:
        return (_own(LAYERS[type_name], framework),)
    found = rows(type_name)
    own = [row for row in found if row[0].framework == framework]
    return tuple(_named(vocabulary, row, framework) for vocabulary, row in own or found)


def rows(type_name: str) -> list[tuple[Vocabulary, LayerName]]:
    """The rows that a type names, with its prefix or without; at most one a framework."""
    found: dict[str, tuple[Vocabulary, LayerName]] = {}
    for vocabulary, row in _index().get(type_name, ()):
        found.setdefault(vocabulary.framework, (vocabulary, row))
    return list(found.values())


@cache
def _index() -> Mapping[str, list[tuple[Vocabulary, LayerName]]]:
    """Every spelling of every name, with its rows."""
    index: dict[str, list[tuple[Vocabulary, LayerName]]] = {}
    for vocabulary in VOCABULARIES:
        for row in vocabulary.names:
            for spelling in (prefix + name for prefix in vocabulary.prefixes for name in row.names):
                index.setdefault(spelling, []).append((vocabulary, row))
    return index


def every_spelling() -> Mapping[str, list[tuple[Vocabulary, LayerName]]]:
    """Every spelling of every name of every framework, with the rows that it may mean."""
    return _index()


@cache
def own_words(kind: str) -> Mapping[str, Word]:
    """The spellings of the parameters of one of our types that are taken whatever the framework."""
    names = LAYERS[kind].layer.parameter_names()
    words = {name: Word(name, CONVERSIONS.get(name)) for name in names}
    return words | {
        alias: Word(name, CONVERSIONS.get(alias))
        for name in names
        for alias in PARAMETERS[name].aliases
        if alias not in words
    }


@cache
def rows_of_kind(kind: str, framework: str) -> tuple[tuple[Vocabulary, LayerName], ...]:
    """A framework's names of one of our types, those of its rank first, then those of its family without a rank."""
    family = LAYERS[kind].family
    named = [
        (vocabulary, row)
        for vocabulary in VOCABULARIES
        if vocabulary.framework == framework
        for row in vocabulary.names
        if row.chooses is None and LAYERS[row.kind].family == family
    ]
    exact = [found for found in named if found[1].kind == kind]
    loose = [found for found in named if found[1].kind == family != kind or kind == family]
    return tuple(exact or loose)


def names_in(kind: Kind, framework: str) -> list[str]:
    """The names that a framework has for one of our types, with a prefix where its users write one."""
    found = rows_of_kind(kind.name, framework)
    names = [
        ("" if "" in vocabulary.prefixes else vocabulary.prefixes[0]) + name
        for vocabulary, row in found
        for name in row.names
    ]
    return list(dict.fromkeys(names))


def words_in(kind: Kind, framework: str, parameter: str) -> list[str]:
    """The words that a framework has for a parameter of one of our types, beside those that are always taken."""
    known, words = own_words(kind.name), meanings(kind.name, framework)[0].words
    return [word for word, meant in words.items() if meant.parameter == parameter and word not in known]


def words_of_frameworks(kind: Kind) -> list[str]:
    """Every word that some framework has for one of our types, beside those that are always taken."""
    known = own_words(kind.name)
    words = {word for framework in FRAMEWORKS for word in meanings(kind.name, framework)[0].words}
    return sorted(words - known.keys())


def _own(kind: Kind, framework: str | None) -> Meaning:
    """One of our types, which also takes the words that the framework has for it."""
    words: dict[str, Word] = {}
    if framework is not None:
        for vocabulary in VOCABULARIES:
            if vocabulary.framework == framework:
                words |= {word: as_word(meaning) for word, meaning in vocabulary.everywhere.items()}
        for _, row in rows_of_kind(kind.name, framework):
            words |= {word: as_word(meaning) for word, meaning in row.words.items() if word not in words}
    names = kind.layer.parameter_names()
    words = {word: meant for word, meant in words.items() if meant.parameter is None or meant.parameter in names}
    words |= own_words(kind.name)
    if framework is not None:
        overriding = FRAMEWORKS[framework].words.get(kind.family, {})
        words |= {word: Word(name) for word, name in overriding.items()}
    return Meaning(kind=kind, words=_with_flags(words, framework))


def _named(vocabulary: Vocabulary, row: LayerName, framework: str | None) -> Meaning:
    """A framework's name with its own words, and ours where they mean nothing else there."""
    kind = LAYERS[row.kind]
    words = {word: as_word(meaning) for word, meaning in vocabulary.everywhere.items()}
    words |= own_words(kind.name)
    words |= {word: as_word(meaning) for word, meaning in row.words.items()}
    words = {word: meant for word, meant in words.items() if meant.parameter not in row.settled}
    if row.chooses is not None:
        words[row.chooses[0]] = Word(None)
    return Meaning(
        kind=kind,
        framework=vocabulary.framework,
        words=_with_flags(words, vocabulary.framework),
        settled=row.settled,
        defaults=row.defaults,
        elsewhere=row.elsewhere if vocabulary.framework != framework else {},
        input_axes=row.input_axes,
        opsets=row.opsets,
        older=row.older,
        needs=row.needs,
        adapts=row.adapts,
        chooses=row.chooses,
        of_choice=row.of_choice,
        rank=row.rank,
        by_inputs=row.by_inputs,
    )


def applied_function(framework: str, member: str, value: str) -> tuple[Kind, Mapping[str, Any]] | None:
    """The layer that a framework's function is, which a layer names in a member, and the parameters that it has there.

    None where it is none of ours.
    """
    for vocabulary in VOCABULARIES:
        for row in vocabulary.names if vocabulary.framework == framework else ():
            if row.chooses is not None and row.chooses[0] == member and value in row.chooses[1]:
                return LAYERS[row.chooses[1][value]], row.of_choice.get(value, {})
    return None


def chosen(meaning: Meaning, kind: str, value: str | None = None) -> Meaning:
    """The meaning of a name whose kind is decided by the value of a member, or by how many inputs there are."""
    names, words = LAYERS[kind].layer.parameter_names(), dict(own_words(kind))
    for word, meant in meaning.words.items():
        if meant.parameter in names or (meant.parameter is None and word not in words):
            words[word] = meant
        elif word not in words and word not in own_words(meaning.kind.name):
            words[word] = Word(None)
    settled, defaults, elsewhere = (
        {name: value for name, value in known.items() if name in names}
        for known in (
            meaning.settled,
            {**meaning.defaults, **meaning.of_choice.get(value or "", {})},
            meaning.elsewhere,
        )
    )
    return Meaning(
        kind=LAYERS[kind],
        framework=meaning.framework,
        words=_with_flags(words, meaning.framework),
        settled=settled,
        defaults=defaults,
        elsewhere=elsewhere,
        adapts=meaning.adapts,
        rank=meaning.rank,
    )


def _with_flags(words: Mapping[str, Word], framework: str | None) -> Mapping[str, Word]:
    """Where truth values are integers, both are taken."""
    if framework is None or not FRAMEWORKS[framework].integer_flags:
        return words
    return {
        word: replace(meant, convert=_as_flag) if meant.parameter in FLAGS and meant.convert is None else meant
        for word, meant in words.items()
    }


def _as_flag(value: Any) -> Any:
    """The integers 0 and 1 as false and true; anything else as it is."""
    return bool(value) if type(value) is int and value in (0, 1) else value
