"""What Keras calls the weights of a layer, and the order of their axes; source: `layer.weights` in Keras 3.15."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.models.writers.weights import ONE, Part, Weight

BIAS = Weight("bias", "go")
SCALED: Part = {"scale": Weight("gamma", "c"), "shift": Weight("beta", "c")}
PARTS: Mapping[str, Sequence[Part]] = {
    "conv": ({"kernel": Weight("kernel", "k i go"), "bias": BIAS},),
    "depthwise_conv": ({"kernel": Weight("kernel", "k g o"), "bias": BIAS},),
    "separable_conv": (
        {"kernel": Weight("depthwise_kernel", "k g o")},
        {"kernel": Weight("pointwise_kernel", "k i go"), "bias": BIAS},
    ),
    "conv_transpose": ({"kernel": Weight("kernel", "k o gi"), "bias": BIAS},),
    "linear": ({"kernel": Weight("kernel", "i o"), "bias": Weight("bias", "o")},),
    "embedding": ({"kernel": Weight("embeddings", "n d")},),
    "batch_norm": ({**SCALED, "mean": Weight("moving_mean", "c"), "variance": Weight("moving_variance", "c")},),
    "group_norm": (SCALED,),
    "layer_norm": ({"scale": Weight("gamma", "n"), "shift": Weight("beta", "n")},),
    "rms_norm": ({"scale": Weight("scale", "n")},),
}
"""By layer family; slopes have axes of their own."""


def parts_of(family: str, parameters: Mapping[str, Any], axes: int) -> Sequence[Part]:
    """The weights of a layer whose input has so many axes."""
    if family == "prelu":
        return ({"slope": Weight("alpha", _slopes(parameters.get("shared_axes") or (), axes))},)
    return PARTS.get(family, ())


def _slopes(shared: int | Sequence[int], axes: int) -> str:
    """An axis for each but the batch's, all of size 1 before the channels."""
    along = {axis % axes for axis in ([shared] if isinstance(shared, int) else shared)}
    return " ".join([ONE] * (axes - 2) + [ONE if axes - 1 in along else "c"])
