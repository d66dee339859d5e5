"""Convolution as matrix products over copied windows, in bands of the output that fit a cache."""

from math import prod

import numpy as np

from service.core.convolve.kernels import workers
from service.core.convolve.kernels.padding import Array
from service.core.convolve.kernels.task import Problem, blocks, cut, pieces, strided

LEAST_BAND, MOST_BAND = 2**21, 2**22
"""Windows are copied in bands of so many bytes, so that the copy is multiplied while it is in the cache."""
ALL_BANDS = 2**24
"""The bands of several threads together: larger than for one, which never waits for its turn to run Python."""
BAND_PER_FILTER = 2**15
"""The more filters there are, the longer a product takes for each byte, and the larger bands may be."""
LEAST_SHARE = 2**18
"""What is worth a thread."""
WEIGHT_BYTES = 2**24
"""A weight that has to be copied is copied in parts of at most this many bytes."""
FEW_POSITIONS = 256
"""Below so many positions a thread, threads share the output channels instead."""
MOST_WASTE = 1.4
"""How many more positions than windows may be multiplied so that whole rows are copied at once."""
SMALL_PRODUCT = 10**6
"""Multiply-accumulates up to which BLAS multiplies matrices as they lie; above, it packs them first, which does not pay
for matrices of few rows."""
SMALL_OPERAND = 40_000
"""Elements of a matrix that stays in a near cache."""
FEW_FILTERS, VERY_FEW_FILTERS = 64, 32
"""Up to so many filters a product is made of small ones, and up to so many also if sums have to be made in parts."""
DEEPEST = 256
"""Terms of a sum in a small product, which adds them up one after the other; long sums in float32 are less exact."""
PACKED_DEEPEST, MOST_PARTS = 2**14, 16
"""The same in a large product, which adds up parts of some hundred; and how many sums are added one after the other."""
COLUMNS, ENOUGH_COLUMNS = 64, 192
"""Small products have a multiple of so many columns, and if they are made in parts at least so many."""


def run(problem: Problem) -> None:
    """Write the convolution to `problem.out`, in any arithmetic."""
    for part in bounded(problem):
        _multiply(part)


def bounded(problem: Problem, most: int = LEAST_BAND) -> list[Problem]:
    """The problem in parts whose weight may be copied, and none of whose windows reaches over more than `most` bytes.

    Parts of the same sums come in order: they have to be computed one after the other.
    """
    return [
        part
        for whole in cut(problem, _weight_bytes, WEIGHT_BYTES, ("groups", "filters", "channels", "taps"))
        for part in cut(whole, _window_bytes, most, _sums_apart(whole))
    ]


def _sums_apart(problem: Problem) -> tuple[str, ...]:
    """How to cut windows that are too large: by their elements first where these lie far apart."""
    sparse = prod(problem.spans) > 4 * prod(problem.kernel)
    return ("groups", "taps", "channels") if sparse else ("groups", "channels", "taps")


def copies_weight(problem: Problem) -> bool:
    """Whether the weight cannot be used as it is."""
    return _weight_bytes(problem) > 0


def _weight_bytes(problem: Problem) -> int:
    """What a copy of the weight takes; nothing where it can be used as it is."""
    as_it_is = problem.weight.dtype == problem.dtype and problem.weight.flags.c_contiguous
    return 0 if as_it_is else problem.weight.size * problem.itemsize


def _window_bytes(problem: Problem) -> int:
    """What a single window of all channels takes, with what lies between its elements."""
    return int(problem.source.shape[1] * prod(problem.spans) * problem.itemsize)


def _band_bytes(problem: Problem) -> int:
    """What the copied windows take, or the region that they are copied from, and their sums."""
    windows, channels = prod(problem.windows), problem.source.shape[1]
    copied = channels * max(prod(problem.kernel) * windows, prod(problem.reached))
    return int(len(problem.source) * (copied + problem.out.shape[1] * windows) * problem.itemsize)


