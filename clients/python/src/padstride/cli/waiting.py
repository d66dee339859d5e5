"""What is shown while something takes long: on a terminal only, and gone before anything is printed."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from padstride.cli.printing import Color, console_of

Item = TypeVar("Item")
Result = TypeVar("Result")


def waiting(what: str, color: Color) -> AbstractContextManager[object]:
    """A sign on the terminal that something is being done."""
    console = _terminal(color)
    return console.status(what) if console.is_interactive else nullcontext()


def each_done(items: Sequence[Item], work: Callable[[Item], Result], what: str, color: Color) -> Iterator[Result]:
    """What is made of each item. Meanwhile a bar says how many are done, of several; a sign alone of one."""
    console = _terminal(color)
    if len(items) < 2 or not console.is_interactive:
        for item in items:
            with waiting(what, color):
                result = work(item)
            yield result
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    progress = Progress(*columns, TimeElapsedColumn(), console=console, transient=True)
    task = progress.add_task(what, total=len(items))
    for item in items:
        progress.update(task, description=f"{what} {item}")
        with progress:
            result = work(item)
        progress.advance(task)
        yield result


def _terminal(color: Color) -> Console:
    """Where signs are shown: beside what is printed, so that a pipe does not have them."""
    return console_of("auto" if color == "always" else color, stderr=True)
