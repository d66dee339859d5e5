"""Changes that a fix proposes, as JSON Patches (RFC 6902) in the author's own spelling."""

from collections.abc import Sequence
from typing import Any

from service.core.diagnostics.model import PatchOperation, pointer_text
from service.core.layers.base import Site
from service.core.layers.pointers import LONGEST_NAME, Pointer

Patch = tuple[PatchOperation, ...]


def replacing(at: Pointer, value: Any, other: Any) -> Patch:
    """Another value in place of one that must still be there."""
    path = pointer_text(at)
    return ({"op": "test", "path": path, "value": value}, {"op": "replace", "path": path, "value": other})


def setting(site: Site, parameter: str, value: Any) -> Patch:
    """Give a parameter a value: replaced where it is given, added where it is not."""
    spelled = site.spelling.get(parameter)
    if spelled is None:
        return ({"op": "add", "path": pointer_text((*site.location, parameter)), "value": value},)
    if spelled != parameter and parameter in site.converted:
        added = {"op": "add", "path": pointer_text((*site.location, parameter)), "value": value}
        return (*removing(site, parameter), added)
    return replacing((*site.location, spelled), site.posted[spelled], value)


def removing(site: Site, parameter: str) -> Patch:
    """Take a parameter away."""
    spelled = site.spelling[parameter]
    path = pointer_text((*site.location, spelled))
    return ({"op": "test", "path": path, "value": site.posted[spelled]}, {"op": "remove", "path": path})


def inserting_before(site: Site, layer: dict[str, Any]) -> Patch:
    """Put a layer before this one in its network, and between it and its input where it names that; none elsewhere."""
    if not site.in_network:
        return ()
    path = pointer_text(site.location)
    if "inputs" not in site.posted:
        return ({"op": "add", "path": path, "value": layer},)
    name = f"{layer['type']}_before_{site.name}"[:LONGEST_NAME]
    between = {"name": name, **layer, "inputs": site.posted["inputs"]}
    moved = (*site.location[:-1], int(site.location[-1]) + 1, "inputs")
    return (
        {"op": "add", "path": path, "value": between},
        {"op": "replace", "path": pointer_text(moved), "value": name},
    )


def one_or_list(values: Sequence[int]) -> int | list[int]:
    """One integer where all axes have the same, else one per axis."""
    return values[0] if len(set(values)) == 1 else list(values)
