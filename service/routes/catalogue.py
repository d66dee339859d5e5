"""What there is: layers, frameworks, diagnostics and limits, from the tables that the code runs on."""

from dataclasses import MISSING, fields
from inspect import cleandoc
from typing import Any

from flask import Blueprint, Response

from service.core.diagnostics import DIAGNOSTICS
from service.core.diagnostics.model import Rule
from service.core.frameworks import FRAMEWORKS, Framework
from service.core.frameworks.window_rules import WindowRules
from service.core.layers import LAYERS, Kind
from service.core.layers.parameters import PARAMETERS
from service.problems import Problem
from service.rendering import diagnostic_url
from service.routes.exchange import answer
from service.settings import JSON_DEPTH, settings

blueprint = Blueprint("catalogue", __name__)


@blueprint.get("/v1/layers")
def layers() -> Response:
    """Every layer type with its parameters."""
    return answer({"layers": [_layer(kind) for kind in LAYERS.values()]})


def _layer(kind: Kind) -> dict[str, Any]:
    return {
        "type": kind.name,
        "family": kind.family,
        "rank": kind.rank,
        "description": cleandoc(kind.layer.__doc__ or ""),
        "frameworks": [
            name
            for name, framework in FRAMEWORKS.items()
            if not kind.layer.windowed or framework.rules_for(kind.name, kind.family)
        ],
        "parameters": [_parameter(kind, name) for name in kind.layer.parameter_names()],
    }


def _parameter(kind: Kind, name: str) -> dict[str, Any]:
    row = PARAMETERS[name]
    default = next(one.default for one in fields(kind.layer) if one.name == name)
    shown: dict[str, Any] = {"name": name, "meaning": row.meaning, "form": row.form, "aliases": list(row.aliases)}
    shown["required"] = default is MISSING
    if default is not MISSING:
        shown["default"] = default
    return shown


@blueprint.get("/v1/frameworks")
def frameworks() -> Response:
    """Every framework: the version its rules were recorded from, and the rules."""
    return answer({"frameworks": [_framework(row) for row in FRAMEWORKS.values()]})


def _framework(row: Framework) -> dict[str, Any]:
    shown: dict[str, Any] = {"name": row.name, "title": row.title, "version": row.version}
    if row.opsets:
        shown["opsets"] = {"oldest": row.opsets[0], "newest": row.opsets[1]}
    shown |= {"layout": row.layout.name, "unbatched": row.unbatched}
    shown["layers"] = {family: _rules(rules) for family, rules in row.rules.items()}
    return shown


def _rules(rules: WindowRules) -> dict[str, Any]:
    shown = {field.name: getattr(rules, field.name) for field in fields(rules)}
    plain = {name: value for name, value in shown.items() if not callable(value)}
    return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in plain.items()}


@blueprint.get("/v1/diagnostics")
def diagnostics() -> Response:
    """Every diagnostic in a line."""
    rows = sorted(DIAGNOSTICS.values(), key=lambda rule: rule.code)
    return answer({"diagnostics": [_rule(rule) for rule in rows]})


@blueprint.get("/v1/diagnostics/<name>")
def diagnostic(name: str) -> Response:
    """One diagnostic's page; its code will do for its name."""
    rule = DIAGNOSTICS.get(name) or next((one for one in DIAGNOSTICS.values() if one.code == name), None)
    if rule is None:
        raise Problem(404, f"there is no diagnostic {name!r}")
    return answer({**_rule(rule), "description": rule.page})


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity,
        "url": diagnostic_url(rule),
        "summary": rule.summary,
    }


@blueprint.get("/v1/limits")
def limits() -> Response:
    """Every limit, its value and its meaning."""
    current = settings()
    rows = {
        name: {"value": getattr(current, name), "meaning": field.description}
        for name, field in type(current).model_fields.items()
    }
    rows["json_depth"] = {"value": JSON_DEPTH, "meaning": "Levels of nesting in a JSON body."}
    return answer({"limits": rows})
