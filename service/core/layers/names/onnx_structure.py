"""ONNX's names for what changes the structure of tensors."""

from typing import Any

from service.core.layers.names import conversions as to
from service.core.layers.names.layer_name import LayerName, Vocabulary, Word, Words, called, ignored

PREFIXES = ("", "onnx.", "ai.onnx.")
AXES: Words = {"axes": "dim"}


def with_padded_axes(values: dict[str, Any]) -> dict[str, Any]:
    """Sizes of every axis of the input, unless axes are named."""
    wanted = values.get("to")
    if "dims" in values or not isinstance(wanted, list):
        return values
    return {**values, "dims": list(range(len(wanted)))}


NAMES: tuple[LayerName, ...] = (
    called("Split", kind="split", words={"split": "split_size", "axis": "dim"}),
    called("Slice", kind="slice", words={"axes": "dims"}),
    called("Squeeze", kind="squeeze", words=AXES),
    called("Unsqueeze", kind="unsqueeze", words=AXES),
    called("Expand", kind="expand"),
    called("Tile", kind="tile"),
    called("Trilu", kind="triu", words={"upper": Word(None, to.flag), "k": "diagonal"}),
    called("Shape", kind="shape_of"),
    called("Size", kind="size_of"),
    called("ConstantOfShape", kind="constant_of_shape", words={"value": None}),
    called("Range", kind="range"),
    called("NonZero", kind="nonzero"),
    called("MaxUnpool", kind="max_unpool", words={"kernel_shape": "kernel_size", "output_shape": "output_size"}),
    called("Col2Im", kind="fold", words={"image_shape": "output_size", "block_shape": "kernel_size"}),
    called("GridSample", kind="grid_sample", words=ignored("mode", "padding_mode")),
    called("AffineGrid", kind="affine_grid", words={"size": "shape"}),
    called("CenterCropPad", kind="pad", words={"shape": "to", "axes": "dims"}, adapts=with_padded_axes),
)

VOCABULARIES = (
    Vocabulary(framework="onnx", prefixes=PREFIXES, names=NAMES, everywhere=ignored("domain", "doc_string")),
)
