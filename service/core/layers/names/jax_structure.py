"""The names of `jax.numpy`, `jax.lax` and `jax.image` for what changes the structure of tensors."""

from typing import Any

from service.core.layers.names import conversions as to
from service.core.layers.names.keras_structure import with_every_axis
from service.core.layers.names.layer_name import LayerName, OutOfRangeError, Vocabulary, Word, Words, called
from service.core.layers.names.pytorch_structure import sections_or

NUMPY_PREFIXES = ("jnp.", "jax.numpy.")
AXIS: Words = {"axis": "dim"}
MODES = {
    "constant": "constant",
    "reflect": "reflect",
    "symmetric": "symmetric",
    "edge": "replicate",
    "wrap": "circular",
}
METHODS = {
    "nearest": "nearest",
    "linear": "linear",
    "bilinear": "linear",
    "trilinear": "linear",
    "triangle": "linear",
    "cubic": "cubic",
    "bicubic": "cubic",
    "tricubic": "cubic",
    "lanczos3": "lanczos3",
    "lanczos5": "lanczos5",
}


def not_negative(value: Any) -> Any:
    """Pairs of amounts that `jnp.pad` takes: it does not crop."""
    if not to.are_pairs(value):
        raise ValueError("a pair of amounts per axis")
    if any(amount < 0 for pair in value for amount in pair):
        raise OutOfRangeError("which crops", "amounts of at least 0")
    return value


NUMPY: tuple[LayerName, ...] = (
    called(
        "split", kind="split", words={"indices_or_sections": "boundaries", **AXIS}, adapts=sections_or("boundaries")
    ),
    called(
        "array_split",
        kind="tensor_split",
        words={"indices_or_sections": "boundaries", **AXIS},
        adapts=sections_or("boundaries"),
    ),
    called("unstack", kind="unbind", words=AXIS),
    called("squeeze", kind="squeeze", words=AXIS),
    called("expand_dims", kind="unsqueeze", words=AXIS),
    called("swapaxes", kind="transpose", needs=("dim0", "dim1")),
    called("matrix_transpose", kind="transpose", settled={"dim0": -2, "dim1": -1}),
    called("moveaxis", kind="movedim"),
    called("ravel", kind="reshape", settled={"shape": [-1]}),
    called("stack", kind="stack", words=AXIS),
    called("roll", kind="roll", words={"axis": "dims"}),
    called("flip", kind="flip", words={"axis": "dims"}),
    called("fliplr", kind="flip", settled={"dims": 1}),
    called("flipud", kind="flip", settled={"dims": 0}),
    called("rot90", kind="rot90", words={"axes": "dims"}),
    called("tril", kind="tril", words={"k": "diagonal"}),
    called("triu", kind="triu", words={"k": "diagonal"}),
    called("meshgrid", kind="meshgrid"),
    called("broadcast_to", kind="expand"),
    called("tile", kind="tile", words={"reps": "repeats"}),
    called("repeat", kind="repeat_interleave", words={**AXIS, "total_repeat_length": None}),
    called("take_along_axis", kind="take_along", words=AXIS, defaults={"dim": -1}),
    called(
        "pad",
        kind="pad",
        words={
            "pad_width": Word("padding", not_negative, counts_axes=len),
            "mode": Word("mode", to.renamed(MODES)),
            "constant_values": "value",
        },
        adapts=with_every_axis,
    ),
    called("nonzero", kind="nonzero"),
    called("arange", kind="range", words={"stop": "limit", "step": "delta", "dtype": None}),
)
LAX: tuple[LayerName, ...] = (
    called("squeeze", kind="squeeze", words={"dimensions": Word("dim", to.listed_axes)}, needs=("dim",)),
    called("expand_dims", kind="unsqueeze", words={"dimensions": Word("dim", to.listed_axes)}),
    called("rev", kind="flip", words={"dimensions": Word("dims", to.counted_from_front)}, needs=("dims",)),
    called("split", kind="split", words={"sizes": "split_size", **AXIS}),
)
IMAGE: tuple[LayerName, ...] = (
    called(
        "resize",
        kind="resize",
        words={
            "shape": "new_sizes",
            "method": Word("mode", to.renamed(METHODS)),
            "antialias": Word(None, to.flag),
            "precision": None,
        },
    ),
)

VOCABULARIES = (
    Vocabulary(framework="jax", prefixes=NUMPY_PREFIXES, names=NUMPY),
    Vocabulary(framework="jax", prefixes=("lax.", "jax.lax."), names=LAX),
    Vocabulary(framework="jax", prefixes=("image.", "jax.image."), names=IMAGE),
)
