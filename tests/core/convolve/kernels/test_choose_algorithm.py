"""Which algorithm computes which layer, and which are refused."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from service.core.convolve.kernels import run_algorithm
from service.core.convolve.kernels.algorithms import ALGORITHM_NAMES, ALGORITHMS, InapplicableError
from service.core.convolve.kernels.choose_algorithm import chosen
from service.core.convolve.kernels.task import Task
from tests.core.convolve.tasks import KNOWN, task


@pytest.mark.parametrize("name", KNOWN)
def test_the_algorithm_of_a_well_known_layer(name: str) -> None:
    algorithm, fast, layer = KNOWN[name]
    assert chosen(task(*layer), fast=fast).name == algorithm


def test_enormous_numbers_do_not_overflow_on_the_way() -> None:
    layer = task((1, 64, 56, 56), (64, 64, 3, 3), 1, 1)
    layer.source[...] *= 1e36
    assert chosen(layer).name == "im2col"
    with pytest.raises(InapplicableError):
        chosen(layer, "winograd_rows")


def test_whole_numbers_in_small_layers_stay_whole() -> None:
    layer = task((1, 8, 16, 16), (8, 8, 3, 3), 1, 1)
    assert not ALGORITHMS[chosen(layer).name].rounds


def transposed(source: tuple[int, ...], weight: tuple[int, ...], stride: int, kind: Any = np.float32) -> Task:
    """A transposed convolution of ones, without cropping."""
    sizes = [(size - 1) * stride + kernel for size, kernel in zip(source[2:], weight[2:], strict=True)]
    rank = len(sizes)
    return Task(
        source=np.ones(source, kind),
        weight=np.ones(weight, kind),
        out=np.empty((source[0], weight[1], *sizes), kind),
        firsts=(0,) * rank,
        strides=(stride,) * rank,
        dilations=(1,) * rank,
        dtype=np.dtype(kind),
        transposed=True,
    )


def test_a_large_weight_is_read_as_it_lies() -> None:
    assert chosen(transposed((1, 100, 1, 1), (100, 1024, 4, 4), 1)).name == "col2im"
    assert chosen(transposed((1, 64, 56, 56), (64, 128, 3, 3), 2)).name == "phases"


def test_phases_are_named_by_the_algorithm_of_all_of_them() -> None:
    layer = transposed((1, 64, 56, 56), (64, 128, 3, 3), 2)
    assert run_algorithm.convolve(layer) == "phases"  # one phase has a 1x1 kernel, and is computed directly
    assert run_algorithm.convolve(layer, "im2col") == "im2col"
    assert run_algorithm.convolve(layer, "phases") == "phases"


REFUSED: dict[str, tuple[str, Callable[[], Task]]] = {
    "direct, a kernel": ("direct", partial(task, (1, 8, 9, 9), (8, 8, 3, 3))),
    "direct, a stride": ("direct", partial(task, (1, 8, 9, 9), (8, 8, 1, 1), 2)),
    "direct, padding": ("direct", partial(task, (1, 8, 9, 9), (8, 8, 1, 1), 1, 1)),
    "direct, groups": ("direct", partial(task, (1, 8, 9, 9), (8, 4, 1, 1), 1, 0, 1, 2)),
    "winograd_rows, one axis": ("winograd_rows", partial(task, (1, 8, 9), (8, 8, 3))),
    "winograd_rows, a stride": ("winograd_rows", partial(task, (1, 8, 9, 9), (8, 8, 3, 3), 2)),
    "winograd_rows, a long kernel": ("winograd_rows", partial(task, (1, 8, 9, 9), (8, 8, 6, 1))),
    "winograd_rows, a wide kernel": ("winograd_rows", partial(task, (1, 8, 9, 30), (8, 8, 3, 26))),
    "winograd_rows, few channels": ("winograd_rows", partial(task, (1, 7, 9, 9), (8, 7, 3, 3))),
    "winograd_rows, few filters": ("winograd_rows", partial(task, (1, 8, 9, 9), (7, 8, 3, 3))),
    "winograd_rows, integers": ("winograd_rows", partial(task, (1, 8, 9, 9), (8, 8, 3, 3), dtype=np.int64)),
    "winograd_4x4, dilation": ("winograd_4x4", partial(task, (1, 8, 9, 9), (8, 8, 3, 3), 1, 0, 2)),
    "winograd_4x4, a kernel": ("winograd_4x4", partial(task, (1, 8, 9, 9), (8, 8, 3, 2))),
    "winograd_4x4, three axes": ("winograd_4x4", partial(task, (1, 8, 9, 9, 9), (8, 8, 3, 3, 3))),
    "fft, integers": ("fft", partial(task, (1, 8, 9, 9), (8, 8, 3, 3), dtype=np.int64)),
    "fft, a large input": ("fft", partial(task, (1, 1, 2000, 2000), (1, 1, 3, 3))),
    "col2im, not transposed": ("col2im", partial(task, (1, 8, 9, 9), (8, 8, 3, 3))),
    "direct, in some phases only": ("direct", partial(transposed, (1, 8, 9, 9), (8, 8, 3, 3), 2)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_algorithm_that_does_not_apply_is_refused(name: str) -> None:
    algorithm, layer = REFUSED[name]
    with pytest.raises(InapplicableError) as refusal:
        run_algorithm.convolve(layer(), algorithm, fast=True)
    assert (refusal.value.name, refusal.value.condition) == (algorithm, ALGORITHMS[algorithm].condition)


def test_what_is_less_exact_is_refused_unless_fast() -> None:
    layer = task((1, 8, 9, 9), (8, 8, 3, 3))
    assert chosen(layer, "winograd_4x4", fast=True).name == "winograd_4x4"
    with pytest.raises(InapplicableError):
        chosen(layer, "winograd_4x4")


def test_an_algorithm_that_would_take_seconds_is_refused_with_its_time() -> None:
    """Views of one number: nothing is computed."""
    number = np.zeros((), np.float32)
    layer = task((1, 1, 3, 3), (1, 1, 3, 3))._replace(
        source=np.broadcast_to(number, (1, 1024, 300, 300)),
        weight=np.broadcast_to(number, (1024, 1024, 3, 3)),
        out=np.broadcast_to(number, (1, 1024, 298, 298)),
    )
    with pytest.raises(InapplicableError, match=r"about \d+ s"):
        chosen(layer, "shifted")


def test_more_threads_are_used_for_more_work() -> None:
    small, large = chosen(task(*KNOWN["LeNet, first"][2])), chosen(task(*KNOWN["VGG"][2]))
    assert small.threads == 1
    assert large.threads > 10


def test_every_algorithm_computes_or_splits() -> None:
    """Those that compute by themselves may be asked for by name."""
    for name, algorithm in ALGORITHMS.items():
        assert (algorithm.run is None) != (algorithm.split is None)
        assert (name in ALGORITHM_NAMES) == (algorithm.run is not None)
