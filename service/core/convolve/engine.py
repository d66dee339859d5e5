"""The convolution engine: a layer applied to arrays.

`prepare` reads shapes only: it finds what is wrong and what the work would cost. `run` computes. Between the two the
caller decides whether it can afford it.
"""

from service.core.convolve.preparing import (
    Cost,
    Job,
    Operands,
    arrange,
    kernel_shape,
    output_shape,
    prepare,
    unused_or_missing,
    window_elements,
)
from service.core.convolve.running import Result, Wish, run

__all__ = [
    "Cost",
    "Job",
    "Operands",
    "Result",
    "Wish",
    "arrange",
    "kernel_shape",
    "output_shape",
    "prepare",
    "run",
    "unused_or_missing",
    "window_elements",
]
