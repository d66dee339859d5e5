"""Forms (`multipart/form-data`, RFC 7578), split without copying their parts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from werkzeug.http import parse_options_header

from service.problems import Problem

MOST_PARTS = 1000
"""Parts of one form. Chosen."""
LONGEST_HEAD = 8192
"""Bytes of the headers of a part. Chosen."""
LONGEST_PADDING = 100
"""Blanks allowed after a boundary. Chosen."""
BOUNDARY = re.compile(r"[!-~]([ -~]{0,198}[!-~])?", re.ASCII)
"""1 to 200 characters, the last of which is no blank; RFC 2046 allows 70, which some clients exceed."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of a form: its name, the name of its file if it came as one, and its bytes."""

    name: str
    file_name: str | None
    data: memoryview

    @property
    def is_file(self) -> bool:
        """Whether it came as a file."""
        return self.file_name is not None

    @property
    def beginning(self) -> str:
        """How it begins, as text."""
        return bytes(self.data[:100]).decode(errors="replace")


def read_form(body: bytes | bytearray, boundary: str) -> list[Part]:
    """The parts of a form; a Problem with status 400 where its framing is broken, 413 where they are too many."""
    if not BOUNDARY.fullmatch(boundary):
        raise Problem(400, f"the boundary of the form has {len(boundary)} characters, not 1 to 200 of ASCII")
    parts: list[Part] = []
    for part in _parts(body, f"\r\n--{boundary}".encode()):
        if len(parts) == MOST_PARTS:
            raise Problem(413, f"the form has more than {MOST_PARTS} parts")
        parts.append(part)
    return parts


def _parts(body: bytes | bytearray, delimiter: bytes) -> Iterator[Part]:
    """Each part in turn; text before the first and after the last boundary is ignored."""
    view = memoryview(body).toreadonly()
    first = 0 if body.startswith(delimiter[2:]) else _next_boundary(body, delimiter, 0) + 2
    place = first + len(delimiter) - 2
    while not body.startswith(b"--", place):
        line = body.find(b"\r\n", place, place + LONGEST_PADDING)
        head = body.find(b"\r\n\r\n", line, line + LONGEST_HEAD)
        if line < 0 or head < 0 or body[place:line].strip(b" \t"):
            raise Problem(400, f"the form is malformed after {place} bytes: no headers of a part follow the boundary")
        end = _next_boundary(body, delimiter, head + 2)
        name, file_name = _disposition(bytes(body[line:head]))
        yield Part(name=name, file_name=file_name, data=view[head + 4 : end])
        place = end + len(delimiter)


def _next_boundary(body: bytes | bytearray, delimiter: bytes, start: int) -> int:
    """Where the next boundary begins."""
    place = body.find(delimiter, start)
    if place < 0:
        raise Problem(400, f"the form breaks off: no boundary follows after {start} of its {len(body)} bytes")
    return place


def _disposition(head: bytes) -> tuple[str, str | None]:
    """The name that the headers of a part give it, and the file name, if they give it one."""
    for line in head.decode(errors="replace").split("\r\n"):
        field, _, value = line.partition(":")
        if field.strip().lower() == "content-disposition":
            options = parse_options_header(value)[1]
            if "name" in options:
                return options["name"], options.get("filename")
    raise Problem(400, "a part of the form has no name in a `Content-Disposition`")
