"""Operations are declared once, found by themselves and callable without a server; answers fit their models."""

import json
import subprocess
import sys
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import pytest
from flask.testing import FlaskClient
from pydantic import BaseModel

from service.operations import OPERATIONS, Context, Operation
from service.operations.batch import BATCHED
from service.operations.infer import InferenceRequest
from service.operations.shared.registry import without_duplicates
from service.operations.shared.tried_fixes import posted
from service.problems import Problem
from service.routes.exchange import dumps
from service.schemas.arrays import Base64Array, FlatArray
from service.schemas.bodies import validated, without_nulls
from service.schemas.fields import Form, form_of
from tests.answers import ANSWERS, Answers
from tests.examples.conftest import NETWORKS

POSTED = [operation for operation in OPERATIONS if operation.has_body]
ROOT = Path(__file__).parents[2]
PLANTED = """
def test_health(client, monkeypatch):
    monkeypatch.setattr("service.operations.shared.operation.Operation.respond", lambda *_: {"status": "wrong"})
    assert client.get("/healthz").status_code == 200
"""
BY_NAME = {operation.name: operation for operation in OPERATIONS}
SIZE = BY_NAME["outputSize"]


def document_of(operation: Operation) -> Any:
    """The operation's example as one document: its body, if it has one, and the parameters in its path."""
    return {**(operation.example or {}), **operation.path_example}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_an_operation_answers_without_a_server_as_with_one(client: FlaskClient, operation: Operation) -> None:
    context = Context(instance=operation.path)
    response = client.open(operation.example_path, method=operation.method.upper(), json=operation.example)
    assert json.loads(dumps(operation.respond(document_of(operation), context))) == json.loads(response.data)


def test_operations_need_no_web_framework() -> None:
    program = "import sys, service.operations; print([name for name in ('flask', 'werkzeug') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"path": "/v1/other", "place": 99}, "name outputSize"),
        ({"name": "other", "place": 99}, "method and path post /v1/output-size"),
        ({"name": "other", "path": "/v1/other"}, "place 1 of questions"),
    ],
)
def test_an_operation_is_declared_once(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"2 operations have the {message}"):
        without_duplicates([*OPERATIONS, replace(SIZE, **changes)])


def test_a_batch_takes_the_operations_that_say_so() -> None:
    assert list(BATCHED.values()) == [operation for operation in OPERATIONS if operation.batched]
    assert "output-size" in BATCHED
    assert "batch" not in BATCHED


@pytest.mark.parametrize("model", [operation.request for operation in POSTED] + [FlatArray, Base64Array])
def test_every_member_of_a_body_says_what_it_takes(model: type[BaseModel]) -> None:
    if model is not InferenceRequest:  # whose protocol has error messages of its own
        assert all(form_of(model, name) for name in model.model_fields)


def test_a_form_is_read_from_its_field() -> None:
    class Example(BaseModel):
        member: Annotated[int, Form("a number of apples")]

    assert form_of(Example, "member") == "a number of apples"


BODIES = [
    *(
        (BY_NAME[name], BY_NAME[name].example)
        for name in ("outputSize", "compareFrameworks", "solveParameters", "convolve")
    ),
    (SIZE, {"layer": {"type": "conv1d", "name": None, "kernel_size": [2**70]}, "input_size": None}),
    (SIZE, {"layer": [[[{"a": [None, 1.5, True, "x", float("inf")]}]]], "input_shape": [None, 3, 2]}),
    (SIZE, {"layer": json.loads("[" * 150 + "]" * 150), "framework": "onnx", "opset": 13}),
    (BY_NAME["inputSizes"], BY_NAME["inputSizes"].example),
    (
        BY_NAME["validateNetwork"],
        {
            "layers": [3, {"type": "relu"}],
            "receptive_field_of": [{"layer": "relu_1", "output": [1]}],
            "inputs": {"x": [1]},
        },
    ),
    *((BY_NAME["validateNetwork"], json.loads(path.read_text())) for path in sorted(NETWORKS.glob("*.json"))),
]


@pytest.mark.parametrize(("operation", "body"), BODIES)
def test_a_request_still_holds_the_document_that_was_posted(operation: Operation, body: Any) -> None:
    assert posted(validated(operation.request, body)) == without_nulls(body)


def test_a_slot_is_held_around_heavy_work_only() -> None:
    entered = []

    def slot() -> Any:
        entered.append(True)
        return nullcontext()

    SIZE.respond(SIZE.example, replace(Context(), slot=slot))
    assert not entered
    for name in ("solveParameters", "askBatch", "convolve", "inputSizes"):
        entered.clear()
        BY_NAME[name].respond(BY_NAME[name].example, replace(Context(), slot=slot))
        assert entered == [True], name


def test_an_operation_raises_a_problem_that_has_a_document() -> None:
    with pytest.raises(Problem) as raised:
        SIZE.respond({})
    document = raised.value.document(instance="somewhere", request_id=None)
    assert (document["status"], document["instance"]) == (422, "somewhere")
    assert [error["name"] for error in document["errors"]] == ["missing-parameter"]


class TestEveryAnswerIsHeldToItsModel:
    """The check that runs after every test can fail."""

    def test_every_view_has_a_model(self, client: FlaskClient) -> None:
        views = {name for name in client.application.view_functions if name.startswith("operations.")}
        assert views == ANSWERS.keys()

    @pytest.mark.parametrize("wrong", [{"more": 1}, {"output_size": "6"}, {"axes": None}], ids=["more", "type", "null"])
    def test_a_wrong_answer_is_a_misfit(
        self, client: FlaskClient, answers: Answers, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, Any]
    ) -> None:
        right = SIZE.respond(SIZE.example)
        monkeypatch.setattr(Operation, "respond", lambda *_: right | wrong)
        assert client.post(SIZE.path, json=SIZE.example).status_code == 200
        [misfit] = answers.misfits()
        assert misfit.startswith("POST /v1/output-size 200 is no OutputSizeAnswer: 1 validation error")

    @pytest.mark.parametrize(("path", "model"), [("/v1/nothing", "ProblemDocument"), ("/v2/nothing", "InferenceError")])
    def test_a_wrong_problem_is_a_misfit(
        self, client: FlaskClient, answers: Answers, monkeypatch: pytest.MonkeyPatch, path: str, model: str
    ) -> None:
        monkeypatch.setattr("service.routes.error_handlers.orjson.dumps", lambda _: b'{"detail": 1}')
        assert client.get(path).status_code == 404
        [misfit] = answers.misfits()
        assert misfit.startswith(f"GET {path} 404 is no {model}: ")

    def test_a_misfit_fails_the_test_that_got_it(self, tmp_path: Path) -> None:
        planted = tmp_path / "test_planted.py"
        planted.write_text(PLANTED, encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider", planted]
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert run.returncode == 1, run.stdout + run.stderr
        assert "1 passed, 1 error" in run.stdout
        assert "GET /healthz 200 is no HealthAnswer" in run.stdout
