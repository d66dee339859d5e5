"""The requests that the documentation shows, and the answers that it shows for them."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
BLOCK = re.compile(r"^```sh\n(?P<command>curl .*?)\n```(?:\n+```json\n(?P<shown>.*?)\n```)?", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Example:
    """A request as a command of curl, and the answer shown below it."""

    page: str
    line: int
    command: str
    shown: Any

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


@dataclass
class Request:
    """What a command of curl sends."""

    path: str = ""
    body: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)


def examples_of(page: Path) -> Iterator[Example]:
    """The examples of a page."""
    text = page.read_text(encoding="utf-8")
    for block in BLOCK.finditer(text):
        shown = None if block["shown"] is None else json.loads(block["shown"])
        line = text.count("\n", 0, block.start()) + 2
        yield Example(page.relative_to(ROOT).as_posix(), line, block["command"], shown)


def request_of(command: str) -> Request:
    """What a command sends; a ValueError for what is not known here, so that no example is passed over."""
    program, *words = shlex.split(command.replace("\\\n", " "))
    if program != "curl":
        raise ValueError(f"not curl: {command}")
    request = Request()
    for word in (rest := iter(words)):
        if word in ("-s", "--silent"):
            continue
        if word == "-H":
            name, _, value = next(rest).partition(": ")
            request.headers[name] = value
        elif word == "-d":
            request.body = next(rest)
        elif word == "-F":
            name, _, value = next(rest).partition("=")
            request.parts[name] = value
        elif word.startswith("localhost:8000/"):
            request.path = word.removeprefix("localhost:8000")
        else:
            raise ValueError(f"{word!r} is not known: {command}")
    return request


def asked(client: FlaskClient, request: Request) -> TestResponse:
    """The answer to what a command sends."""
    if request.parts:
        parts: dict[str, Any] = {
            name: ((ROOT / value[1:]).open("rb"), Path(value).name) if value.startswith("@") else value
            for name, value in request.parts.items()
        }
        return client.post(request.path, data=parts, headers=request.headers)
    if request.body is None:
        return client.get(request.path, headers=request.headers)
    json.loads(request.body)  # curl sends the text as it stands
    return client.post(request.path, data=request.body.encode(), headers=request.headers)
