"""Every diagnostic of a layer in its place."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from service.core.diagnostics.model import Diagnostic, Fact
from service.core.diagnostics.registry import RegisteredCheck, checks_of
from service.core.layers import LAYERS
from service.core.layers.base import Site
from service.core.layers.parameters import UNJUDGED


@cache
def _checks_of(type_name: str) -> tuple[list[RegisteredCheck], list[RegisteredCheck]]:
    return checks_of(LAYERS[type_name].layer)


def placed(facts: Iterable[Fact], site: Site | None = None) -> list[Diagnostic]:
    """Facts with their places: those without an anchor are placed by the site they were found at.

    Raises:
        ValueError: A fact has neither a rule nor a place, which is a defect of the check that yields it.
    """
    diagnostics = []
    for fact in facts:
        location = fact.anchor if fact.anchor is not None or site is None else site.locate(fact.at)
        if fact.rule is None or location is None:
            raise ValueError(f"a fact without rule or place: {fact.message}")
        severity = fact.severity or fact.rule.severity
        details = (fact.message, location, fact.help, fact.related, fact.fixes, fact.traits)
        diagnostics.append(Diagnostic(fact.rule, severity, *details))
    return diagnostics


def inspect(site: Site, *, warnings: bool = True) -> list[Diagnostic]:
    """Every error of a layer in its place; its warnings, if they are wanted, only where it has no error."""
    error_checks, warning_checks = _checks_of(site.kind.name)
    diagnostics = _run(error_checks, site)
    if any(diagnostic.is_error and diagnostic.has("sizes are doubtful") for diagnostic in diagnostics):
        diagnostics = [diagnostic for diagnostic in diagnostics if not diagnostic.has("too small")]
    if site.unreadable - UNJUDGED:
        return [diagnostic for diagnostic in diagnostics if diagnostic.has("survives unread parameters")]
    if not warnings or any(diagnostic.is_error for diagnostic in diagnostics):
        return diagnostics
    return diagnostics + _run(warning_checks, site)


def _run(checks: Iterable[RegisteredCheck], site: Site) -> list[Diagnostic]:
    """The diagnostics of some checks."""
    facts = []
    for registered in checks:
        for fact in registered.check(site):
            facts.append(fact if fact.rule is not None else replace(fact, rule=registered.rule))  # noqa: PERF401 - the quick way
    return placed(facts, site) if facts else []
