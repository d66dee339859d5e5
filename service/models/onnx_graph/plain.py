"""Operators as ONNX spells them: attributes as they are, and the inputs that say how an operator works by name."""

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from service.core.geometry.shapes import Shape
from service.core.layers.names.lookup import meanings
from service.models.onnx_graph.parts import DEFAULT_DOMAINS
from service.models.onnx_graph.step import Layer, Step, UnknownSettingError, plain_attributes
from service.models.onnx_graph.values import Value

REDUCTIONS = ("Sum", "Mean", "Prod", "Max", "Min", "LogSumExp", "LogSum", "SumSquare", "L1", "L2")
WINDOWS = ("HannWindow", "HammingWindow", "BlackmanWindow")
SETTINGS: Mapping[str, Mapping[int, str]] = {
    "Reshape": {1: "shape"},
    "Expand": {1: "shape"},
    "Tile": {1: "repeats"},
    "Slice": {1: "starts", 2: "ends", 3: "axes", 4: "steps"},
    "Squeeze": {1: "axes"},
    "Unsqueeze": {1: "axes"},
    "Pad": {1: "pads", 2: "constant_value", 3: "axes"},
    "Split": {1: "split"},
    "TopK": {1: "K"},
    "OneHot": {1: "depth"},
    "ConstantOfShape": {0: "shape"},
    "Range": {0: "start", 1: "limit", 2: "delta"},
    "Clip": {1: "min", 2: "max"},
    "Dropout": {1: "ratio", 2: "training_mode"},
    "CumSum": {1: "axis"},
    "CumProd": {1: "axis"},
    "Trilu": {1: "k"},
    "DFT": {1: "dft_length", 2: "axis"},
    "STFT": {1: "frame_step", 3: "frame_length"},
    "Col2Im": {1: "image_shape", 2: "block_shape"},
    "CenterCropPad": {1: "shape"},
    "AffineGrid": {1: "size"},
    "MaxUnpool": {2: "output_shape"},
    "Upsample": {1: "scales"},
    "NonMaxSuppression": {2: "max_output_boxes_per_class", 3: "iou_threshold", 4: "score_threshold"},
    "MelWeightMatrix": {
        0: "num_mel_bins", 1: "dft_length", 2: "sample_rate", 3: "lower_edge_hertz", 4: "upper_edge_hertz"
    },
    **{f"Reduce{name}": {1: "axes"} for name in REDUCTIONS},
    **{name: {0: "size"} for name in WINDOWS},
}  # fmt: skip
"""Inputs that say how an operator works, by their places, and the parameters that they are."""
SINGLE = frozenset({"constant_value", "depth", "K", "start", "limit", "delta", "min", "max", "ratio", "axis", "k",
                    "dft_length", "frame_step", "frame_length", "training_mode"})  # fmt: skip
"""Settings that are one number."""
SHAPELESS = frozenset({"constant_value", "min", "max", "ratio", "training_mode", "max_output_boxes_per_class",
                       "iou_threshold", "score_threshold", "sample_rate", "lower_edge_hertz", "upper_edge_hertz",
                       "k"})  # fmt: skip
"""Settings of which no shape depends, so that they may be unknown."""
ASKED_FOR: Mapping[str, Mapping[int, str]] = {
    "BatchNormalization": {1: "return_statistics"},
    "Dropout": {1: "return_mask"},
    "LayerNormalization": {1: "return_statistics"},
    "MaxPool": {1: "return_indices"},
    "Attention": {1: "return_state", 3: "return_attention_scores"},
    "SoftmaxCrossEntropyLoss": {1: "return_log_prob"},
}
"""Parameters that ask for the outputs from a position on, which ONNX asks for by naming them."""
RENAMED: Mapping[tuple[str, str], str] = {
    ("com.microsoft", "Gelu"): "gelu",
    ("com.microsoft", "FastGelu"): "gelu",
    ("com.microsoft", "QuickGelu"): "silu",
    ("com.microsoft", "FusedConv"): "Conv",
}
"""Operators of other domains that are layers of ours, and take the same inputs."""


