"""Keras' names for what changes the structure of tensors: its layers, and the functions of `keras.ops`."""

from typing import Any

from service.core.layers.names import conversions as to
from service.core.layers.names.layer_name import LayerName, Vocabulary, Word, Words, called, ignored
from service.core.layers.names.pytorch_structure import sections_or

PREFIXES = ("", "layers.", "keras.layers.", "tf.keras.layers.")
OPS_PREFIXES = ("ops.", "keras.ops.")
IMAGE_PREFIXES = ("ops.image.", "keras.ops.image.")
OPTIONS: Words = ignored("name", "dtype", "trainable", "input_shape", "batch_input_shape", "batch_size", "autocast")
RANDOM: Words = ignored(
    *("factor", "height_factor", "width_factor", "fill_mode", "fill_value", "interpolation", "seed", "value_range"),
    "mode",
)
RESIZED: Words = ignored(
    *("interpolation", "crop_to_aspect_ratio", "pad_to_aspect_ratio", "fill_mode", "fill_value", "antialias"),
    "seed",
)
AXIS: Words = {"axis": "dim"}


def with_every_axis(values: dict[str, Any]) -> dict[str, Any]:
    """Padding of every axis of the input."""
    padding = values.get("padding")
    return {**values, "dims": list(range(len(padding)))} if isinstance(padding, list) else values


def height_and_width(values: dict[str, Any]) -> dict[str, Any]:
    """A size of an image as its height and its width."""
    rest = {name: value for name, value in values.items() if name != "height"}
    size = values.get("height")
    if isinstance(size, list) and len(size) == 2:
        return {**rest, "height": size[0], "width": size[1]}
    return values


PAD_MODES = ("constant", "reflect", "symmetric")
PADDED: Words = {
    "pad_width": Word("padding", counts_axes=len),
    "mode": Word("mode", to.renamed({word: mode for mode in PAD_MODES for word in (mode, mode.upper())})),
    "constant_values": "value",
}
NAMES: tuple[LayerName, ...] = (
    called("RepeatVector", kind="repeat_vector"),
    called("CenterCrop", "RandomCrop", kind="image_crop", words=ignored("seed")),
    called("Resizing", kind="image_resize", words=RESIZED),
    called(
        *("RandomFlip", "RandomRotation", "RandomZoom", "RandomTranslation", "RandomContrast", "RandomBrightness"),
        kind="augmentation",
        words=RANDOM,
    ),
)
OPS: tuple[LayerName, ...] = (
    called(
        "split", kind="split", words={"indices_or_sections": "boundaries", **AXIS}, adapts=sections_or("boundaries")
    ),
    called("array_split", kind="tensor_split", words={"indices_or_sections": "sections", **AXIS}),
    called("unstack", kind="unbind", words={"num": None, **AXIS}),
    called("squeeze", kind="squeeze", words=AXIS),
    called("expand_dims", kind="unsqueeze", words=AXIS),
    called("swapaxes", kind="transpose", needs=("dim0", "dim1")),
    called("moveaxis", kind="movedim"),
    called("transpose", kind="permute", words={"axes": "dims"}),
    called("reshape", kind="reshape", words={"newshape": "shape"}),
    called("ravel", kind="reshape", settled={"shape": [-1]}),
    called("stack", kind="stack", words=AXIS),
    called("concatenate", kind="concat", words=AXIS, defaults={"dim": 0}),
    called("roll", kind="roll", words={"axis": "dims"}),
    called("flip", kind="flip", words={"axis": "dims"}),
    called("rot90", kind="rot90", words={"axes": "dims"}),
    called("tril", kind="tril", words={"k": "diagonal"}),
    called("triu", kind="triu", words={"k": "diagonal"}),
    called("meshgrid", kind="meshgrid"),
    called("broadcast_to", kind="expand"),
    called("tile", kind="tile"),
    called("repeat", kind="repeat_interleave", words=AXIS),
    called("take_along_axis", kind="take_along", words=AXIS),
    called("pad", kind="pad", words=PADDED, adapts=with_every_axis),
    called("nonzero", kind="nonzero"),
    called("arange", kind="range", words={"stop": "limit", "step": "delta", "dtype": None}),
)
IMAGE: tuple[LayerName, ...] = (
    called(
        "extract_patches",
        kind="extract_patches",
        words={"size": "kernel_size", "strides": "stride", "dilation_rate": "dilation"},
    ),
    called("resize", kind="image_resize", words={"size": "height", **RESIZED}, adapts=height_and_width),
)

VOCABULARIES = (
    Vocabulary(framework="keras", prefixes=PREFIXES, names=NAMES, everywhere=OPTIONS),
    Vocabulary(framework="keras", prefixes=OPS_PREFIXES, names=OPS),
    Vocabulary(framework="keras", prefixes=IMAGE_PREFIXES, names=IMAGE),
)
