"""Tasks cut into parts: to fit a number of bytes, and to give work to every thread."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from service.core.convolve.kernels.task import Task

BytesOf = Callable[[Task], int]
"""How many bytes an algorithm holds for a task. Grows with the images and with the windows."""
Part = Callable[[int, int], Task]
"""The part of a task from one index up to another."""


def pieces(count: int, most: int) -> Iterator[tuple[int, int]]:
    """`range(count)` as a few even pieces, each a start and a stop, none longer than `most`."""
    number = -(-count // max(1, most))
    for index in range(number):
        yield index * count // number, (index + 1) * count // number


def cut(task: Task, bytes_of: BytesOf, most: int, ways: Sequence[str]) -> Iterator[Task]:
    """The task halved until no part takes more than `most` bytes, each time in the first of the ways that works.

    Parts of the same sums (cut by channels or taps) come in order. They must be computed one after the other.
    """
    if bytes_of(task) > most:
        for way in ways:
            halves = halved(task, way)
            if len(halves) > 1:
                for half in halves:
                    yield from cut(half, bytes_of, most, ways)
                return
    yield task


def halved(task: Task, way: str) -> list[Task]:
    """The task cut in two in one of the `WAYS`; the task alone where there is nothing to cut."""
    count, part = WAYS[way](task)
    return [part(0, count // 2), part(count // 2, count)] if count > 1 else [task]


def _first_long_axis(sizes: Sequence[int], part: Callable[[int, int, int], Task]) -> tuple[int, Part]:
    axis = next((axis for axis, size in enumerate(sizes) if size > 1), 0)
    return sizes[axis], partial(part, axis)


WAYS: Mapping[str, Callable[[Task], tuple[int, Part]]] = {
    "images": lambda task: (len(task.source), task.some_images),
    "groups": lambda task: (task.groups, task.some_groups),
    "filters": lambda task: (len(task.weight) if task.groups == 1 else 1, task.some_filters),
    "channels": lambda task: (task.weight.shape[1] if task.groups == 1 else 1, task.some_channels),
    "windows": lambda task: _first_long_axis(task.windows, task.some_windows),
    "taps": lambda task: _first_long_axis(task.kernel, task.some_taps),
}
"""How a task can be cut: how many there are, and how to take some of them."""


def bands(task: Task, bytes_of: BytesOf, most: int, threads: int = 1) -> list[Task]:
    """The task as whole images, or as parts of images along the first axis that is long enough.

    A part takes about `most` bytes at most. Images that fit stay together. The number of parts is a multiple of
    `threads`, as far as there are images and windows.
    """
    number = -(-bytes_of(task) // most)
    number = -(-number // threads) * threads
    if number <= 1:
        return [task]
    images = len(task.source)
    if images > 1:
        parts = [task.some_images(*some) for some in pieces(images, -(-images // number))]
        return parts if number <= images else [band for image in parts for band in bands(image, bytes_of, most)]
    for axis, count in enumerate(task.windows):
        if count > 1:
            least, rows = bytes_of(task.some_windows(axis, 0, 1)), -(-count // number)
            parts = [task.some_windows(axis, *some) for some in pieces(count, rows)]
            return parts if least <= most else [band for part in parts for band in bands(part, bytes_of, most)]
    return [task]


def bands_of_groups(task: Task, bytes_of: BytesOf, most: int, threads: int = 1) -> list[Task]:
    """The task as groups, as many together as fit, and these as `bands` where a single group does not fit."""
    number = -(-bytes_of(task) // most)
    number = -(-number // threads) * threads
    if number <= 1 or task.groups == 1:
        return bands(task, bytes_of, most, threads)
    parts = [task.some_groups(*some) for some in pieces(task.groups, -(-task.groups // number))]
    return parts if number <= task.groups else [band for part in parts for band in bands(part, bytes_of, most)]
