"""A client of the application, and the few things that most tests of it do."""

import io
import json
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import numpy as np
import pytest
from flask.testing import FlaskClient
from hypothesis import settings as hypothesis_settings
from numpy.typing import NDArray
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from service.app import create_app
from service.observability.ledger import LEDGER
from service.settings import settings
from tests.answers import Answers, collecting

collect_ignore = ["browser", "generated"]
"""They need environments of their own: `make test-browser` and `make test-generated`, which do not read this file."""

Document = dict[str, Any]
Post = Callable[[str, Any], tuple[int, Document]]
Find = Callable[[Document, str], Document]
Problem = Callable[[TestResponse, int], Document]
Refuse = Callable[..., Document]
PostForm = Callable[..., TestResponse]
Limited = Callable[..., FlaskClient]

hypothesis_settings.register_profile("untimed", deadline=None)  # speed is measured in benchmarks/, never in a test
hypothesis_settings.load_profile("untimed")

LEDGER.by_itself = False  # only tests of the log write it


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of `make resilience`; pytest reads options only from this file and plugins."""
    parser.addoption("--resilience", action="store_true", help="run tests/resilience in full, which takes an hour")
    parser.addoption("--soak", type=float, metavar="MINUTES", help="minutes of mixed load (30 in full)")


PROBLEM_MEMBERS = {"type", "title", "status", "detail", "instance", "request_id", "errors"}
DIAGNOSTIC_MEMBERS = {"code", "name", "severity", "url", "message", "location", "related", "help", "fixes"}


def read(response: TestResponse) -> Any:
    """The JSON of an answer, which has no word for NaN or infinity."""
    return json.loads(response.data, parse_constant=_not_json)


def _not_json(word: str) -> NoReturn:
    raise AssertionError(f"the answer holds {word}, which is not JSON")


@pytest.fixture(scope="session")
def answers() -> Iterator[Answers]:
    """The answers that all tests get."""
    with collecting() as collected:
        yield collected


@pytest.fixture(autouse=True)
def every_answer_fits_its_model(answers: Answers) -> Iterator[None]:
    """A test fails where an answer that it got does not fit its model."""
    yield
    misfits = answers.misfits()
    assert not misfits, "\n".join(misfits)


@pytest.fixture(scope="session")
def client() -> FlaskClient:
    """A client of the application with its default limits; it posts the members of objects in their order."""
    app = create_app()
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of Flask's own provider
    return app.test_client()


@pytest.fixture
def post(client: FlaskClient) -> Post:
    """`post(path, body)` gives the status and the document that come back."""

    def send(path: str, body: Any) -> tuple[int, Document]:
        response = client.post(path, json=body)
        return response.status_code, read(response)

    return send


@pytest.fixture
def answered(post: Post) -> Callable[[str, Any], Document]:
    """`answered(path, body)` gives the document of an answer that has to be a 200."""

    def send(path: str, body: Any) -> Document:
        status, document = post(path, body)
        assert status == 200, document
        return document

    return send


@pytest.fixture
def find() -> Find:
    """`find(document, name)` gives the one diagnostic of that name."""

    def named(document: Document, name: str) -> Document:
        everything = document["errors"] if "errors" in document else document["diagnostics"]
        matches = [diagnostic for diagnostic in everything if diagnostic["name"] == name]
        assert len(matches) == 1, [(diagnostic["name"], diagnostic["message"]) for diagnostic in everything]
        return matches[0]

    return named


@pytest.fixture
def problem() -> Problem:
    """`problem(response, status)` gives the problem document, after checking that it is complete."""

    def checked(response: TestResponse, status: int) -> Document:
        assert response.status_code == status, response.data[:500]
        assert response.content_type == "application/problem+json"
        document: Document = read(response)
        assert document.keys() == PROBLEM_MEMBERS
        assert document["status"] == status
        assert document["title"]
        assert document["detail"]
        assert document["instance"] == response.request.path
        assert document["request_id"] == response.headers["X-Request-ID"]
        for diagnostic in document["errors"]:
            assert diagnostic.keys() == DIAGNOSTIC_MEMBERS
        return document

    return checked


@pytest.fixture
def refuse(client: FlaskClient, problem: Problem) -> Refuse:
    """`refuse(path, body, status)` posts JSON that has to be refused, and gives the problem document."""

    def send(path: str, body: Any, status: int = 422) -> Document:
        return problem(client.post(path, json=body), status)

    return send


def npy(array: NDArray[Any]) -> bytes:
    """An array as the bytes of an `.npy` file."""
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


@pytest.fixture
def post_form(client: FlaskClient) -> PostForm:
    """`post_form(request, accept=None, **parts)` posts a JSON part and `.npy` parts, arrays or bytes, to convolve."""

    def send(request: Any = None, accept: str | None = None, **parts: NDArray[Any] | bytes) -> TestResponse:
        head = {} if request is None else {"request": request if isinstance(request, bytes) else json.dumps(request)}
        contents = head | {name: part if isinstance(part, bytes) else npy(part) for name, part in parts.items()}
        files = {name: FileStorage(io.BytesIO(as_bytes(content)), f"{name}.npy") for name, content in contents.items()}
        boundary, data = encode_multipart(files)
        content_type = f'multipart/form-data; boundary="{boundary}"'
        headers = {} if accept is None else {"Accept": accept}
        return client.post("/v1/convolve", data=data, content_type=content_type, headers=headers)

    return send


def as_bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


@pytest.fixture
def limited(monkeypatch: pytest.MonkeyPatch) -> Iterator[Limited]:
    """`limited(max_work=1000)` gives a client of an application with other limits."""

    def make(**limits: float) -> FlaskClient:
        for name, value in limits.items():
            monkeypatch.setenv(f"PADSTRIDE_{name.upper()}", str(value))
        settings.cache_clear()
        return create_app().test_client()

    yield make
    monkeypatch.undo()
    settings.cache_clear()
