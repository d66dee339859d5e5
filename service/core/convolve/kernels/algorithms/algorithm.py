"""What every algorithm says about itself."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from service.core.convolve.kernels.task import Task


@dataclass(frozen=True, kw_only=True)
class Algorithm:
    """One way to compute a convolution, or a transposed one: by itself (`run`) or as simpler tasks (`split`)."""

    cost: Callable[[Task], float]
    """Nanoseconds in the terms of `cost_model`; `inf` where it does not apply."""
    condition: str
    """When it applies, for people: "it is for ..."."""
    run: Callable[[Task], None] | None = None
    """Writes the convolution to `task.out`."""
    split: Callable[[Task], Iterator[Task]] | None = None
    """The tasks that make up this one. An algorithm is chosen for each of them."""
    transposed: bool = False
    """Whether it computes transposed convolutions, or plain ones."""
    mixes: bool = False
    """Whether inputs outside an output's window take part in it and cancel out; NaN and infinities would spread."""
    rounds: bool = False
    """Whether sums of whole numbers may come out as fractions."""
    approximate: bool = False
    """Whether float32 is less exact than `"precision": "default"` promises."""
