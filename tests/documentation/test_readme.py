"""The requests of the README and of the page on networks get the answers that are shown, and the repairs repair."""

import json
import re
from pathlib import Path
from typing import Any

import jsonpatch
import pytest
from flask.testing import FlaskClient

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
NETWORKS = (ROOT / "docs" / "networks.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"```sh\ncurl -s localhost:8000(\S+) .*? -d '\n?(.*?)'\n```\n```json\n(.*?)```", re.DOTALL)
EXAMPLES = [
    (path, json.loads(body), json.loads(shown))
    for path, body, shown in EXAMPLE.findall(README) + EXAMPLE.findall(NETWORKS)
]
REPAIRS = [body for path, body, shown in EXAMPLES if shown.get("valid") is False]


def missing(shown: Any, said: Any, place: str = "") -> list[str]:
    """Where what is shown is not in what was said; an object may be shown without some of its members."""
    if isinstance(shown, dict) and isinstance(said, dict):
        return [gap for name in shown for gap in missing(shown[name], said.get(name), f"{place}/{name}")]
    if isinstance(shown, list) and isinstance(said, list) and len(shown) == len(said):
        pairs = enumerate(zip(shown, said, strict=True))
        return [gap for index, (one, other) in pairs for gap in missing(one, other, f"{place}/{index}")]
    return [] if shown == said and type(shown) is type(said) else [f"{place}: shown {shown!r}, said {said!r}"]


def test_there_are_ten_requests_four_of_them_to_be_repaired() -> None:
    assert len(EXAMPLES) == 10
    assert len(REPAIRS) == 4


@pytest.mark.parametrize("body", REPAIRS, ids=lambda body: f"{len(body['layers'])} layers")
def test_the_first_fix_of_every_mistake_makes_the_network_sound(client: FlaskClient, body: Any) -> None:
    for _ in range(3):
        report = client.post("/v1/networks/validate", json=body).json
        wrong = [one for one in report["diagnostics"] if one["severity"] == "error"]
        if not wrong:
            return
        body = jsonpatch.apply_patch(body, wrong[0]["fixes"][0]["patch"])
    pytest.fail("it takes more fixes than there are mistakes")


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
