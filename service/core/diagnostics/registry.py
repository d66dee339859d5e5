"""DIAGNOSTICS: the registry of all diagnostics, and how one is registered.

A diagnostic is one generator function: it is given what it judges and yields a `Fact` for each place where the
pattern stands. Its name is the function's, its page is its docstring. Functions registered with `on` are run by
`inspect` on every layer of those classes; the others are called where the thing they judge is known.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import wraps
from inspect import cleandoc
from typing import ParamSpec

from service.core.diagnostics.model import Fact, Rule, Severity, Trait
from service.core.layers.base import Site

P = ParamSpec("P")
Check = Callable[P, Iterator[Fact]]
SiteCheck = Callable[[Site], Iterator[Fact]]


@dataclass(frozen=True, slots=True)
class RegisteredCheck:
    """A check that `inspect` runs; its facts are of its rule unless they name another."""

    on: tuple[type, ...]
    severity: Severity
    check: SiteCheck
    rule: Rule | None = None


@dataclass(slots=True)
class _Registry:
    rules: dict[str, Rule] = field(default_factory=dict)
    checks: list[RegisteredCheck] = field(default_factory=list)


_registry = _Registry()
DIAGNOSTICS: Mapping[str, Rule] = _registry.rules


def diagnostic(
    code: str, severity: Severity = "error", *, on: tuple[type, ...] = (), traits: tuple[Trait, ...] = ()
) -> Callable[[Check[P]], Check[P]]:
    """Register a generator function as a diagnostic, and let `inspect` run it on layers of the classes `on`.

    Raises:
        ValueError: The code or the name is taken.
    """

    def register(check: Check[P]) -> Check[P]:
        name = check.__name__.replace("_", "-")
        rule = Rule(code, name, severity, cleandoc(check.__doc__ or ""), frozenset(traits))
        if rule.name in _registry.rules or code in {known.code for known in _registry.rules.values()}:
            raise ValueError(f"diagnostic {code} {rule.name} is registered twice")
        _registry.rules[rule.name] = rule

        @wraps(check)
        def stamped(*args: P.args, **kwargs: P.kwargs) -> Iterator[Fact]:
            for fact in check(*args, **kwargs):
                yield replace(fact, rule=rule)

        if on:
            _registry.checks.append(RegisteredCheck(on, severity, check, rule))  # type: ignore[arg-type]
        return stamped

    return register


def check(*, on: tuple[type, ...], severity: Severity = "error") -> Callable[[SiteCheck], SiteCheck]:
    """Let `inspect` run a generator function that yields the facts of other diagnostics."""

    def register(function: SiteCheck) -> SiteCheck:
        _registry.checks.append(RegisteredCheck(on, severity, function))
        return function

    return register


def checks_of(layer: type) -> tuple[list[RegisteredCheck], list[RegisteredCheck]]:
    """The checks that apply to a layer class: those for errors, those for warnings."""
    applying = [registered for registered in _registry.checks if issubclass(layer, registered.on)]
    errors = [registered for registered in applying if registered.severity == "error"]
    return errors, [registered for registered in applying if registered.severity == "warning"]
