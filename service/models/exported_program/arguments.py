"""The arguments of a node: tensors by name, numbers, sizes that are symbols, and graphs."""

import math
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from service.models.json_documents import list_of, object_of, text_of


@dataclass(frozen=True, slots=True)
class Named:
    """A tensor of the graph."""

    name: str


@dataclass(frozen=True, slots=True)
class Symbol:
    """A size that the graph computes."""

    name: str


@dataclass(frozen=True, slots=True)
class Subgraph:
    """A graph that a node calls."""

    graph: Mapping[str, Any]


class _Setting:
    """What says how something is stored or run: types of numbers, devices, memory layouts."""


SETTING = _Setting()
PLAIN = ("as_int", "as_float", "as_bool", "as_string", "as_ints", "as_floats", "as_bools", "as_strings")
SETTINGS = ("as_scalar_type", "as_memory_format", "as_layout", "as_device")


def argument(value: Any) -> Any:
    """An argument as the JSON has it, an object of one member that says its kind."""
    entries = list(object_of(value).items())
    if len(entries) != 1:
        return SETTING
    (kind, content), *_ = entries
    if kind in PLAIN:
        plain = _finite(content) if kind == "as_float" else content
        return plain if _is_as_said(kind, plain) else SETTING
    match kind:
        case "as_none":
            return None
        case "as_tensor":
            return Named(text_of(object_of(content).get("name")))
        case "as_tensors":
            return [Named(text_of(object_of(entry).get("name"))) for entry in list_of(content)]
        case "as_optional_tensor":
            return argument(content)
        case "as_optional_tensors" | "as_nested_tensors":
            return [argument(entry) for entry in list_of(content)]
        case "as_sym_int" | "as_sym_float" | "as_sym_bool":
            return _symbol(content)
        case "as_sym_ints" | "as_sym_floats":
            return [_symbol(entry) for entry in list_of(content)]
        case "as_graph":
            return Subgraph(object_of(object_of(content).get("graph")))
    return SETTING


def _finite(content: Any) -> Any:
    """A number; the largest there is for one that is infinite, which files have as a text and networks have not."""
    if content in ("Infinity", "-Infinity") or content in (math.inf, -math.inf):
        return math.copysign(sys.float_info.max, float(content))
    return 0.0 if content == "NaN" or content != content else content


def _is_as_said(kind: str, content: Any) -> bool:
    """Whether a plain value is of the kind that it says."""
    one = {"as_int": int, "as_float": int | float, "as_bool": bool, "as_string": str}
    several = {f"{name}s": form for name, form in one.items()}
    if kind in one:
        return isinstance(content, one[kind]) and (kind == "as_bool" or not isinstance(content, bool))
    return isinstance(content, list) and all(isinstance(entry, several[kind]) for entry in content)


def _symbol(content: Any) -> Any:
    """A size that is named, or the number that stands there."""
    said = object_of(content)
    if isinstance(said.get("as_name"), str):
        return Symbol(said["as_name"])
    return next((value for value in said.values() if isinstance(value, bool | int | float)), SETTING)


def tensors_in(value: Any) -> Iterator[Named]:
    """The tensors in an argument, in order."""
    if isinstance(value, Named):
        yield value
    elif isinstance(value, list):
        for entry in value:
            yield from tensors_in(entry)


def all_names(arguments: Mapping[str, Any]) -> Iterator[str]:
    """The names of the tensors that a node takes."""
    for value in arguments.values():
        for tensor in tensors_in(value):
            yield tensor.name
