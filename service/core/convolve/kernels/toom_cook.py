"""Short convolutions with few multiplications, by evaluating polynomials at points (Toom and Cook; Winograd).

`y = A' [(G g) * (B' d)]` makes m outputs of a kernel g with r elements from the m + r - 1 inputs d they read, with
m + r - 1 multiplications instead of m * r; * goes element by element. Kernels and inputs may be vectors or matrices:
sums over channels are taken between the transforms.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from service.core.convolve.kernels import workers
from service.core.convolve.kernels.im2col import multiplied
from service.core.convolve.kernels.padding import Array
from service.core.convolve.kernels.task import Problem, pieces

LEAST_SHARE = 2**15
"""Pairs of channels whose weights are worth a thread of their own."""


@dataclass(frozen=True)
class Transforms:
    """F(m, r): how m outputs are made."""

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
        """F(m x m, r x r), of matrices taken row by row: the Kronecker square of each."""
        return Transforms(*(np.kron(one, one) for one in (self.kernel, self.source, self.output)))


POINTS = (0, sqrt(0.5), -sqrt(0.5), sqrt(2), -sqrt(2))
"""In float32 these lose a third as much as the usual 0, 1, -1, 2 and -2 do: their powers stay near 1."""


def transforms(size: int, points: tuple[float, ...] = POINTS) -> Transforms:
    """The transforms for a kernel of `size` elements with evaluation at these points and at infinity.

    A row of B' holds the coefficients of the product of (x - b) over all other points b, A and G the powers of the
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


def transformed_weights(problem: Problem, matrix: Array) -> Array:
    """`[rows, O * C]`: a matrix `[rows, elements]` times the kernel of every pair of channels."""
    filters, channels = problem.weight.shape[:2]
    found = workers.scratch("weights", (1, len(matrix), filters * channels), problem.dtype)

    def some(share: tuple[int, int]) -> None:
        own = problem.weight[slice(*share)].reshape(-1, matrix.shape[1]).astype(problem.dtype, copy=False)
        multiplied(matrix[None], own.T[None], found[:, :, slice(*(edge * channels for edge in share))])

    workers.each(some, pieces(filters, max(-(-filters // workers.threads()), LEAST_SHARE // channels)))
    return found.reshape(len(matrix), -1)
