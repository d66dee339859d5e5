"""One form for bodies that say the same network: a repair is compared with the network before its mistake."""

from typing import Any

from tests.mistakes.kinds.base import ALIASES, CONCAT, POOLS, simple
from tests.mistakes.sound import Document

DEFAULTS = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "output_padding": 0, "start_dim": 1}
"""What a parameter is where it is left out."""
OURS = {alias: parameter for parameter, aliases in ALIASES.items() for alias in aliases if alias != "size"}


def normal(body: Document, ranks: dict[int, int], *, any_batch: bool = False) -> Document:
    """Layers without names and defaults, wired by position; `ranks` of what leaves them count axes from the end."""
    layers, position = [], {}
    first = "input" if "input_shape" in body else next(iter(body.get("inputs", {"input": 0})))
    before: Any = first
    for index, layer in enumerate(body["layers"]):
        name = layer.get("name", f"{layer['type']}_{index}")
        inputs = layer.get("inputs") or [before]
        wired = [wire(each, position) for each in inputs]
        members = {OURS.get(key, key): plain(value) for key, value in layer.items() if key not in ("name", "inputs")}
        members = {key: value for key, value in members.items() if DEFAULTS.get(key) != value}
        if simple(layer) != "flatten":
            members["type"] = simple(layer)
        if simple(layer) in POOLS and members.get("stride") == members.get("kernel_size"):
            members.pop("stride", None)
        if simple(layer) in CONCAT and type(members.get("dim")) is int and ranks.get(index):
            members["dim"] %= ranks[index]
        layers.append({**members, "inputs": wired})
        position[name] = index
        before = name
    shapes = {"input": body["input_shape"]} if "input_shape" in body else body.get("inputs", {})
    if any_batch:
        shapes = {name: shape[1:] for name, shape in shapes.items()}
    outputs = [wire(each, position) for each in body.get("outputs") or []]
    return {"inputs": shapes, "layers": layers, "outputs": outputs}


def wire(name: str, position: dict[str, int]) -> Any:
    bare, _, slot = str(name).partition(":")
    return [position.get(bare, bare), int(slot or 0)] if slot.isdigit() or not slot else name


def plain(value: Any) -> Any:
    """Equal integers per axis as one."""
    if isinstance(value, list) and value and all(type(each) is int for each in value) and len(set(value)) == 1:
        return value[0]
    return value
