"""The examples of the page on the Open Inference Protocol give what the page says."""

import json
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service.app import create_app
from tests.documentation.test_readme import EXAMPLE, differences
from tests.examples.conftest import listening

PAGE = (Path(__file__).parents[2] / "docs" / "inference.md").read_text(encoding="utf-8")
SCRIPT = re.compile(r"```python\n(.*?)```", re.DOTALL)


def test_the_request_gets_the_answer_shown(client: FlaskClient) -> None:
    [(path, body, shown)] = EXAMPLE.findall(PAGE)
    assert differences(json.loads(shown), client.post(path, json=json.loads(body)).json) == []


def test_the_script_prints_what_its_comment_says(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tritonclient.http")
    [script] = SCRIPT.findall(PAGE)
    [comment] = re.findall(r"print\(.*  # (.*)\n", script)
    with listening(create_app()) as url:
        capsys.readouterr()
        exec(script.replace("localhost:8000", url.removeprefix("http://")), {})  # noqa: S102 - the page is ours
    assert comment in capsys.readouterr().out.splitlines()
