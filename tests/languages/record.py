"""`pytest -p tests.languages.record`: writes down the texts that the tests met, one for each row that says it."""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, Response, request_finished

from service.languages import LANGUAGES
from service.languages.forms import Form
from service.languages.language import Reading
from tests.languages.corpus import RECORDED, Said, said_in

_said: set[Said] = set()


def _collect(_app: Flask, response: Response, **_: Any) -> None:
    if response.is_json and not response.is_streamed:
        try:
            _said.update(said_in(json.loads(response.get_data())))
        except ValueError:
            return


@pytest.hookimpl(hookwrapper=True)
def pytest_sessionfinish() -> Iterator[None]:
    """Write what was met: with what stands in the file already, the fewest texts that use as many rows."""
    yield
    if os.environ.get("PYTEST_XDIST_WORKER"):
        return
    known = [tuple(json.loads(line)) for line in RECORDED.read_text(encoding="utf-8").splitlines()]
    kept = fewest({*known, *_said})
    RECORDED.write_text("".join(json.dumps(said, ensure_ascii=False) + "\n" for said in kept), encoding="utf-8")


def fewest(said: set[Said]) -> list[Said]:
    """Some of the texts, the short ones first, so that every row is used that any of them uses."""
    kept: list[Said] = []
    used: set[tuple[str, Form]] = set()
    for name, text in sorted(said, key=lambda entry: (len(entry[1]), entry)):
        rows: set[tuple[str, Form]] = set()
        for language in LANGUAGES.values():
            reading = Reading(language, name)
            reading.sentence(text)
            rows |= {(language.tag, form) for form in reading.used}
        if rows - used:
            used |= rows
            kept.append((name, text))
    return sorted(kept)


request_finished.connect(_collect)
