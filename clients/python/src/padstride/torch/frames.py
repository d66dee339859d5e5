"""Where a node of a graph stands in the user's own files."""

import linecache
import re
from pathlib import Path
from typing import Any

import torch

from padstride.answers import ModelPlace

FRAME = re.compile(r'File "(?P<file>.+?)", line (?P<line>\d+)')
NOT_THE_USERS = (str(Path(torch.__file__).parent), str(Path(__file__).parents[1]))
"""Folders whose lines are PyTorch's and this package's."""


def place_of_node(node: Any) -> ModelPlace | None:
    """The last line of the user's that led to a node."""
    frames = FRAME.finditer(node.meta.get("stack_trace") or node.stack_trace or "")
    own = [frame for frame in frames if not frame["file"].startswith(NOT_THE_USERS)]
    return place_of_line(own[-1]["file"], int(own[-1]["line"])) if own else None


def place_of_line(file: str, line: int) -> ModelPlace:
    """A whole line of a file."""
    text = linecache.getline(file, line).rstrip()
    if not text:
        return ModelPlace(file=file, line=line)
    column = len(text) - len(text.lstrip()) + 1
    return ModelPlace(file=file, line=line, column=column, end_line=line, end_column=len(text) + 1, text=text.strip())
