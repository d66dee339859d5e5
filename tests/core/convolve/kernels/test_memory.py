"""Scratch memory that is used again."""

import numpy as np

from service.core.convolve.kernels import memory


def test_an_arena_gives_the_same_memory_again_and_takes_it_back() -> None:
    kind = np.dtype(np.float32)
    with memory.arena():
        first = memory.scratch("a", (1000,), kind)
        assert np.shares_memory(first, memory.scratch("a", (10, 10), kind))
        assert not np.shares_memory(first, memory.scratch("b", (1000,), kind))
        assert memory.scratch("a", (2**20,), kind).shape == (2**20,)
        assert memory.scratch("a", (0, 3), kind).size == 0
    assert not np.shares_memory(memory.scratch("a", (10,), kind), memory.scratch("a", (10,), kind))
