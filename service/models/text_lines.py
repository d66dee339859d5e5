"""Lines of source as Python counts them, which is not as `str.splitlines` does."""

from io import StringIO


def lines_of(text: str, *, with_ends: bool = False) -> list[str]:
    """The lines of a text: they end with LF, CR or both, not with a form feed or a separator of Unicode."""
    lines = list(StringIO(text, newline=""))
    return lines if with_ends else [line.rstrip("\r\n") for line in lines]
