"""What a diagnostic is, and DIAGNOSTICS, the registry of them all.

A diagnostic is one generator function: it is given what it judges and yields a `Fact` for each place where the
pattern stands. Its name is the function's, its page at `/v1/diagnostics/{name}` is its docstring. Functions
registered with `on` are run by `inspect` on every layer of those classes; the others are called where the thing
they judge is known.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, wraps
from inspect import cleandoc
from typing import Any, Literal, ParamSpec

from service.core.layers.base import LAYERS
from service.core.site import Pointer, Site

Severity = Literal["error", "warning"]
Applicability = Literal["safe", "unsafe", "display-only"]
Operation = Mapping[str, Any]
P = ParamSpec("P")


def pointer_text(pointer: Pointer) -> str:
    """A JSON Pointer (RFC 6901) as text: `~` and `/` inside a part are escaped."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in pointer)


@dataclass(frozen=True, slots=True)
class Fix:
    """A change to the posted body, as a JSON Patch (RFC 6902). Only a proposal until it has been tried."""

    title: str
    patch: tuple[Operation, ...]
    applicability: Applicability = "unsafe"

    def as_dict(self) -> dict[str, Any]:
        """The fix as the HTTP answer shows it."""
        return {"title": self.title, "applicability": self.applicability, "patch": list(self.patch)}


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that has to do with a diagnostic."""

    location: Pointer
    message: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of DIAGNOSTICS."""

    code: str
    name: str
    severity: Severity
    page: str

    @property
    def url(self) -> str:
        """Where its page is served."""
        return f"/v1/diagnostics/{self.name}"

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

    @property
    def is_error(self) -> bool:
        """Whether it makes the request or the network unsound."""
        return self.severity == "error"

    def as_dict(self) -> dict[str, Any]:
        """The diagnostic as the HTTP answer shows it."""
        return {
            "code": self.rule.code,
            "name": self.rule.name,
            "severity": self.severity,
            "url": self.rule.url,
            "message": self.message,
            "location": pointer_text(self.location),
            "related": [{"location": pointer_text(place.location), "message": place.message} for place in self.related],
            "help": self.help,
            "fixes": [fix.as_dict() for fix in self.fixes],
        }


Check = Callable[P, Iterator[Fact]]


SiteCheck = Callable[[Site], Iterator[Fact]]


@dataclass(frozen=True, slots=True)
class _Registered:
    """A check that `inspect` runs; its facts are of its rule unless they say another."""

    on: tuple[type, ...]
    severity: Severity
    check: SiteCheck
    rule: Rule | None = None


@dataclass(slots=True)
class _Registry:
    rules: dict[str, Rule] = field(default_factory=dict)
    checks: list["_Registered"] = field(default_factory=list)


_registry = _Registry()
DIAGNOSTICS: Mapping[str, Rule] = _registry.rules


def diagnostic(code: str, severity: Severity = "error", *, on: tuple[type, ...] = ()) -> Callable[[Check[P]], Check[P]]:
    """Register a generator function as a diagnostic, and let `inspect` run it on layers of the classes `on`."""

    def register(check: Check[P]) -> Check[P]:
        rule = Rule(code, check.__name__.replace("_", "-"), severity, cleandoc(check.__doc__ or ""))
        if rule.name in _registry.rules or code in {known.code for known in _registry.rules.values()}:
            raise ValueError(f"diagnostic {code} {rule.name} is registered twice")
        _registry.rules[rule.name] = rule

        @wraps(check)
        def stamped(*args: P.args, **kwargs: P.kwargs) -> Iterator[Fact]:
            for fact in check(*args, **kwargs):
                yield replace(fact, rule=rule)

        if on:
            _registry.checks.append(_Registered(on, severity, check, rule))  # type: ignore[arg-type]
        return stamped

    return register


def check(*, on: tuple[type, ...], severity: Severity = "error") -> Callable[[SiteCheck], SiteCheck]:
    """Let `inspect` run a generator function that yields the facts of other diagnostics."""

    def register(function: SiteCheck) -> SiteCheck:
        _registry.checks.append(_Registered(on, severity, function))
        return function

    return register


@cache
def _checks_on(type_name: str) -> tuple[list[_Registered], list[_Registered]]:
    """The checks that apply to a layer type: those for errors, those for warnings."""
    layer = LAYERS[type_name].layer
    applying = [one for one in _registry.checks if issubclass(layer, one.on)]
    errors = [one for one in applying if one.severity == "error"]
    return errors, [one for one in applying if one.severity == "warning"]


def placed(facts: Iterable[Fact], site: Site | None = None) -> list[Diagnostic]:
    """Facts with their places: those without an anchor are placed by the site they were found at."""
    diagnostics = []
    for fact in facts:
        location = fact.anchor if fact.anchor is not None or site is None else site.locate(fact.at)
        if fact.rule is None or location is None:
            raise ValueError(f"a fact without rule or place: {fact.message}")
        severity = fact.severity or fact.rule.severity
        diagnostics.append(Diagnostic(fact.rule, severity, fact.message, location, fact.help, fact.related, fact.fixes))
    return diagnostics


def _found(checks: Iterable[_Registered], site: Site) -> list[Diagnostic]:
    facts = []
    for one in checks:
        for fact in one.check(site):
            facts.append(fact if fact.rule is not None else replace(fact, rule=one.rule))  # noqa: PERF401 - the quick way
    return placed(facts, site) if facts else []


def inspect(site: Site, *, warnings: bool = True) -> list[Diagnostic]:
    """Every error of a layer in its place; its warnings, if they are wanted, only where it has no error."""
    errors, warning_checks = _checks_on(site.kind.name)
    found = _found(errors, site)
    if any(one.is_error and one.rule.name in DOUBTFUL_SIZES for one in found):
        found = [one for one in found if one.rule.name not in ABOUT_SIZES]
    if site.broken:
        return [one for one in found if one.rule.name in SURVIVES_BROKEN_PARAMETERS]
    if not warnings or any(one.is_error for one in found):
        return found
    return found + _found(warning_checks, site)


DOUBTFUL_SIZES = frozenset({"suspected-channels-last", "not-supported-by-framework"})
"""Errors with which a layer's sizes are not those that are meant."""
ABOUT_SIZES = frozenset({"kernel-larger-than-input", "empty-output", "padding-exceeds-input"})
"""Errors that then say nothing more."""
SURVIVES_BROKEN_PARAMETERS = frozenset({"channel-mismatch", "feature-mismatch", "suspected-channels-last"})
"""Errors that still mean something where another parameter of the layer could not be read."""
