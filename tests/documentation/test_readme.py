"""The README's requests get the answers it shows."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"```sh\ncurl -s localhost:8000(\S+) .*? -d '\n?(.*?)'\n```\n```json\n(.*?)```", re.DOTALL)
EXAMPLES = [(path, json.loads(body), json.loads(shown)) for path, body, shown in EXAMPLE.findall(README)]


def missing(shown: Any, said: Any, place: str = "") -> list[str]:
    """Where what is shown is not in what was said; an object may be shown without some of its members."""
    if isinstance(shown, dict) and isinstance(said, dict):
        return [gap for name in shown for gap in missing(shown[name], said.get(name), f"{place}/{name}")]
    if isinstance(shown, list) and isinstance(said, list) and len(shown) == len(said):
        pairs = enumerate(zip(shown, said, strict=True))
        return [gap for index, (one, other) in pairs for gap in missing(one, other, f"{place}/{index}")]
    return [] if shown == said and type(shown) is type(said) else [f"{place}: shown {shown!r}, said {said!r}"]


def test_there_are_five_requests() -> None:
    assert len(EXAMPLES) == 5


@pytest.mark.parametrize(("path", "body", "shown"), EXAMPLES, ids=[path for path, _, _ in EXAMPLES])
def test_every_request_gets_the_answer_shown(client: FlaskClient, path: str, body: Any, shown: Any) -> None:
    answer = client.post(path, json=body)
    assert answer.status_code == 200
    assert missing(shown, answer.json) == []


def test_the_comparison_sees_a_difference() -> None:
    assert missing({"a": [1, 2]}, {"a": [1, 3], "b": 0}) == ["/a/1: shown 2, said 3"]
    assert missing({"a": [1]}, {"a": [1, 2]})
    assert missing({"a": 1}, {"a": True})


@pytest.mark.parametrize("place", re.findall(r"^\| `?\[?([\w./-]+?)[\]`]", README, re.MULTILINE))
def test_every_place_it_names_exists(place: str) -> None:
    assert (Path(__file__).parents[2] / place).exists()
