"""Tables from which nothing is cut: a number that lacks its last digits would be another number."""

from collections.abc import Callable, Iterable, Sequence

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

NARROWEST = 8
"""Characters in a line of a folded name, at least. Chosen: a short word."""


def print_table(console: Console, table: Table) -> None:
    """A table as wide as it is; on a narrower terminal its widest cells take several lines.

    Cells are broken between words; those of a column whose `overflow` is "fold" also within words.
    """
    widths = [_width(column, str.splitlines) for column in table.columns]
    borders = 3 * len(widths) + 1
    if console.is_terminal:
        least = [_least(column, width) for column, width in zip(table.columns, widths, strict=True)]
        widths = fitting(widths, least, console.width - borders)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    table.width = sum(widths) + borders
    console.print(table, crop=False)


def _least(column: Column, width: int) -> int:
    return min(NARROWEST, width) if column.overflow == "fold" else _width(column, str.split)


def _width(column: Column, parted: Callable[[str], Iterable[str]]) -> int:
    """The width of the widest part of a column's cells, and of what stands above and below them."""
    texts = [Text.from_markup(str(cell)).plain for cell in (column.header, *column.cells, column.footer)]
    return max((Text(part).cell_len for text in texts for part in parted(text)), default=0)


def fitting(widths: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Widths that together fit into some room, as far as each may become narrower: the widest does so first."""
    narrowed = list(widths)
    for _ in range(sum(widths) - room):
        widest = max(range(len(narrowed)), key=lambda index: (narrowed[index] > least[index], narrowed[index]))
        narrowed[widest] = max(narrowed[widest] - 1, least[widest])
    return narrowed
