"""`GET /v1/frameworks`: every framework, the version its rules were recorded from, and the rules."""

from dataclasses import fields
from typing import Any

from service.core.frameworks import FRAMEWORKS, Framework
from service.core.frameworks.window_rules import WindowRules
from service.operations.shared.operation import Context, NoParameters, Operation
from service.schemas.answers import Answer


class FrameworksAnswer(Answer):
    """Every framework with its rules by layer family."""

    frameworks: list[dict[str, Any]]


def run(_request: NoParameters, _context: Context) -> dict[str, Any]:
    """The frameworks in their order."""
    return {"frameworks": [_framework(row) for row in FRAMEWORKS.values()]}


def _framework(row: Framework) -> dict[str, Any]:
    members: dict[str, Any] = {"name": row.name, "title": row.title, "version": row.version}
    if row.opsets:
        members["opsets"] = {"oldest": row.opsets[0], "newest": row.opsets[1]}
    members |= {"layout": row.layout.name, "unbatched": row.unbatched}
    members["layers"] = {family: _rules(rules) for family, rules in row.rules.items()}
    return members


def _rules(rules: WindowRules) -> dict[str, Any]:
    values = {field.name: getattr(rules, field.name) for field in fields(rules)}
    plain = {name: value for name, value in values.items() if not callable(value)}
    return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in plain.items()}


OPERATION = Operation(
    name="listFrameworks",
    method="get",
    path="/v1/frameworks",
    tag="catalogue",
    place=3,
    summary="Every framework with its rules",
    description="The version that each framework's rules were recorded from, and the rules by layer family.",
    answer=FrameworksAnswer,
    run=run,
)
