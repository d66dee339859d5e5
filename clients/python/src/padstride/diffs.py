"""Unified diffs: applied to files, and as the stretches that they replace."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from padstride.errors import PadstrideError

HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+\d+(?:,\d+)? @@")


@dataclass
class Replacement:
    """Whole lines of a file, `count` of them from `line` on (from 1), and the text that comes in their place."""

    line: int
    count: int = 0
    text: str = ""


def replacements(hunks: list[str]) -> Iterator[Replacement]:
    """What hunks replace: each run of lines that they take away or add."""
    line, run = 1, None
    for each in hunks:
        if match := HUNK.match(each):
            line = int(match[1])
        if each[:1] not in "+-":
            if run:
                yield run
            run = None
            line += each.startswith(" ")
            continue
        run = run or Replacement(line)
        if each.startswith("+"):
            run.text += each[1:]
        else:
            run.count += 1
            line += 1
    if run:
        yield run


def apply_diff(diff: str, folder: Path) -> list[Path]:
    """Changes the files that a diff names below `folder`; their paths.

    Raises:
        PadstrideError: where a file is not what the diff was made for. Then nothing is written.
    """
    changed = {folder / name: _changed(folder / name, hunks) for name, hunks in files_of(diff)}
    for path, text in changed.items():
        path.write_bytes(text.encode())
    return list(changed)


def _changed(path: Path, hunks: list[str]) -> str:
    """The text of a file after the hunks of a diff, with the line ends that it has."""
    text = path.read_bytes().decode()
    ends = "\r\n" if "\r\n" in text else "\n"
    return patched(text.replace(ends, "\n"), hunks).replace("\n", ends)


def files_of(diff: str) -> list[tuple[str, list[str]]]:
    """Each file that a diff changes, and its lines from the first hunk on."""
    files: list[tuple[str, list[str]]] = []
    for line in diff.splitlines(keepends=True):
        if line.startswith("+++ "):
            files.append((line[4:].strip().removeprefix("b/"), []))
        elif not line.startswith("--- ") and files:
            files[-1][1].append(line)
    return files


def patched(text: str, hunks: list[str]) -> str:
    """A text after the hunks of a diff."""
    old = text.splitlines(keepends=True)
    new: list[str] = []
    at = 0
    for line in hunks:
        if match := HUNK.match(line):
            start = int(match[1]) - 1
            new += old[at:start]
            at = start
        elif line.startswith("+"):
            new.append(line[1:])
        elif line[:1] in " -":
            if at >= len(old) or old[at].rstrip("\n") != line[1:].rstrip("\n"):
                raise PadstrideError(f"line {at + 1} is not {line[1:].strip()!r}: the file has changed meanwhile")
            new += [old[at]] if line.startswith(" ") else []
            at += 1
    return "".join([*new, *old[at:]])
