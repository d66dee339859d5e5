"""How much work something is, in numbers that a busy machine does not change.

Speed is measured in benchmarks/, as a ratio; a test that reads a clock fails where the machine is busy. A test can
promise that work stays in proportion: so many calls for each byte, layer or size. `calls` counts them. It does not see
work inside one call, as in `value in a_list`; there, `hang_guard` fails what takes minutes.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import process_time
from types import FrameType
from typing import Any

HANG_SECONDS = 60
"""Processor time, at least twenty times what anything under a guard takes on a slow machine."""


@dataclass
class Calls:
    """The calls so far, of functions in Python and in C."""

    count: int = 0

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        """Counts one; the form that `sys.setprofile` asks for. Returns are not counted."""
        self.count += event in ("call", "c_call")


@contextmanager
def calls() -> Iterator[Calls]:
    """Counts the calls that the block makes in this thread."""
    counter, before = Calls(), sys.getprofile()
    sys.setprofile(counter)
    try:
        yield counter
    finally:
        sys.setprofile(before)


@contextmanager
def hang_guard() -> Iterator[None]:
    """Fails a block that took so much processor time that something in it is not bounded."""
    began = process_time()
    yield
    took = process_time() - began
    assert took < HANG_SECONDS, f"{took:.0f} s of the processor: something here is not bounded"
