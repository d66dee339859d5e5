"""The arrays of a request."""

from dataclasses import dataclass

from service.core.convolve.kernels.pad_arrays import Array


@dataclass(frozen=True, kw_only=True)
class Operands:
    """The arrays of a request, as posted."""

    source: Array
    weight: Array | None = None
    bias: Array | None = None
    pointwise: Array | None = None
    """The second weight of a separable convolution."""
