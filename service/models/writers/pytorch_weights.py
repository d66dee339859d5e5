"""What PyTorch calls the weights of a module, and the order of their axes; source: `state_dict` in PyTorch 2.13."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.models.writers.weights import Part, Weight

SCALED: Part = {"scale": Weight("weight", "c"), "shift": Weight("bias", "c")}
TRACKED: Part = {**SCALED, "mean": Weight("running_mean", "c"), "variance": Weight("running_var", "c")}
PARTS: Mapping[str, Sequence[Part]] = {
    "conv": ({"kernel": Weight("weight", "go i k"), "bias": Weight("bias", "go")},),
    "conv_transpose": ({"kernel": Weight("weight", "gi o k"), "bias": Weight("bias", "go")},),
    "linear": ({"kernel": Weight("weight", "o i"), "bias": Weight("bias", "o")},),
    "embedding": ({"kernel": Weight("weight", "n d")},),
    "batch_norm": (TRACKED,),
    "instance_norm": (TRACKED,),
    "group_norm": (SCALED,),
    "layer_norm": ({"scale": Weight("weight", "n"), "shift": Weight("bias", "n")},),
    "rms_norm": ({"scale": Weight("weight", "n")},),
    "parameter": ({"kernel": Weight("", "n")},),
    "buffer": ({"kernel": Weight("", "n")},),
    "prelu": ({"slope": Weight("weight", "c")},),
}
"""By layer family; a tensor of the module has no layer, and its own name."""


def parts_of(family: str, parameters: Mapping[str, Any], axes: int) -> Sequence[Part]:
    """The weights of a module."""
    return PARTS.get(family, ())
