"""Texts of answers: what the service says of mistakes that the tests have, and what all tests together have met.

`texts.jsonl` is written by a run of the tests with `-p tests.languages.record`.
"""

import json
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from service.languages.language import PROBLEM
from service.operations.shared.diagnostic_examples import EXAMPLES
from tests.fuzz.json import PATHS, mutate, seeds
from tests.mistakes import cases
from tests.mistakes.people import TOLD
from tests.mistakes.service import client

Said = tuple[str, str]
"""The name of a diagnostic, or PROBLEM, or nothing for the title of a repair; and a text."""

RECORDED = Path(__file__).with_name("texts.jsonl")
NETWORKS, SIZES = "/v1/networks/validate", "/v1/output-size"
MISTAKES, CHANGED = 12, 200
"""Networks with one mistake, and bodies with something changed in them. Chosen: some seconds."""


NOT_JSON = (
    *(b"", b"[1", b'"a', b"{", b'{"a": ', b'{"a": tru}', b'{"a" 1}', b"[1 2]", b"{1: 2}", b"[1,]", b"[1] 2", b"01"),
    *(
        b'{"a": 1, "a": 2}',
        b'"\\x"',
        b'"\\ud800"',
        b'"\\ud800a"',
        b'"\\u12"',
        b'"\x01"',
        b"[" * 300,
        b"1e999999",
        b"nothing",
    ),
)


def said_in(value: Any) -> Iterator[Said]:
    """Every text of an answer that has a language."""
    if isinstance(value, list):
        for entry in value:
            yield from said_in(entry)
    elif isinstance(value, dict):
        yield from _of_object(value)


def _of_object(value: dict[str, Any]) -> Iterator[Said]:
    if "code" in value and "message" in value:
        name, told = value["name"], [value["message"], value["help"]]
        told += [note["message"] for note in value["related"]] + [fix["title"] for fix in value["fixes"]]
        yield from ((name, text) for text in told if text is not None)
        yield from said_in(value.get("consequences", []))
    elif "patch" in value and "title" in value:
        yield "", value["title"]
    else:
        if "detail" in value and "errors" in value:
            yield PROBLEM, value["title"]
            if not value["errors"]:
                yield PROBLEM, value["detail"]
        for member in value.values():
            yield from said_in(member)


def bodies() -> Iterator[tuple[str, bytes]]:
    """Requests with mistakes, by their paths."""
    for example in EXAMPLES.values():
        yield (NETWORKS if "layers" in example else SIZES), json.dumps(example).encode()
    for told in TOLD[::2]:
        yield NETWORKS, json.dumps(told.body).encode()
    for case in cases.single(MISTAKES, seed=1, pool=cases.pool_of(1, MISTAKES)):
        yield NETWORKS, json.dumps(case.mistake.body).encode()
    yield from ((SIZES, text) for text in NOT_JSON)
    drawn, known = random.Random(1), seeds()
    for _ in range(CHANGED):
        data = mutate(drawn.choice(known), drawn)
        yield PATHS[data[0] % len(PATHS)], data[1:]


@cache
def asked() -> frozenset[Said]:
    """What the service says now."""
    said: set[Said] = set()
    for path, body in bodies():
        if not path.startswith("/v2"):
            response = client().post(path, data=body, content_type="application/json")
            said.update(said_in(json.loads(response.data)))
    return frozenset(said)


@cache
def recorded() -> frozenset[Said]:
    """What the service said in all tests, in so far as each is the first that a row has."""
    lines = RECORDED.read_text(encoding="utf-8").splitlines()
    return frozenset((name, text) for name, text in map(json.loads, lines))
