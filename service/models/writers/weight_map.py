"""For each weight of a network the weight of what was written, and how to turn its array."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from service.core.layers.base import Layer
from service.models.writers.program import Call, Program
from service.models.writers.table import TARGETS
from service.models.writers.target import Target
from service.models.writers.weights import Turn, Weight, held, sizes_of, turn

NO_PLACES = "where its arrays go is not known: move them by hand"


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a weight goes."""

    to: str
    turn: Turn


def weight_map(program: Program, target: Target, framework: str) -> dict[str, Place] | None:
    """By name in the network, whose framework is named, where each weight goes; None where weights have no names there.

    What only one side has is left out: PyTorch's count of batches, and a scale and a shift that stay 1 and 0. A layer
    whose arrays have no place is a difference of the program.
    """
    home = TARGETS.get(framework)
    if home is None:
        return None
    names, written = target.names(program), _calls(program)
    places: dict[str, Place] = {}
    for layer, site in program.sites.items():
        parameters, axes = _parameters(site.layer), len(site.shape or ())
        before = held(home.weights(site.kind.family, parameters, axes), site.kind.family, parameters)
        after = [
            (call, part)
            for call in written.get(layer, ())
            if call in names
            for part in held(target.weights(target.family(call), call.step, call.axes), call.step["type"], call.step)
        ]
        sizes_of_parts = sizes_of(site)
        if not len(before) == len(after) == len(sizes_of_parts):
            if layer in written:
                program.say(NO_PLACES, layer)
            continue
        for original, (call, part), sizes in zip(before, after, sizes_of_parts, strict=True):
            for role in (role for role in original if role in part):
                name = _name(home, layer, original[role])
                to = _name(target, names[call], part[role])
                places[name] = Place(to=to, turn=turn(original[role], part[role], sizes))
    return places


def _calls(program: Program) -> dict[str, list[Call]]:
    """By layer of the network the calls with weights of their own that are written for it."""
    calls: dict[str, list[Call]] = {}
    for call in program.calls:
        if call.has_weights and call.owner is None:
            calls.setdefault(call.layer, []).append(call)
    return calls


def _parameters(layer: Layer) -> Mapping[str, Any]:
    return {field.name: getattr(layer, field.name) for field in fields(layer)}


def _name(target: Target, layer: str, weight: Weight) -> str:
    return target.separator.join(filter(None, (layer, weight.name)))
