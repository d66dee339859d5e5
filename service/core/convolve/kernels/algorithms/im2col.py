"""Convolution as matrix products over copied windows, in bands of the output that fit a cache."""

from math import prod

from service.core.convolve.kernels import thread_pool
from service.core.convolve.kernels.algorithms.algorithm import Algorithm
from service.core.convolve.kernels.columns import as_windows, gathered
from service.core.convolve.kernels.cost_model import BAND, COPY, matrix_product, reading_and_writing, window_count
from service.core.convolve.kernels.matmul import multiplied
from service.core.convolve.kernels.pad_arrays import Array
from service.core.convolve.kernels.splitting import bands_of_groups, cut, pieces
from service.core.convolve.kernels.task import Task

LEAST_BAND, MOST_BAND = 2**21, 2**22
"""Bytes of the windows that one thread copies at once, so that they are multiplied while they are in the cache.
Chosen."""
ALL_BANDS = 2**24
"""Bytes of the bands of several threads together. They are larger than that of a single thread, since threads wait for
each other between calls into NumPy. Chosen."""
BAND_PER_FILTER = 2**15
"""Bytes per filter. With more filters a product takes longer for each byte copied, so bands may be larger. Chosen."""
LEAST_SHARE = 2**18
"""Bytes of windows that are worth a thread. Chosen."""
WEIGHT_BYTES = 2**24
"""Bytes. A weight that must be copied is copied in parts of at most this. Chosen, for the limit of 64 MiB in all."""
FEW_POSITIONS = 256
"""Positions per thread; below, threads share the output channels instead. Chosen."""
FAR_APART = 4
"""Positions that a window spans per kernel element; above, windows that are too large are cut by elements first.
Chosen."""


def cost(task: Task) -> float:
    """The product, and each window copied once."""
    copied = prod(task.source.shape[:2]) * prod(task.kernel) * prod(task.windows)
    filters = len(task.weight) // task.groups
    bands = 1 + copied * task.itemsize // LEAST_BAND
    products = task.groups * matrix_product(filters, task.depth, window_count(task))
    copying = copied * (COPY if set(task.strides) == {1} else 2 * COPY)
    return float(products + reading_and_writing(task) + copying + bands * BAND)


def run(task: Task) -> None:
    """Write the convolution to `task.out`, in any arithmetic."""
    for part in bounded(task, LEAST_BAND):
        _multiply(part)


def bounded(task: Task, most: int) -> list[Task]:
    """The task in parts whose weight may be copied, and in which one window of all channels spans at most `most` bytes.

    Parts of the same sums come in order. They must be computed one after the other.
    """
    return [
        part
        for whole in cut(task, _weight_bytes, WEIGHT_BYTES, ("groups", "filters", "channels", "taps"))
        for part in cut(whole, _window_bytes, most, _ways_to_cut_windows(whole))
    ]


def _ways_to_cut_windows(task: Task) -> tuple[str, ...]:
    is_sparse = prod(task.effective_kernel) > FAR_APART * prod(task.kernel)
    return ("groups", "taps", "channels") if is_sparse else ("groups", "channels", "taps")


def copies_weight(task: Task) -> bool:
    """Whether the weight must be copied before it can be multiplied."""
    return _weight_bytes(task) > 0


def _weight_bytes(task: Task) -> int:
    """The bytes of a copy of the weight; 0 where none is needed."""
    usable = task.weight.dtype == task.dtype and task.weight.flags.c_contiguous
    return 0 if usable else task.weight.size * task.itemsize


def _window_bytes(task: Task) -> int:
    """The bytes that a single window of all channels spans."""
    return int(task.source.shape[1] * prod(task.effective_kernel) * task.itemsize)


def _band_bytes(task: Task) -> int:
    """The bytes of the copied windows, or of the region that they are copied from, and of their sums."""
    windows, channels = prod(task.windows), task.source.shape[1]
    copied = channels * max(prod(task.kernel) * windows, prod(task.extents))
    return int(len(task.source) * (copied + task.out.shape[1] * windows) * task.itemsize)


def _multiply(task: Task) -> None:
    task, threads, size = task.with_contiguous_weight(), thread_pool.threads(), _band_bytes(task)
    has_few_positions = window_count(task) < FEW_POSITIONS * threads
    if task.groups == 1 and has_few_positions and size <= MOST_BAND and threads > 1:
        _multiply_filters_in_threads(task)
    else:
        most = min(_largest_band(task), max(LEAST_SHARE, -(-size // threads)))
        bands = bands_of_groups(task, _band_bytes, most, threads if size > LEAST_SHARE else 1)
        thread_pool.run_in_threads(_multiply_band, bands)


def _largest_band(task: Task) -> int:
    """The bytes of a band: more where its windows are copied in several steps, or several threads copy."""
    if thread_pool.threads() > 1:
        return ALL_BANDS // thread_pool.threads()
    filters = len(task.weight) // task.groups
    return MOST_BAND if max(task.strides) > 1 else min(MOST_BAND, max(LEAST_BAND, filters * BAND_PER_FILTER))


def _multiply_band(task: Task) -> None:
    columns, steps = gathered(task)
    sums = multiplied(task.weight_matrices(), columns.reshape(task.groups, task.depth, -1))
    _put(task, sums.reshape(len(task.weight), len(task.source), -1), steps)


def _put(task: Task, sums: Array, steps: tuple[int, ...]) -> None:
    """Write sums `[O, N, positions]`."""
    task.put(task.out.swapaxes(0, 1), as_windows(sums, task, steps))


def _multiply_filters_in_threads(task: Task) -> None:
    """One band for all threads: where there are few positions, reading the weight takes longest."""
    columns, steps = gathered(task)
    matrices, flat = task.weight_matrices(), columns.reshape(1, task.depth, -1)

    def multiply(filters: tuple[int, int]) -> None:
        sums = multiplied(matrices[:, slice(*filters)], flat)
        _put(task.some_filters(*filters), sums.reshape(sums.shape[1], len(task.source), -1), steps)

    thread_pool.run_in_threads(multiply, pieces(len(task.weight), -(-len(task.weight) // thread_pool.threads())))


ALGORITHM = Algorithm(run=run, cost=cost, condition="every convolution")
