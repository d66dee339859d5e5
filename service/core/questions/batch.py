"""Output sizes of many plain layers at once: the arithmetic of one axis, on columns of numbers.

A search asks thousands of times about the same kind of layer with other integers. Where everything about a question is
plain (integers, "same" or "valid", nothing but the spatial parameters) and the layer is sure to be accepted, its size
is computed here together with all others. Every other question is left to the usual way, which alone knows what is
wrong and how to say it. A law in the tests holds this way to the usual one.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from service.core.frameworks import DEFAULT_FRAMEWORK, FRAMEWORKS
from service.core.frameworks.window_rules import WindowRules
from service.core.geometry.arithmetic import effective_kernel, floor_output, same_output
from service.core.geometry.shapes import LARGEST
from service.core.layers import LAYERS
from service.core.layers.convolution import Convolution
from service.core.layers.parameters import ALIASES, CONVERSIONS
from service.core.layers.pools import AveragePool, MaxPool, Pool

PLAIN_TYPES: Mapping[str, int] = {
    name: kind.rank
    for name, kind in LAYERS.items()
    if kind.rank is not None and kind.layer in (Convolution, MaxPool, AveragePool)
}
"""The types that are computed here, with their ranks."""
CONVOLUTIONS = frozenset(name for name in PLAIN_TYPES if LAYERS[name].layer is Convolution)
QUESTION_MEMBERS = frozenset({"framework", "layer", "input_size"})
POOL_MEMBERS = frozenset({"type", "kernel_size", "stride", "padding", "dilation"})
CONVOLUTION_MEMBERS = POOL_MEMBERS | {"in_channels", "out_channels"}
COLUMNS = 5
"""Numbers of an axis: size, kernel, stride, padding, dilation."""
PLAIN_NAMES = ("same", "valid")
PLAIN_ALIASES: Mapping[str, str] = {
    alias: name for alias, name in ALIASES.items() if name in CONVOLUTION_MEMBERS and alias not in CONVERSIONS
}
"""Spellings of the frameworks whose values need no conversion."""


class Group(NamedTuple):
    """Questions that are computed together."""

    framework: str
    type_name: str
    given: frozenset[str]
    """The parameters that are given."""
    padding_name: str
    """Empty where padding is given in amounts, or not at all."""


def plain_sizes(questions: Sequence[Any]) -> dict[int, list[int]]:
    """The output sizes of those questions that are plain and whose layers are sure to be accepted, by their index."""
    groups: dict[Group, tuple[list[int], list[Any]]] = {}
    for index, question in enumerate(questions):
        row = _row(question)
        if row is not None:
            group, numbers = row
            indices, columns = groups.setdefault(group, ([], []))
            indices.append(index)
            columns += numbers
    sizes: dict[int, list[int]] = {}
    for group, (indices, columns) in groups.items():
        sizes.update(_sizes(group, indices, columns))
    return sizes


# --- reading ----------------------------------------------------------------------------------------------------------


def _row(question: Any) -> tuple[Group, list[Any]] | None:
    """The group of a question, and its numbers axis by axis; None where it is not plain."""
    if type(question) is not dict or not question.keys() <= QUESTION_MEMBERS or len(question) < 2:
        return None
    layer, size = question.get("layer"), question.get("input_size")
    framework = question.get("framework", DEFAULT_FRAMEWORK.name)
    if type(layer) is not dict or type(framework) is not str or type(type_name := layer.get("type")) is not str:
        return None
    rank = PLAIN_TYPES.get(type_name)
    if rank is None:
        return None
    if not layer.keys() <= CONVOLUTION_MEMBERS:
        posted, layer = layer, {PLAIN_ALIASES.get(word, word): value for word, value in layer.items()}
        if len(layer) < len(posted):
            return None
        if "pads" in layer and "padding" not in layer:
            layer["padding"] = _same_both_ends(layer.pop("pads"), rank)
    convolves = type_name in CONVOLUTIONS
    if not layer.keys() <= (CONVOLUTION_MEMBERS if convolves else POOL_MEMBERS) or not _has_plain_channels(layer):
        return None
    padding = layer.get("padding", 0)
    name = padding if type(padding) is str and padding in PLAIN_NAMES else ""
    stride, dilation = layer.get("stride", 1 if convolves else 0), layer.get("dilation", 1)
    lists = []
    for value in (size, layer.get("kernel_size"), stride, 0 if name else padding, dilation):
        if type(value) is int:
            lists.append([value] * rank)
        elif type(value) is list and len(value) == rank:
            lists.append(value)
        else:
            return None
    if rank == 1:
        numbers = [values[0] for values in lists]
    else:
        numbers = [value for axis in zip(*lists, strict=True) for value in axis]
    return Group(framework, type_name, frozenset(layer), name), numbers


def _same_both_ends(pads: Any, rank: int) -> Any:
    """ONNX's begins and ends as one amount an axis, where they are the same; None otherwise."""
    if type(pads) is list and set(map(type, pads)) == {int} and len(pads) == 2 * rank and pads[:rank] == pads[rank:]:
        return pads[:rank]
    return None


