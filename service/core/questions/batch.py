"""Output sizes of many plain layers at once: the arithmetic of one axis, on columns of numbers.

A search asks thousands of times about the same kind of layer with other integers. Where everything about a question is
plain (integers, "same" or "valid", nothing but the spatial parameters) and sound, its size is found here with all the
others; whatever is not, or might not be, is left to the usual way, which alone knows what is wrong and how to say it.
A law in the tests holds this way to the usual one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from service.core.frameworks import DEFAULT_FRAMEWORK, FRAMEWORKS
from service.core.frameworks.window_rules import WindowRules
from service.core.geometry.arithmetic import effective_kernel, floor_output, same_output
from service.core.geometry.shapes import LARGEST
from service.core.layers import LAYERS
from service.core.layers.parameters import ALIASES, CONVERSIONS
from service.core.layers.pools import AveragePool, MaxPool, Pool
from service.core.layers.windows import Convolution

PLAIN: Mapping[str, int] = {
    name: kind.rank
    for name, kind in LAYERS.items()
    if kind.rank is not None and kind.layer in (Convolution, MaxPool, AveragePool)
}
"""The types that are computed here, with their ranks."""
IN_A_QUESTION = frozenset({"framework", "layer", "input_size"})
IN_A_CONVOLUTION = frozenset({"type", "kernel_size", "stride", "padding", "dilation", "in_channels", "out_channels"})
IN_A_POOL = frozenset({"type", "kernel_size", "stride", "padding", "dilation"})
COLUMNS = 5
"""Numbers of an axis: size, kernel, stride, padding, dilation."""
NAMED = ("same", "valid")
OTHER_WORDS: Mapping[str, str] = {
    alias: name for alias, name in ALIASES.items() if name in IN_A_CONVOLUTION and alias not in CONVERSIONS
}
"""Spellings of the frameworks whose values need no conversion."""

Key = tuple[str, str, frozenset[str], str]
"""Framework, type, the parameters given, and the name of the padding, if it has one."""


def plain_sizes(questions: Sequence[Any]) -> dict[int, list[int]]:
    """The output sizes of those questions that are plain and sound, by their index."""
    groups: dict[Key, tuple[list[int], list[Any]]] = {}
    for index, question in enumerate(questions):
        row = _row(question)
        if row is not None:
            key, numbers = row
            indices, columns = groups.setdefault(key, ([], []))
            indices.append(index)
            columns += numbers
    found: dict[int, list[int]] = {}
    for key, (indices, columns) in groups.items():
        found.update(_sizes(key, indices, columns))
    return found


def _row(question: Any) -> tuple[Key, list[Any]] | None:
    """What a question is about, and its numbers axis by axis; None where it is not plain."""
    if type(question) is not dict or not question.keys() <= IN_A_QUESTION or len(question) < 2:
        return None
    layer, size = question.get("layer"), question.get("input_size")
    framework = question.get("framework", DEFAULT_FRAMEWORK.name)
    if type(layer) is not dict or type(framework) is not str or type(type_name := layer.get("type")) is not str:
        return None
    rank = PLAIN.get(type_name)
    if rank is None:
        return None
    if not layer.keys() <= IN_A_CONVOLUTION:
        words, layer = layer, {OTHER_WORDS.get(word, word): value for word, value in layer.items()}
        if len(layer) < len(words):
            return None
        if "pads" in layer and "padding" not in layer:
            layer["padding"] = _even(layer.pop("pads"), rank)
    convolves = type_name[0] == "c"
    if not layer.keys() <= (IN_A_CONVOLUTION if convolves else IN_A_POOL) or not _counts(layer):
        return None
    kernel = layer.get("kernel_size")
    stride = layer.get("stride", 1 if convolves else 0)
    padding = layer.get("padding", 0)
    name = padding if type(padding) is str and padding in NAMED else ""
    lists = []
    for value in (size, kernel, stride, 0 if name else padding, layer.get("dilation", 1)):
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
    return (framework, type_name, frozenset(layer), name), numbers


def _even(pads: Any, rank: int) -> Any:
    """ONNX's begins and ends as one amount an axis, where they are the same; None otherwise."""
    if type(pads) is list and set(map(type, pads)) == {int} and len(pads) == 2 * rank and pads[:rank] == pads[rank:]:
        return pads[:rank]
    return None


def _counts(layer: Mapping[str, Any]) -> bool:
    """Whether the channels, where they are given, are counts."""
    for name in ("in_channels", "out_channels"):
        if name in layer and not (type(layer[name]) is int and 1 <= layer[name] <= LARGEST):
            return False
    return True


def _sizes(key: Key, indices: list[int], columns: list[Any]) -> dict[int, list[int]]:
    """The sizes of one group: those of its questions of which every axis is sound."""
    framework, type_name, given, name = key
    kind = LAYERS[type_name]
    row = FRAMEWORKS.get(framework)
    rules = None if row is None else row.rules_for(type_name, kind.family)
    if rules is None or not _takes_padding(rules, name, given) or set(map(type, columns)) != {int}:
        return {}
    try:
        numbers = np.array(columns, np.int64).reshape(-1, COLUMNS)
    except OverflowError:
        return {}
    size, kernel, stride, padding, dilation = numbers.T
    if issubclass(kind.layer, Pool) and "stride" not in given:
        stride = kernel if rules.default_stride == "kernel" else np.ones_like(kernel)
    in_range = (numbers <= LARGEST).all(axis=1) & (numbers[:, :2] >= 1).all(axis=1) & (stride >= 1)
    sound = in_range & (dilation >= 1) & (padding >= 0)
    size, kernel, stride, padding, dilation = (
        np.where(sound, one, 1) for one in (size, kernel, stride, padding, dilation)
    )
    effective = effective_kernel(kernel, dilation)  # type: ignore[arg-type]  # as good on columns as on numbers
    padded = size + 2 * padding
    sound &= _accepted(rules, size, kernel, padding, dilation, effective)
    if name == "same":
        outputs = same_output(size, stride)  # type: ignore[arg-type]
        sound &= (stride == 1) | (name not in rules.unit_stride_names)
    else:
        outputs = floor_output(padded, effective, stride)  # type: ignore[arg-type]
        sound &= padded >= effective
    rank = PLAIN[type_name]
    whole: list[bool] = np.all(sound.reshape(-1, rank), axis=1).tolist()
    rows: list[list[int]] = np.asarray(outputs).reshape(-1, rank).tolist()
    return {index: sizes for index, sizes, ok in zip(indices, rows, whole, strict=True) if ok}


def _takes_padding(rules: WindowRules, name: str, given: frozenset[str]) -> bool:
    """Whether padding is given in the form that the framework's layer takes."""
    return name in rules.named if name else rules.numbers or "padding" not in given


def _accepted(rules: WindowRules, size: Any, kernel: Any, padding: Any, dilation: Any, effective: Any) -> Any:
    """Whether the framework's layer is sure to take an axis; no where only the usual way can tell."""
    accepted = padding <= rules.most_padding(kernel)
    if "padding" in rules.lacks:
        accepted &= padding == 0
    if "dilation" in rules.lacks or not rules.stride_with_dilation:
        accepted &= dilation == 1
    if rules.input_holds_kernel:
        accepted &= effective <= size
    return accepted
