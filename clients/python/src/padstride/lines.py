"""Lines as Python counts them: they end with a line feed, a carriage return, or both, and with nothing else."""

import re

LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def lines_with_ends(text: str) -> list[str]:
    """The lines of a text, each with its own end."""
    return LINE.findall(text)


def lines_in(text: str) -> list[str]:
    """The lines of a text without their ends."""
    return [line.rstrip("\r\n") for line in lines_with_ends(text)]


def end_of(line: str) -> str:
    """What a line ends with: nothing, where it is the last of a file that stops there."""
    return line[len(line.rstrip("\r\n")) :]
