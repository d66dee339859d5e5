"""Every request that a page shows gets the answer that the page shows."""

import json
import os
import re
import shutil
import subprocess
from itertools import chain

import pytest
from flask.testing import FlaskClient

from tests.conftest import read
from tests.documentation.examples import PAGES, ROOT, Example, asked, examples_of, request_of
from tests.documentation.test_readme import differences

EXAMPLES = list(chain.from_iterable(map(examples_of, PAGES)))
QUESTIONS = [example for example in EXAMPLES if example.page == "docs/questions.md"]


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_a_request_gets_the_answer_shown(example: Example, client: FlaskClient) -> None:
    answer = asked(client, request_of(example.command))
    status = 200 if example.shown is None else example.shown.get("status", 200)
    assert answer.status_code == (status if isinstance(status, int) else 200)
    assert example.shown is None or differences(example.shown, read(answer)) == []


def test_no_command_to_the_service_is_passed_over() -> None:
    """Each block that begins with curl is an example; curl inside of other blocks is not asked here."""
    blocks = sum(len(re.findall(r"^```sh\ncurl ", page.read_text(encoding="utf-8"), re.MULTILINE)) for page in PAGES)
    assert blocks == len(EXAMPLES) > 40


def test_the_page_of_the_eight_questions_has_eight() -> None:
    text = (ROOT / "docs/questions.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (\d)\. .*\?$", text, re.MULTILINE)
    assert headings == list("12345678")
    assert len({request_of(example.command).path for example in QUESTIONS}) == len(QUESTIONS) == 9
    assert request_of(QUESTIONS[-1].command).path == "/v1/batch"


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("example", QUESTIONS, ids=str)
def test_the_eight_questions_work_as_commands(example: Example, url: str) -> None:
    """Word for word in a shell, but for the port."""
    command = example.command.replace("localhost:8000", url.removeprefix("http://"))
    done = subprocess.run(
        ["bash", "-c", command],  # noqa: S607 - as a reader would
        cwd=ROOT,
        env={**os.environ, "no_proxy": "127.0.0.1"},
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert differences(example.shown, json.loads(done.stdout)) == []