def _has_plain_channels(layer: Mapping[str, Any]) -> bool:
    """Whether the channels, where they are given, are counts."""
    for name in ("in_channels", "out_channels"):
        if name in layer and not (type(layer[name]) is int and 1 <= layer[name] <= LARGEST):
            return False
    return True


# --- computing --------------------------------------------------------------------------------------------------------


def _sizes(group: Group, indices: list[int], columns: list[Any]) -> dict[int, list[int]]:
    """The sizes of one group's questions, of which every axis is sure to be accepted."""
    kind, framework = LAYERS[group.type_name], FRAMEWORKS.get(group.framework)
    rules = None if framework is None else framework.rules_for(group.type_name, kind.family)
    if rules is None or not _takes_form(rules, group) or set(map(type, columns)) != {int}:
        return {}
    try:
        numbers = np.array(columns, np.int64).reshape(-1, COLUMNS)
    except OverflowError:
        return {}
    size, kernel, stride, padding, dilation = numbers.T
    if issubclass(kind.layer, Pool) and "stride" not in group.given:
        stride = kernel if rules.default_stride == "kernel" else np.ones_like(kernel)
    in_range = (numbers <= LARGEST).all(axis=1) & (numbers[:, :2] >= 1).all(axis=1) & (stride >= 1)
    valid = in_range & (dilation >= 1) & (padding >= 0)
    size, kernel, stride, padding, dilation = (
        np.where(valid, column, 1) for column in (size, kernel, stride, padding, dilation)
    )
    rank = PLAIN_TYPES[group.type_name]
    effective: Any = effective_kernel(kernel, dilation)  # type: ignore[arg-type]  # as good on columns as on numbers
    largest_stride, largest_dilation = _largest(stride, rank), _largest(dilation, rank)
    accepted = valid & rules.takes_window(kernel, stride, dilation, padding, padding)
    accepted &= rules.takes_stride_with_dilation(largest_stride, largest_dilation) & rules.takes_input(size, effective)
    if group.padding_name == "same":
        outputs: Any = same_output(size, stride)  # type: ignore[arg-type]
        accepted &= rules.takes_name_with_stride(group.padding_name, largest_stride)
    else:
        outputs = floor_output(size + 2 * padding, effective, stride)  # type: ignore[arg-type]
    accepted &= rules.takes_output(outputs)
    every_axis: list[bool] = np.all(accepted.reshape(-1, rank), axis=1).tolist()
    rows: list[list[int]] = np.asarray(outputs).reshape(-1, rank).tolist()
    return {index: sizes for index, sizes, ok in zip(indices, rows, every_axis, strict=True) if ok}


def _largest(column: Any, rank: int) -> Any:
    """The largest value of all axes of a question, for each of them."""
    return column if rank == 1 else column.reshape(-1, rank).max(axis=1).repeat(rank)


def _takes_form(rules: WindowRules, group: Group) -> bool:
    """Whether padding is given in the form that the framework's layer takes."""
    if group.padding_name:
        return group.padding_name in rules.named
    return rules.numbers or "padding" not in group.given
