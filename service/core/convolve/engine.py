"""The way in to the convolution engine: a layer applied to arrays.

`prepare` reads shapes only. It finds what is wrong, and what the work would cost. `run` computes. Between the two the
caller decides whether the cost is acceptable.
"""

from service.core.convolve.job import Job, macs, output_shape, window_elements
from service.core.convolve.job_cost import JobCost
from service.core.convolve.operands import Operands
from service.core.convolve.prepare_job import arrange, kernel_shape, prepare, unused_or_missing
from service.core.convolve.run_job import Options, Result, run

__all__ = [
    "Job",
    "JobCost",
    "Operands",
    "Options",
    "Result",
    "arrange",
    "kernel_shape",
    "macs",
    "output_shape",
    "prepare",
    "run",
    "unused_or_missing",
    "window_elements",
]