def _multiply(problem: Problem) -> None:
    problem, threads, size = problem.prepared(), workers.threads(), _band_bytes(problem)
    few = prod(problem.windows) * len(problem.source) < FEW_POSITIONS * threads
    if problem.groups == 1 and few and size <= MOST_BAND and threads > 1:
        _shared_band(problem)
    else:
        most = min(band_bytes(problem), max(LEAST_SHARE, -(-size // threads)))
        workers.each(_band, blocks(problem, _band_bytes, most, threads if size > LEAST_SHARE else 1))


def band_bytes(problem: Problem) -> int:
    """How large bands are: larger where they are made in several steps, or threads would get into each other's way."""
    if workers.threads() > 1:
        return ALL_BANDS // workers.threads()
    filters = len(problem.weight) // problem.groups
    return MOST_BAND if max(problem.strides) > 1 else min(MOST_BAND, max(LEAST_BAND, filters * BAND_PER_FILTER))


def _band(problem: Problem) -> None:
    """Copy and multiply one band."""
    columns, steps = gathered(problem)
    sums = multiplied(problem.matrices(), columns.reshape(problem.groups, problem.depth, -1))
    _put(problem, sums.reshape(len(problem.weight), len(problem.source), -1), steps)


def _put(problem: Problem, sums: Array, steps: tuple[int, ...]) -> None:
    """Write sums `[O, N, positions]`."""
    problem.put(problem.out.swapaxes(0, 1), as_windows(sums, problem, steps))


def _shared_band(problem: Problem) -> None:
    """One band for all threads: where there are few positions, reading the weight is what takes long."""
    columns, steps = gathered(problem)
    matrices, flat = problem.matrices(), columns.reshape(1, problem.depth, -1)

    def multiply(filters: tuple[int, int]) -> None:
        sums = multiplied(matrices[:, slice(*filters)], flat)
        _put(problem.filters(*filters), sums.reshape(sums.shape[1], len(problem.source), -1), steps)

    workers.each(multiply, pieces(len(problem.weight), -(-len(problem.weight) // workers.threads())))


# --- copying ----------------------------------------------------------------------------------------------------------


def gathered(problem: Problem, *, elements_first: bool = False) -> tuple[Array, tuple[int, ...]]:
    """The copied windows `[C, *kernel, N * positions]` or `[*kernel, C, ...]`, and how their rows lie: `row_steps`."""
    parts = problem.residues()
    sizes = tuple(max(reached) for reached in zip(*(part.reached for _, part in parts), strict=True))
    columns = None
    for elements, part in parts:
        alone = len(parts) == 1 and prod(problem.kernel) == 1
        region = part.region(sizes) if alone else runs(part, sizes, alike=len(parts) > 1)
        if columns is None:
            steps = row_steps(part, region)
            counts = (positions(problem.windows, steps),) if steps else problem.windows
            channels = region.shape[1:2]
            before, after = (problem.kernel, channels) if elements_first else (channels, problem.kernel)
            columns = workers.scratch("columns", (*before, *after, len(region), *counts), problem.dtype)
            into = np.moveaxis(columns, problem.rank, 0) if elements_first else columns
        into[:, *elements] = windows(region, part, counts)
    assert columns is not None
    return columns, steps


def runs(problem: Problem, sizes: tuple[int, ...], *, alike: bool) -> Array:
    """`[N, C, *sizes]`: what a convolution reads, each row in one piece; `alike` whatever it is a view of."""
    region = problem.region(sizes)
    if region.flags.c_contiguous or (not alike and region.strides[-1] == region.itemsize):
        return region
    copied = workers.scratch("rows", region.shape, problem.dtype)
    copied[...] = region
    return copied


def windows(region: Array, problem: Problem, counts: tuple[int, ...]) -> Array:
    """A view `[C, *kernel, N, *counts]` of a region, all positions of which are read, or all from the first on."""
    images, channels, *steps = region.strides
    elements = [step * d for step, d in zip(steps, problem.dilations, strict=True)]
    if len(counts) < problem.rank:
        along = [region.itemsize]  # an axis of one position may have any stride
    else:
        along = [step * s for step, s in zip(steps, problem.strides, strict=True)]
    return strided(
        region, (region.shape[1], *problem.kernel, len(region), *counts), (channels, *elements, images, *along)
    )


def row_steps(problem: Problem, region: Array) -> tuple[int, ...]:
    """How far apart positions lie on each axis of a region, in elements, if all are read from the first to the last.

    The windows of a region lie one behind the other in memory, but for those that begin at the end of a row and go on
    in the next. Where these are few they are multiplied too, and their sums dropped: long runs are copied faster than
    short ones. () where they are not few.
    """
    steps = tuple([step // region.itemsize for step in region.strides[2:]])
    if len(steps) == 1 or steps[-1] != 1 or steps[0] < steps[1] or max(problem.strides) > 1:
        return ()
    return steps if positions(problem.windows, steps) <= MOST_WASTE * prod(problem.windows) else ()


def positions(counts: tuple[int, ...], steps: tuple[int, ...]) -> int:
    """How many positions there are from the first window to the last."""
    return 1 + sum([(count - 1) * step for count, step in zip(counts, steps, strict=True)])


def as_windows(sums: Array, problem: Problem, steps: tuple[int, ...]) -> Array:
    """Sums `[O, N, positions]` as `[O, N, *windows]`: those that belong to no window are left out."""
    shape = (*sums.shape[:2], *problem.windows)
    if not steps:
        return sums.reshape(shape)
    return strided(sums, shape, (*sums.strides[:2], *(sums.itemsize * step for step in steps)))


# --- multiplying ------------------------------------------------------------------------------------------------------


def multiplied(matrices: Array, columns: Array, into: Array | None = None, level: int = 0) -> Array:
    """`[G, M, N]`: the product of `[G, M, K]` and `[G, K, N]`, long sums in parts, and of parts."""
    groups, filters, depth = matrices.shape
    sums = workers.scratch("sums", (groups, filters, columns.shape[2]), matrices.dtype) if into is None else into
    deepest = _deepest(filters, depth, columns.shape[2])
    if depth <= deepest:
        return _multiplied(matrices, columns, sums)
    term = workers.scratch(f"partial {level}", sums.shape, sums.dtype)
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


def _multiplied(matrices: Array, columns: Array, sums: Array) -> Array:
    _, filters, depth = matrices.shape
    width = min(SMALL_PRODUCT // filters, SMALL_OPERAND) // (depth * COLUMNS) * COLUMNS
    blocks = columns.shape[2] // width if width >= 2 * filters and filters <= FEW_FILTERS else 0
    if blocks < 1:
        return np.matmul(matrices, columns, out=sums)
    whole = blocks * width
    np.matmul(matrices[:, None], _cut(columns, whole, blocks), out=_cut(sums, whole, blocks))
    if whole < columns.shape[2]:
        np.matmul(matrices, columns[..., whole:], out=sums[..., whole:])
    return sums


def _cut(matrices: Array, whole: int, blocks: int) -> Array:
    """`[G, blocks, rows, columns / blocks]`: the first columns, side by side."""
    return matrices[..., :whole].reshape(*matrices.shape[:2], blocks, -1).swapaxes(1, 2)
