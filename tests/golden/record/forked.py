"""Runs a function over many items in forked processes: an item that kills or hangs the process costs only itself."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

DIED = "process died"
SECONDS_PER_ITEM = 20
"""Chosen: an item that takes longer hangs."""
LONGEST_REASON = 160
"""Characters."""


def outcomes(answer: Callable[..., Any], items: list[tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    """For each item `{"output": answer(*item)}`, or `{"refused": reason}` if it raised or the process died."""
    done = 0
    while done < len(items):
        for outcome in in_child(answer, items[done:]):
            yield outcome
            done += 1
        if done < len(items):
            yield {"refused": DIED}
            done += 1


def in_child(answer: Callable[..., Any], items: list[tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    """The outcomes up to the item at which the child died, if it did."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        report(answer, items, writing)
    os.close(writing)
    with os.fdopen(reading) as lines:
        for line in lines:
            if line.endswith("\n"):
                yield json.loads(line)
    os.waitpid(child, 0)


def report(answer: Callable[..., Any], items: list[tuple[Any, ...]], writing: int) -> None:
    """In the child: write one line per item at once; the alarm ends a child that hangs."""
    try:
        for item in items:
            signal.alarm(SECONDS_PER_ITEM)
            os.write(writing, (json.dumps(attempt(answer, item)) + "\n").encode())
    finally:
        os._exit(0)


def attempt(answer: Callable[..., Any], item: tuple[Any, ...]) -> dict[str, Any]:
    try:
        return {"output": answer(*item)}
    except Exception as error:  # whatever a framework raises is its refusal
        first_line = (str(error).strip() or type(error).__name__).splitlines()[0]
        return {"refused": first_line[:LONGEST_REASON]}
