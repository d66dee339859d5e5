"""Core values as the JSON of answers: axes, diagnostics, fixes, receptive fields, explanations."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any

from service.core.convolve.explain import Explanation
from service.core.diagnostics import Diagnostic, Fix, Rule, pointer_text
from service.core.diagnostics.model import Source
from service.core.geometry.axes import Axis
from service.core.geometry.receptive_field import ReceptiveField
from service.models.reading import LayerPlace, NodePlace, Place, TextPlace

AXIS_MEMBERS: Mapping[str, str] = {
    "input": "size",
    "padding": "padding",
    "kernel": "kernel",
    "effective_kernel": "effective_kernel",
    "stride": "stride",
    "dilation": "dilation",
    "output_padding": "output_padding",
    "output": "output",
    "unread": "unread",
    "formula": "formula",
}
"""The members of an axis in an answer, and the attributes they come from; members without an attribute are left out."""
PLACE_MEMBERS: Mapping[type, Sequence[str]] = {
    kind: [field.name for field in fields(kind)] for kind in (TextPlace, NodePlace, LayerPlace)
}
"""The members that say where something stands in a posted model."""
MOST_FIELDS = 20_000
"""Receptive fields whose JSON is cached. Chosen."""


@cache
def _axis_members(kind: type[Axis]) -> tuple[Sequence[str], Callable[[Axis], Sequence[Any]]]:
    """The members of a kind of axis, and what reads their values."""
    attributes = {field.name for field in fields(kind)} | set(dir(kind))  # type: ignore[arg-type]  # all are dataclasses
    members = {member: attribute for member, attribute in AXIS_MEMBERS.items() if attribute in attributes}
    return list(members), attrgetter(*members.values())


def axis_object(axis: Axis) -> dict[str, Any]:
    """One spatial axis."""
    members, values_of = _axis_members(type(axis))
    return dict(zip(members, values_of(axis), strict=True))


def diagnostic_url(rule: Rule) -> str:
    """Where the page of a diagnostic is served."""
    return f"/v1/diagnostics/{rule.name}"


def diagnostic_object(diagnostic: Diagnostic) -> dict[str, Any]:
    """One fact found about a request; `consequences` are left out where there are none."""
    members = {
        "code": diagnostic.rule.code,
        "name": diagnostic.rule.name,
        "severity": diagnostic.severity,
        "url": diagnostic_url(diagnostic.rule),
        "message": diagnostic.message,
        "location": pointer_text(diagnostic.location),
        **_source(diagnostic.source),
        "related": [
            {"location": pointer_text(place.location), **_source(place.source), "message": place.message}
            for place in diagnostic.related
        ],
        "help": diagnostic.help,
        "fixes": [fix_object(fix) for fix in diagnostic.fixes],
    }
    if diagnostic.consequences:
        members["consequences"] = [diagnostic_object(consequence) for consequence in diagnostic.consequences]
    return members


def fix_object(fix: Fix) -> dict[str, Any]:
    """A change that was tried, as a JSON Patch (RFC 6902), and as a diff where it changes a posted text."""
    members = {"title": fix.title, "applicability": fix.applicability, "patch": list(fix.patch)}
    return members if fix.diff is None else members | {"diff": fix.diff}


def place_object(place: Place) -> dict[str, Any]:
    """Where something stands in a posted model; what is not known of it is left out."""
    return {name: value for name in PLACE_MEMBERS[type(place)] if (value := getattr(place, name)) is not None}


def _source(source: Source | None) -> dict[str, Any]:
    """The member that says where something stands in a posted model; none where that is not known."""
    return {} if source is None else {"source": source}


@lru_cache(maxsize=MOST_FIELDS)
def receptive_field_object(field: ReceptiveField) -> Mapping[str, Any]:
    """Which pixels of the input an output sees; `aligned` is left out where it is true."""
    members: dict[str, Any] = {
        "size": [axis.size for axis in field.axes],
        "stride": [axis.stride if isinstance(axis.stride, int) else float(axis.stride) for axis in field.axes],
        "start": [axis.twice_centre / 2 for axis in field.axes],
    }
    return members if field.aligned else members | {"aligned": False}


def explanation_object(explanation: Explanation) -> dict[str, Any]:
    """One output taken apart; null in a window is a place without input. Members that it does not have are left out."""
    members: dict[str, Any] = {"position": list(explanation.position), "output": explanation.output}
    arrays = {"window": explanation.window, "weights": explanation.weights, "products": explanation.products}
    members |= {name: array.tolist() for name, array in arrays.items() if array is not None}
    numbers = {"sum": explanation.sum, "bias": explanation.bias}
    return members | {name: number for name, number in numbers.items() if number is not None}
