"""A module called in this process, without a trace of it left."""

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from typing import Any

import torch


def tensor_of(given: Any, module: Any) -> Any:
    """What is given: a tensor, or one of zeros of a shape, of the type and on the device of the module's parameters."""
    if isinstance(given, torch.Tensor):
        return given
    parameter = next((each for each in module.parameters() if each.is_floating_point()), torch.empty(0))
    return torch.zeros(tuple(given), dtype=parameter.dtype, device=parameter.device)


def failure_of(module: Any, tensors: Sequence[Any]) -> Exception | None:
    """What a module raises when it is called, if anything."""
    try:
        with unchanged(module):
            module(*tensors)
    except Exception as error:  # noqa: BLE001 - whatever a module raises is its failure
        return error
    return None


@contextmanager
def unchanged(module: Any) -> Iterator[None]:
    """Without gradients; the module's buffers and the random numbers are afterwards what they were."""
    kept = {name: buffer.clone() for name, buffer in module.named_buffers()}
    with torch.no_grad(), torch.random.fork_rng():
        try:
            yield
        finally:
            for name, buffer in module.named_buffers():
                if name in kept:
                    buffer.copy_(kept[name])


@contextmanager
def quiet() -> Iterator[None]:
    """Without what PyTorch logs, prints and warns of about a failure which is told otherwise."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings(action="ignore"), redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            yield
    finally:
        logging.disable(before)
