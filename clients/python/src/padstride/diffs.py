"""Unified diffs: applied to files, and as the stretches that they replace."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from padstride.errors import PadstrideError
from padstride.lines import end_of, lines_in, lines_with_ends

HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@")
MARK = "\ufeff"
"""What some editors write at the beginning of a file; no line of a diff has it."""


@dataclass
class Replacement:
    """Whole lines of a file, from `line` on (from 1), and those that come in their place; both without their ends."""

    line: int
    old: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)


def replacements(hunks: Sequence[str]) -> Iterator[Replacement]:
    """What hunks replace: each run of lines that they take away or add."""
    line, run = 1, None
    for each in hunks:
        if match := HUNK.match(each):
            line = _start(match)
        if each[:1] not in ("+", "-"):
            if run:
                yield run
            run = None
            line += each.startswith(" ")
            continue
        run = run or Replacement(line)
        if each.startswith("+"):
            run.new.append(each[1:])
        else:
            run.old.append(each[1:])
            line += 1
    if run:
        yield run


def _start(match: re.Match[str]) -> int:
    """The first line of a hunk. One that has no lines of the file follows the line that it names."""
    return int(match[1]) + (match[2] == "0")


def apply_diff(diff: str, folder: Path) -> list[Path]:
    """Changes the files that a diff names below `folder`; their paths.

    Raises:
        PadstrideError: where a file is not what the diff was made for. Then nothing is written.
    """
    changed = {folder / name: _changed(folder / name, hunks) for name, hunks in files_of(diff)}
    for path, text in changed.items():
        path.write_bytes(text.encode())
    return list(changed)


def _changed(path: Path, hunks: Sequence[str]) -> str:
    """The text of a file after the hunks of a diff."""
    try:
        text = path.read_bytes().decode()
    except UnicodeDecodeError:
        raise PadstrideError(f"{path} is not written in UTF-8") from None
    mark = MARK if text.startswith(MARK) else ""
    try:
        return mark + patched(text.removeprefix(MARK), hunks)
    except PadstrideError as error:
        raise PadstrideError(f"{path}: {error}") from None


def files_of(diff: str) -> list[tuple[str, list[str]]]:
    """Each file that a diff changes, and its lines from the first hunk on, without their ends."""
    files: list[tuple[str, list[str]]] = []
    for line in lines_in(diff):
        if line.startswith("+++ "):
            files.append((line[4:].strip().removeprefix("b/"), []))
        elif not line.startswith("--- ") and files:
            files[-1][1].append(line[:1] + line[1:].removeprefix(MARK))
    return files


def patched(text: str, hunks: Sequence[str]) -> str:
    """A text after the hunks of a diff. Each line keeps its end; one that is new has that of the line before it.

    Raises:
        PadstrideError: where a line is not what the diff was made for.
    """
    lines = lines_with_ends(text)
    _compare(lines, hunks)
    if stops_short := bool(lines) and not end_of(lines[-1]):
        lines[-1] += end_of(lines[0]) or "\n"
    for each in reversed(list(replacements(hunks))):
        start = each.line - 1
        lines[start : start + len(each.old)] = _ended(each, lines)
    if stops_short and lines:
        lines[-1] = lines[-1].rstrip("\r\n")
    return "".join(lines)


def _ended(each: Replacement, lines: Sequence[str]) -> Iterator[str]:
    """New lines with ends: that of the line which each replaces, else that of the line before."""
    start = each.line - 1
    ends = [end_of(line) for line in lines[start : start + len(each.old)]]
    end = end_of(lines[max(start - 1, 0)]) if lines else "\n"
    for index, line in enumerate(each.new):
        end = ends[index] if index < len(ends) else end
        yield line + end


def _compare(lines: Sequence[str], hunks: Sequence[str]) -> None:
    at = 0
    for each in hunks:
        if match := HUNK.match(each):
            at = _start(match) - 1
        elif each.startswith((" ", "-")):
            if at >= len(lines) or lines[at].rstrip("\r\n") != each[1:]:
                raise PadstrideError(f"line {at + 1} is not {each[1:].strip()!r}: the file has changed meanwhile")
            at += 1
