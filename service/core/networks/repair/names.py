"""Changes to names: what may be meant by a name that no layer has, that two have, or that leads into a cycle."""

from collections.abc import Iterator
from difflib import get_close_matches

from service.core.diagnostics import Diagnostic, Fix
from service.core.diagnostics.model import pointer_text
from service.core.layers.pointers import Pointer
from service.core.networks.judge_network import Judgement
from service.core.networks.network import Network, layer_of

MOST_NAMES = 5
"""Names that are tried in place of an unknown one. Chosen: those spelled most alike, and outputs that nothing takes."""
LONGEST_COMPARED, MOST_COMPARED = 64, 1_000
"""Letters of a name, and names, that are compared with an unknown one. Measured: 9,000 names take 3 seconds."""
ALIKE = 0.6
"""How alike names must be to be taken for each other, from 0 to 1. Chosen: one letter of three may differ."""


def errors_of_names(judgement: Judgement) -> list[Diagnostic]:
    """The errors that are about how layers are named and connected, not about a layer in its place."""
    of_layers = {id(error) for errors in judgement.layer_errors.values() for error in errors}
    return [error for error in judgement.diagnostics if error.is_error and id(error) not in of_layers]


def name_changes(error: Diagnostic, network: Network, judgement: Judgement) -> list[Fix]:
    """What may mend an error of names, the likeliest first."""
    found = {fix.title: fix for fix in [*error.fixes, *_changes(error, network, judgement)]}
    return list(found.values())


def _changes(error: Diagnostic, network: Network, judgement: Judgement) -> Iterator[Fix]:
    at = error.location
    if error.has("about a name that is unknown"):
        written = _name_at(at, network)
        for name in _names_meant(written, network, judgement):
            yield _replaced(at, written, name)
    elif error.has("about a name that is taken"):
        yield from _other_names(at, network)
    elif error.has("about a cycle"):
        for place in (at, *(related.location for related in error.related)):
            yield from _out_of_the_cycle(int(place[1]), network)


def _out_of_the_cycle(index: int, network: Network) -> Iterator[Fix]:
    """A layer of a cycle takes in the layer listed before it in place of one that is listed after it."""
    node = network.nodes[index]
    named = node.description.posted.get("inputs")
    before = network.names[index - 1] if index else next(iter(network.inputs))
    later = set(network.names[index:])
    for position, name in enumerate(node.inputs or ()):
        if name in later:
            place = ("layers", index, "inputs", *((position,) if isinstance(named, list) else ()))
            fix = _replaced(place, name, before)
            yield Fix(f"let `{network.names[index]}` take `{before}` in place of `{name}`", fix.patch)


def _name_at(at: Pointer, network: Network) -> str:
    """The name that is written at a place of the posted body."""
    if at[0] == "outputs":
        return (network.outputs or ())[int(at[1])]
    value = network.nodes[int(at[1])].description.posted[str(at[2])]
    return str(value[at[3]] if len(at) > 3 else value)


def _names_meant(written: str, network: Network, judgement: Judgement) -> Iterator[str]:
    """Names that are spelled alike, then layers whose output nothing takes in; outputs of the same layer first."""
    layer, colon, _ = written.rpartition(":")
    if colon and layer in network.names:
        outputs = judgement.layers[network.names.index(layer)].outcome.outputs
        yield from (f"{layer}:{number}" for number in range(min(len(outputs), MOST_NAMES)))
    if len(written) <= LONGEST_COMPARED:
        known = [name for name in (*network.names, *network.inputs) if len(name) <= LONGEST_COMPARED]
        yield from get_close_matches(written, known[:MOST_COMPARED], MOST_NAMES, ALIKE)
    used = {layer_of(key) for keys in (*judgement.graph.connections, judgement.graph.outputs) for key in keys}
    unused = [index for index in range(len(network.nodes)) if index not in used]
    yield from (network.names[index] for index in unused[:MOST_NAMES])


def _replaced(at: Pointer, old: str, new: str) -> Fix:
    path = pointer_text(at)
    patch = ({"op": "test", "path": path, "value": old}, {"op": "replace", "path": path, "value": new})
    return Fix(f"write `{new}`", patch)


def _other_names(at: Pointer, network: Network) -> Iterator[Fix]:
    """The second, or the first, of two layers of one name called otherwise."""
    index = int(at[1])
    name = network.names[index]
    taken = {*network.names, *network.inputs}
    free = next(other for number in range(2, len(taken) + 3) if (other := f"{name}_{number}") not in taken)
    for place in (index, network.names.index(name)):
        patch = ({"op": "add", "path": pointer_text(("layers", place, "name")), "value": free},)
        yield Fix(f"call layer {place} `{free}`", patch)
