"""Short convolutions with few multiplications, by evaluating polynomials at points (Toom and Cook; Winograd).

`y = A' [(G g) * (B' d)]` makes m outputs of a kernel g with r elements from the m + r - 1 inputs d that they read. It
takes m + r - 1 multiplications instead of m * r; * goes element by element. Kernels and inputs may be vectors or
matrices. Sums over channels are made between the transforms.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from service.core.convolve.kernels import memory, thread_pool
from service.core.convolve.kernels.matmul import multiplied
from service.core.convolve.kernels.pad_arrays import Array
from service.core.convolve.kernels.splitting import pieces
from service.core.convolve.kernels.task import Task

LEAST_SHARE = 2**15
"""Pairs of channels whose weights are worth a thread. Chosen."""
TRANSFORMED_WEIGHT = 0.9
"""ns per element of a transformed weight, as in `cost_model`."""
POINTS = (0, sqrt(0.5), -sqrt(0.5), sqrt(2), -sqrt(2))
"""Where polynomials are evaluated, beside infinity. The powers of these stay near 1, so float32 loses a third as much
as with the usual 0, 1, -1, 2 and -2."""


@dataclass(frozen=True)
class Transforms:
    """F(m, r): how m outputs of a kernel with r elements are made."""

    kernel: Array
    """G, `[m + r - 1, r]`."""
    source: Array
    """B', `[m + r - 1, m + r - 1]`."""
    output: Array
    """A', `[m, m + r - 1]`."""

    @property
    def outputs(self) -> int:
        """m."""
        return len(self.output)

    @property
    def inputs(self) -> int:
        """m + r - 1."""
        return len(self.source)

    def squared(self) -> "Transforms":
        """F(m x m, r x r), for matrices taken row by row: the Kronecker square of each transform."""
        return Transforms(*(np.kron(matrix, matrix) for matrix in (self.kernel, self.source, self.output)))

    def astype(self, dtype: np.dtype[np.generic]) -> "Transforms":
        """The same transforms in this type."""
        return Transforms(*(matrix.astype(dtype) for matrix in (self.kernel, self.source, self.output)))


def transforms(size: int, points: tuple[float, ...] = POINTS) -> Transforms:
    """The transforms for a kernel of `size` elements, evaluated at these points and at infinity.

    A row of B' holds the coefficients of the product of (x - b) over all other points b. A and G hold the powers of the
    points; G is divided by the product of (a - b).
    """
    outputs = len(points) + 2 - size
    scales = [np.prod([a - b for b in points if b != a]) for a in points]
    kernel = np.vander(points, size, increasing=True) / np.array(scales)[:, None]
    others = [np.append(np.poly([b for b in points if b != a])[::-1], 0) for a in points]
    reading = np.vstack([np.vander(points, outputs, increasing=True), np.eye(outputs)[-1:]])
    return Transforms(
        kernel=np.vstack([kernel, np.eye(size)[-1:]]),
        source=np.vstack([*others, np.poly(points)[::-1]]),
        output=reading.T,
    )


def transformed_weights(task: Task, matrix: Array) -> Array:
    """`[rows, O * C]`: a matrix `[rows, elements]` times the kernel of every pair of channels."""
    filters, channels = task.weight.shape[:2]
    transformed = memory.scratch("weights", (1, len(matrix), filters * channels), task.dtype)

    def transform(share: tuple[int, int]) -> None:
        kernels = task.weight[slice(*share)].reshape(-1, matrix.shape[1]).astype(task.dtype, copy=False)
        multiplied(matrix[None], kernels.T[None], transformed[:, :, slice(*(edge * channels for edge in share))])

    shares = pieces(filters, max(-(-filters // thread_pool.threads()), LEAST_SHARE // channels))
    thread_pool.run_in_threads(transform, shares)
    return transformed.reshape(len(matrix), -1)
