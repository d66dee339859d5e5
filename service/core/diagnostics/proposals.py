"""The changes a fix may propose, written as JSON Patches in the author's own spelling."""

from typing import Any

from service.core.diagnostics.model import PatchOperation, pointer_text
from service.core.layers.base import LONGEST_NAME, Site
from service.core.layers.parameters import CONVERSIONS


def setting(site: Site, parameter: str, value: Any) -> tuple[PatchOperation, ...]:
    """Give a parameter a value: replaced where it is given, added where it is not."""
    spelled = site.spelling.get(parameter)
    if spelled is None:
        return ({"op": "add", "path": pointer_text((*site.location, parameter)), "value": value},)
    path = pointer_text((*site.location, spelled))
    test = {"op": "test", "path": path, "value": site.written[spelled]}
    if spelled != parameter and spelled in CONVERSIONS:
        added = {"op": "add", "path": pointer_text((*site.location, parameter)), "value": value}
        return (test, {"op": "remove", "path": path}, added)
    return (test, {"op": "replace", "path": path, "value": value})


def removing(site: Site, parameter: str) -> tuple[PatchOperation, ...]:
    """Take a parameter away."""
    spelled = site.spelling[parameter]
    path = pointer_text((*site.location, spelled))
    return ({"op": "test", "path": path, "value": site.written[spelled]}, {"op": "remove", "path": path})


def inserting_before(site: Site, layer: dict[str, Any]) -> tuple[PatchOperation, ...]:
    """Put a layer before this one in its network, and between it and its input where it names that; none elsewhere."""
    if not site.in_network:
        return ()
    path = pointer_text(site.location)
    if "inputs" not in site.written:
        return ({"op": "add", "path": path, "value": layer},)
    name = f"{layer['type']}_before_{site.name}"[:LONGEST_NAME]
    between = {"name": name, **layer, "inputs": site.written["inputs"]}
    moved = (*site.location[:-1], int(site.location[-1]) + 1, "inputs")
    return (
        {"op": "add", "path": path, "value": between},
        {"op": "replace", "path": pointer_text(moved), "value": name},
    )


def one_or_list(values: list[int] | tuple[int, ...]) -> int | list[int]:
    """One integer where all axes have the same."""
    return values[0] if len(set(values)) == 1 else list(values)
