"""What a diagnostic is: a rule, a fact that it found, the place of the fact, and changes that would mend it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from service.core.layers.pointers import Pointer

Severity = Literal["error", "warning"]
Applicability = Literal["safe", "unsafe", "display-only"]
PatchOperation = Mapping[str, Any]
"""One operation of a JSON Patch (RFC 6902)."""
Source = Mapping[str, Any]
"""Where something stands in a model that was posted as people have it: the members of the JSON object that says so."""
Trait = Literal[
    "about a cycle",
    "about a name that is taken",
    "about a name that is unknown",
    "about axes",
    "about padding",
    "about unknowns",
    "another input may do",
    "sizes are doubtful",
    "sizes survive",
    "survives unread parameters",
    "too small",
]
"""What else is known of a rule, for code that handles diagnostics without knowing each of them:

- about a cycle, about a name that is taken, about a name that is unknown: what is wrong with names in a network.
- about axes: an axis is taken for another, which no other size of the input cures.
- about padding: judges the padding that a layer came with, which a question about padding replaces.
- about unknowns: judges parameters that a question may ask for.
- another input may do: the layer may be right, for an input of another size.
- sizes are doubtful: the layer's sizes are not those that are meant.
- sizes survive: what comes out of the layer is certain all the same.
- survives unread parameters: holds also where another parameter of the layer could not be read.
- too small: a size is too small for the layer; says nothing where sizes are doubtful.
"""


def pointer_text(pointer: Pointer) -> str:
    """A JSON Pointer (RFC 6901) as text: `~` and `/` inside a part are escaped."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in pointer)


@dataclass(frozen=True, slots=True)
class Fix:
    """A change to the posted body, as a JSON Patch (RFC 6902). Only a proposal until it has been tried."""

    title: str
    patch: tuple[PatchOperation, ...]
    applicability: Applicability = "unsafe"
    diff: str | None = None
    """The same change of a posted text, as a unified diff."""


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that has to do with a diagnostic."""

    location: Pointer
    message: str
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of DIAGNOSTICS."""

    code: str
    name: str
    severity: Severity
    page: str
    traits: frozenset[Trait] = frozenset()

    @property
    def summary(self) -> str:
        """The first line of its page."""
        return self.page.splitlines()[0]


@dataclass(frozen=True, slots=True)
class Fact:
    """What a rule found: a lower-case fact with its numbers, and an imperative help."""

    message: str
    at: str | Pointer = ()
    """A parameter of the layer, or a path below one."""
    anchor: Pointer | None = None
    """The full pointer, where the place is not a parameter of a layer."""
    help: str | None = None
    related: tuple[Related, ...] = ()
    fixes: tuple[Fix, ...] = ()
    traits: frozenset[Trait] = frozenset()
    """What is known of it beside the traits of its rule."""
    severity: Severity | None = None
    """Where it is not the rule's own: what one framework refuses another defines."""
    rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A fact at its place in the posted body."""

    rule: Rule
    severity: Severity
    message: str
    location: Pointer
    help: str | None = None
    related: tuple[Related, ...] = ()
    fixes: tuple[Fix, ...] = ()
    traits: frozenset[Trait] = frozenset()
    consequences: tuple["Diagnostic", ...] = ()
    """Errors that stand elsewhere and have the same cause."""
    source: Source | None = None

    @property
    def is_error(self) -> bool:
        """Whether it makes the request or the network unsound."""
        return self.severity == "error"

    def has(self, trait: Trait) -> bool:
        """Whether it or its rule has a trait."""
        return trait in self.rule.traits or trait in self.traits
