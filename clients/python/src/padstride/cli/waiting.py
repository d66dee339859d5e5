"""What is shown while something takes long: on a terminal only, beside what is printed."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

Item = TypeVar("Item")


def waiting(what: str) -> AbstractContextManager[object]:
    """A sign on the terminal that something is being done."""
    console = Console(stderr=True)
    return console.status(what) if console.is_terminal else nullcontext()


def each_of(items: Sequence[Item], what: str) -> Iterator[Item]:
    """The items, with a bar on the terminal that says how many are done; a sign alone where there is only one."""
    console = Console(stderr=True)
    if len(items) < 2 or not console.is_terminal:
        with waiting(what):
            yield from items
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as progress:
        yield from _counted(items, progress, what)


def _counted(items: Iterable[Item], progress: Progress, what: str) -> Iterator[Item]:
    items = list(items)
    task = progress.add_task(what, total=len(items))
    for item in items:
        progress.update(task, description=f"{what} {item}")
        yield item
        progress.advance(task)
