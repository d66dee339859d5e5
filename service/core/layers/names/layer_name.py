"""What a framework calls a layer, and what it calls that layer's parameters: one row a name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Convert = Callable[[Any], Any]


class OutOfRangeError(ValueError):
    """A value of the right kind that the framework does not take: its bound, and the form that it should have."""

    def __init__(self, bound: str, form: str) -> None:
        super().__init__(form)
        self.bound = bound
        self.form = form


@dataclass(frozen=True, slots=True)
class Word:
    """What a member of a layer object means: one of our parameters, or nothing that is answered here.

    `convert` makes our value of the framework's, or raises ValueError with the form that it should have.
    """

    parameter: str | None
    convert: Convert | None = None
    counts_axes: Callable[[Any], int] | None = None
    """How many axes the input must have, by a value that has entries for all of them."""
    since: int = 0
    """The operator set that it came with, where the framework has them."""
    until: int | None = None
    """The last operator set that has it, where that is not the newest."""
    beside: Callable[[Any, Mapping[str, Any]], Any] | None = None
    """As `convert`, for a value that other members of the object give its meaning."""
    unless: str | None = None
    """Another member, beside which it has entries for those axes only that the member names."""
    activates: bool = False
    """Whether it names a function that is applied to what the layer computes, as a layer of its own would be."""


Words = Mapping[str, Word | str | None]
"""Members of a layer object: a text is one of our parameters in the same form, None changes no answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerName:
    """One row: what a framework calls one of our layers, with the meaning that it has there."""

    names: tuple[str, ...]
    """The name, and its other spellings in the same framework."""
    kind: str
    """Our type; one without a rank takes that of its input."""
    words: Words = field(default_factory=dict)
    """Parameters under the framework's words, where those are not among ours or mean something else."""
    settled: Mapping[str, Any] = field(default_factory=dict)
    """Parameters that the name itself decides, so that they cannot be given."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """Parameters that have another default than in our layer."""
    elsewhere: Mapping[str, Any] = field(default_factory=dict)
    """Defaults that the framework's own rules have anyway, for the rules of another: values, or functions of ours."""
    input_axes: int | None = None
    """How many axes the input must have, where our type takes others too."""
    opsets: tuple[int, int] | None = None
    """The first and the last operator set that has it, where that is not every known one."""
    older: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    """Other defaults, by the operator set that ended them."""
    needs: tuple[str, ...] = ()
    """Parameters that have no default there, and one here."""
    adapts: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    """Makes our parameters of each other, where a value means something only beside others."""
    chooses: tuple[str, Mapping[str, str]] | None = None
    """The member whose value decides the kind, and the kinds by its values."""
    of_choice: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Parameters that a value of that member has with another default."""
    rank: Callable[[Mapping[str, Any]], int | None] | None = None
    """How many spatial axes the members say that there are, where the name does not and the input need not be asked."""
    by_inputs: Mapping[int, str] = field(default_factory=dict)
    """Other kinds, by the number of inputs that the layer names: weights may be inputs."""


def called(*names: str, kind: str, **members: Any) -> LayerName:
    """A row of a table of names."""
    return LayerName(names=names, kind=kind, **members)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Names of one framework that are written with the same prefixes."""

    framework: str
    prefixes: tuple[str, ...]
    """What its users write before a name; an empty one means that the name may stand alone."""
    names: tuple[LayerName, ...]
    everywhere: Words = field(default_factory=dict)
    """Words that every layer of the framework takes."""
    others: frozenset[str] = frozenset()
    """Layers of the framework that are none of ours."""


def as_word(meaning: Word | str | None) -> Word:
    """A meaning as it may be written in a table, in full."""
    return meaning if isinstance(meaning, Word) else Word(meaning)


def ignored(*words: str) -> Words:
    """Words that change nothing that is answered."""
    return dict.fromkeys(words)


def listed(text: str) -> frozenset[str]:
    """Words that stand in a text, with spaces between them."""
    return frozenset(text.split())
