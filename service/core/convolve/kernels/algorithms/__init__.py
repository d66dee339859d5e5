"""The algorithms that compute convolutions and transposed ones: a file each, and a row each in `table`."""

from service.core.convolve.kernels.algorithms.table import ALGORITHM_NAMES, ALGORITHMS, InapplicableError

__all__ = ["ALGORITHMS", "ALGORITHM_NAMES", "InapplicableError"]