def known_type(step: Step) -> str | None:
    """The type of the layer that an operator is; None where it is not known."""
    if step.node.domain not in DEFAULT_DOMAINS:
        return RENAMED.get((step.node.domain, step.node.type))
    return step.node.type if meanings(step.node.type, "onnx") else None


def plain(step: Step) -> Layer:
    """The layer that a node is where nothing else is known of its operator.

    Raises:
        UnknownSettingError: What says how it works is not known.
    """
    node, type_name = step.node, known_type(step)
    if type_name is None:
        return Layer("opaque", {}, step.given, known=False)
    parameters = plain_attributes(node) if type_name == node.type else {}
    taken: list[Value] = []
    for place, value in enumerate(step.inputs):
        word = SETTINGS.get(node.type, {}).get(place)
        if value is None:
            continue
        if word is None:
            taken.append(value)
        elif (said := setting(value, word)) is not None:
            parameters[word] = said
        elif word not in SHAPELESS:
            raise UnknownSettingError(word)
    named = [place for place, output in enumerate(node.outputs) if output]
    last = max(named, default=0)
    parameters |= {word: True for place, word in ASKED_FOR.get(node.type, {}).items() if place <= last}
    if node.type == "Split" and not {"split", "num_outputs"} & parameters.keys():
        parameters["num_outputs"] = len(node.outputs)
    return Layer(type_name, parameters, taken)


def setting(value: Value, word: str) -> Any:
    """What an input says, as a parameter; None where it is not known, or JSON cannot say it."""
    numbers = value.numbers
    if numbers is None or not numbers.known or numbers.values.size > MOST_ENTRIES:
        return None
    listed = numbers.values.ravel().tolist()
    if any(isinstance(entry, float) and not isfinite(entry) for entry in listed):
        return None
    if word in SINGLE:
        return listed[0] if len(listed) == 1 else None
    return listed


MOST_ENTRIES = 64
"""Entries of a setting. Chosen: shapes and paddings have fewer."""


def ranked(rank: Callable[[Step], int | None]) -> Callable[[Step], Shape | None]:
    """A shape of which only the number of axes is known."""

    def shape(step: Step) -> Shape | None:
        count = rank(step)
        return None if count is None or not 0 <= count <= MOST_ENTRIES else (None,) * count

    return shape


def _rank_of_input(step: Step) -> int | None:
    shape = step.shape()
    return None if shape is None else len(shape)


def _entries_of(place: int) -> Callable[[Step], int | None]:
    def entries(step: Step) -> int | None:
        shape = step.shape(place)
        return shape[0] if shape else None

    return entries


def _cut(step: Step) -> Shape | None:
    """The input's shape, unknown along the axes of a slice, or along all where they are not known."""
    shape, axes = step.shape(), step.value(3)
    if shape is None:
        return None
    named = None if axes is None else setting(axes, "axes")
    if axes is None and step.value(1) is not None:
        count = _entries_of(1)(step)
        named = None if count is None else list(range(count))
    if named is None:
        return (None,) * len(shape)
    cut = {int(axis) % len(shape) for axis in named} if shape else set()
    return tuple(None if axis in cut else size for axis, size in enumerate(shape))


def _along(step: Step) -> Shape | None:
    """The input's shape, unknown along the axis that is named."""
    shape = step.shape()
    if not shape:
        return None
    axis = int(step.attribute("axis", -1)) % len(shape)
    return (*shape[:axis], None, *shape[axis + 1 :])


UNSIZED: Mapping[str, Callable[[Step], Shape | None]] = {
    "Reshape": ranked(_entries_of(1)),
    "Expand": ranked(_entries_of(1)),
    "ConstantOfShape": ranked(_entries_of(0)),
    "Tile": ranked(_rank_of_input),
    "Pad": ranked(_rank_of_input),
    "Resize": ranked(_rank_of_input),
    "Upsample": ranked(_rank_of_input),
    "CenterCropPad": ranked(_rank_of_input),
    "Slice": _cut,
    "Split": _along,
    "TopK": _along,
    "Range": ranked(lambda step: 1),
    "CumSum": lambda step: step.shape(),
    "CumProd": lambda step: step.shape(),
}
"""What is known of the output where a setting is not."""
