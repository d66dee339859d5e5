"""Matrix products in the sizes that BLAS is fast at, with sums that stay exact in float32."""

import numpy as np

from service.core.convolve.kernels import memory
from service.core.convolve.kernels.pad_arrays import Array
from service.core.convolve.kernels.splitting import pieces

SMALL_PRODUCT = 10**6
"""Multiply-accumulates up to which OpenBLAS multiplies matrices as they lie in memory. Above, it packs them first,
which does not pay for matrices of few rows. The limit is OpenBLAS's own (`sgemm_small_kernel_permit_skylakex.c`)."""
SMALL_OPERAND = 40_000
"""Elements of a matrix that stays in a near cache. Chosen: 160 KB in float32."""
FEW_FILTERS, VERY_FEW_FILTERS = 64, 32
"""Filters up to which a product is made of small ones; and up to which it is even if sums must be made in parts.
Chosen."""
DEEPEST = 256
"""Terms of a sum in a small product. It adds them one after the other, and long sums in float32 are less exact. Chosen
to keep float32 within 2e-6 of the largest output, which the tests check."""
PACKED_DEEPEST = 2**14
"""Terms of a sum in a large product, which adds up parts of some hundred terms. Chosen likewise."""
MOST_PARTS = 16
"""Partial sums that are added one after the other. Chosen likewise."""
COLUMNS, ENOUGH_COLUMNS = 64, 192
"""Columns: those of a small product are a multiple of the first, and if sums are made in parts at least the second.
Chosen."""


def multiplied(matrices: Array, columns: Array, out: Array | None = None, level: int = 0) -> Array:
    """`[G, M, N]`: the product of `[G, M, K]` and `[G, K, N]`, written to `out` or to scratch memory.

    Long sums are made in parts, and these in parts again; `level` counts how often.
    """
    groups, filters, depth = matrices.shape
    sums = memory.scratch("sums", (groups, filters, columns.shape[2]), matrices.dtype) if out is None else out
    deepest = _deepest(filters, depth, columns.shape[2])
    if depth <= deepest:
        return _multiplied_at_once(matrices, columns, sums)
    term = memory.scratch(f"partial sums {level}", sums.shape, sums.dtype)
    for number, some in enumerate(pieces(depth, max(deepest, -(-depth // MOST_PARTS)))):
        multiplied(matrices[:, :, slice(*some)], columns[:, slice(*some)], term if number else sums, level + 1)
        if number:
            np.add(sums, term, out=sums)
    return sums


def _deepest(filters: int, depth: int, count: int) -> int:
    """How many terms a sum may have that BLAS makes at once."""
    if filters <= VERY_FEW_FILTERS:
        return min(DEEPEST, SMALL_PRODUCT // (filters * ENOUGH_COLUMNS))
    return DEEPEST if filters * depth * count <= SMALL_PRODUCT else PACKED_DEEPEST


def _multiplied_at_once(matrices: Array, columns: Array, sums: Array) -> Array:
    _, filters, depth = matrices.shape
    width = min(SMALL_PRODUCT // filters, SMALL_OPERAND) // (depth * COLUMNS) * COLUMNS
    blocks = columns.shape[2] // width if width >= 2 * filters and filters <= FEW_FILTERS else 0
    if blocks < 1:
        return np.matmul(matrices, columns, out=sums)
    whole = blocks * width
    np.matmul(matrices[:, None], _in_blocks(columns, whole, blocks), out=_in_blocks(sums, whole, blocks))
    if whole < columns.shape[2]:
        np.matmul(matrices, columns[..., whole:], out=sums[..., whole:])
    return sums


def _in_blocks(matrices: Array, whole: int, blocks: int) -> Array:
    """`[G, blocks, rows, whole / blocks]`: the first `whole` columns, as a view."""
    return matrices[..., :whole].reshape(*matrices.shape[:2], blocks, -1).swapaxes(1, 2)
