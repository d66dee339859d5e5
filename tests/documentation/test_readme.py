"""The requests of the README and of the page on networks get the answers shown there, and their fixes work."""

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
EXAMPLE = re.compile(r"```sh\ncurl -s localhost:8000(\S+) -H [^\n]* -d '\n?(.*?)'\n```\n```json\n(.*?)```", re.DOTALL)
EXAMPLES = [
    (path, json.loads(body), json.loads(shown))
    for path, body, shown in EXAMPLE.findall(README) + EXAMPLE.findall(NETWORKS)
]
FORM = re.compile(
    r"```sh\ncurl -s localhost:8000(\S+) \\\n\s+-F model=@(\S+)\s(?:\\\n)?\s*-F 'request=([^']*)'\n```\n"
    r"```json\n(.*?)```",
    re.DOTALL,
)
FORMS = FORM.findall(README) + FORM.findall((ROOT / "docs" / "models.md").read_text(encoding="utf-8"))
TO_BE_FIXED = [body for path, body, shown in EXAMPLES if shown.get("valid") is False]


def differences(shown: Any, answer: Any, place: str = "") -> list[str]:
    """The places where the answer differs from what is shown; an object may be shown without some of its members.

    A list that ends in "..." is shown as far as that.
    """
    if isinstance(shown, dict) and isinstance(answer, dict):
        return [text for name in shown for text in differences(shown[name], answer.get(name), f"{place}/{name}")]
    if isinstance(shown, list) and isinstance(answer, list) and shown[-1:] == ["..."] and len(answer) >= len(shown) - 1:
        shown, answer = shown[:-1], answer[: len(shown) - 1]
    if isinstance(shown, list) and isinstance(answer, list) and len(shown) == len(answer):
        pairs = enumerate(zip(shown, answer, strict=True))
        return [text for index, pair in pairs for text in differences(*pair, f"{place}/{index}")]
    is_same = shown == answer and type(shown) is type(answer)
    return [] if is_same else [f"{place}: shown {shown!r}, answered {answer!r}"]


def test_there_are_sixteen_requests_seven_of_them_with_mistakes() -> None:
    assert len(EXAMPLES) == 16
    assert len(TO_BE_FIXED) == 7


@pytest.mark.parametrize("body", TO_BE_FIXED, ids=lambda body: f"{len(body['layers'])} layers")
def test_the_first_fix_of_every_mistake_makes_the_network_sound(client: FlaskClient, body: Any) -> None:
    for _ in range(3):
        report = client.post("/v1/networks/validate", json=body).json
        errors = [diagnostic for diagnostic in report["diagnostics"] if diagnostic["severity"] == "error"]
        if not errors:
            return
        body = jsonpatch.apply_patch(body, errors[0]["fixes"][0]["patch"])
    pytest.fail("three fixes are not enough")


@pytest.mark.parametrize(("path", "body", "shown"), EXAMPLES, ids=[path for path, _, _ in EXAMPLES])
def test_every_request_gets_the_answer_shown(client: FlaskClient, path: str, body: Any, shown: Any) -> None:
    answer = client.post(path, json=body)
    assert answer.status_code == 200
    assert differences(shown, answer.json) == []


def test_the_comparison_finds_a_difference() -> None:
    assert differences({"a": [1, 2]}, {"a": [1, 3], "b": 0}) == ["/a/1: shown 2, answered 3"]
    assert differences({"a": [1]}, {"a": [1, 2]})
    assert differences({"a": 1}, {"a": True})
    assert differences({"a": [1, "..."]}, {"a": [1, 2, 3]}) == differences({"a": [1, "..."]}, {"a": [1]}) == []
    assert differences({"a": [2, "..."]}, {"a": [1, 2, 3]})
    assert differences({"a": [1, "..."]}, {"a": []})


@pytest.mark.parametrize("place", re.findall(r"^\| `?\[?([\w./-]+?)[\]`]", README, re.MULTILINE))
def test_every_place_it_names_exists(place: str) -> None:
    assert (Path(__file__).parents[2] / place).exists()


def test_there_is_a_form_with_a_model_of_each_kind_that_has_an_example() -> None:
    files = {path.name for path in (ROOT / "examples" / "models").iterdir() if path.is_file()}
    assert {Path(file).name for _, file, _, _ in FORMS} == files - {"make.py"}


@pytest.mark.parametrize(("path", "file", "request_part", "shown"), FORMS, ids=[file for _, file, _, _ in FORMS])
def test_every_form_gets_the_answer_shown(
    client: FlaskClient, path: str, file: str, request_part: str, shown: str
) -> None:
    with (ROOT / file).open("rb") as model:
        answer = client.post(path, data={"request": request_part, "model": (model, Path(file).name)})
    assert answer.status_code == 200
    assert differences(json.loads(shown), answer.json) == []
