"""Changes to posted text: the edits that a JSON Patch of the network stands for, and the diff that shows them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from itertools import islice, pairwise, product
from typing import Any

from service.core.layers.pointers import Pointer
from service.models.json_documents import member
from service.models.reading import MADE, Literal, ModelReading, TextPlace
from service.models.text_lines import lines_of

MOST_WAYS = 4
"""Ways to write one patch that are told. Chosen: each has to be read and judged again."""


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Other text in place of what stands at a place."""

    place: TextPlace
    text: str


NEXT = ", "
"""Between two arguments."""
Edits = tuple[TextEdit, ...]


def ways_to_write(patch: Sequence[Mapping[str, Any]], reading: ModelReading) -> list[Edits]:
    """The edits that a patch of the network may stand for, the likeliest first; empty where it changes no text."""
    ways = []
    for operation in patch:
        if operation["op"] == "test":
            continue
        found = list(_ways_to_write(operation, reading))
        if not found:
            return []
        ways.append(found)
    together = (tuple(edit for edits in choice for edit in edits) for choice in product(*ways))
    return [tuple(dict.fromkeys(edits)) for edits in islice(together, MOST_WAYS) if edits]


def edited(files: Mapping[str, str], edits: Edits) -> dict[str, str] | None:
    """The files after some edits; None where two of them are about the same text."""
    texts = dict(files)
    ordered = sorted(edits, key=lambda edit: (edit.place.file or "", edit.place.line, edit.place.column), reverse=True)
    for later, earlier in pairwise(ordered):
        same_file = later.place.file == earlier.place.file
        if same_file and (earlier.place.end_line, earlier.place.end_column) > (later.place.line, later.place.column):
            return None
    for edit in ordered:
        path = edit.place.file or ""
        lines = lines_of(texts[path], with_ends=True)
        first, last = edit.place.line - 1, edit.place.end_line - 1
        before, after = lines[first][: edit.place.column - 1], lines[last][edit.place.end_column - 1 :]
        text = edit.text
        if text.startswith(NEXT) and _end_of(lines[:first], before).endswith((",", "(")):
            text = text.removeprefix(NEXT) if before.strip() else f"    {text.removeprefix(NEXT)},\n{before}"
        lines[first : last + 1] = [before + text + after]
        texts[path] = "".join(lines)
    return texts


def _end_of(lines: Sequence[str], line: str) -> str:
    """The end of what stands before a place, without blanks."""
    return next((text for text in (line.rstrip(), *(above.rstrip() for above in reversed(lines))) if text), "")


def diff_of(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """A unified diff of the files that differ; a single text is called `model.py`."""
    pieces: list[str] = []
    for path, text in before.items():
        if after[path] != text:
            name = path or "model.py"
            old, new = lines_of(text), lines_of(after[path])
            pieces += unified_diff(old, new, f"a/{name}", f"b/{name}", lineterm="")
    return "".join(f"{line}\n" for line in pieces)


def _ways_to_write(operation: Mapping[str, Any], reading: ModelReading) -> Iterator[Edits]:
    """The edits that one operation may stand for."""
    pointer = _pointer(operation["path"])
    if operation["op"] == "replace":
        yield from _replacing(pointer, member(reading.network, *pointer), operation["value"], reading)
    elif operation["op"] == "add" and len(pointer) == 3:
        yield from _adding(pointer, operation["value"], reading)


def _replacing(pointer: Pointer, old: Any, new: Any, reading: ModelReading) -> Iterator[Edits]:
    """Other values in place of the literals that a parameter comes from, then in place of what was passed for it."""
    for literal in reading.literals.get(pointer, ()):
        for value in values_of(literal, old, new):
            yield (TextEdit(literal.place, python_text(value)),)
    if isinstance(new, list) and isinstance(old, list) and len(new) == len(old):
        elements = [
            list(_replacing((*pointer, index), before, after, reading))
            for index, (before, after) in enumerate(zip(old, new, strict=True))
            if before != after
        ]
        if elements and all(elements):
            yield tuple(edit for ways in elements for edit in ways[0])
    place = reading.places.get(pointer)
    if isinstance(place, TextPlace):
        yield (TextEdit(place, python_text(new)),)


def values_of(literal: Literal, old: Any, new: Any) -> Iterator[Any]:
    """What a literal may become for a parameter to become `new`: it itself, or moved or scaled as the parameter is.

    One that the parameter was divided by is scaled the other way.
    """
    if literal.exact:
        yield new
        return
    numbers = (literal.value, old, new)
    if any(isinstance(number, bool) or not isinstance(number, int) for number in numbers):
        return
    least = min(literal.value, 1)
    if old and literal.value * new % old == 0 and literal.value * new // old >= least:
        yield literal.value * new // old
    if literal.value + new - old >= least:
        yield literal.value + new - old
    if new and literal.value * old % new == 0 and literal.value * old // new >= least:
        yield literal.value * old // new


def _adding(pointer: Pointer, value: Any, reading: ModelReading) -> Iterator[Edits]:
    """Another keyword argument at the end of the call that makes a layer."""
    *layer, word = pointer
    place = reading.places.get((*layer, MADE))
    if isinstance(place, TextPlace) and str(word).isidentifier():
        end = TextPlace(
            file=place.file,
            line=place.end_line,
            column=place.end_column - 1,
            end_line=place.end_line,
            end_column=place.end_column - 1,
            text="",
        )
        yield (TextEdit(end, f"{NEXT}{word}={python_text(value)}"),)


def python_text(value: Any) -> str:
    """A JSON value as Python source; lists become tuples."""
    if isinstance(value, list):
        inner = ", ".join(python_text(entry) for entry in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return repr(value)


def _pointer(path: str) -> Pointer:
    """A JSON Pointer taken apart, its numbers as integers."""
    parts = (part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:])
    return tuple(int(part) if part.isdecimal() else part for part in parts)
