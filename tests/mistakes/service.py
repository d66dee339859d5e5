"""The service, asked in process, as a caller asks it."""

from functools import cache
from time import perf_counter
from typing import Any

from flask.testing import FlaskClient

from service.app import create_app
from service.observability.ledger import LEDGER

Document = dict[str, Any]

PATH = "/v1/networks/validate"


@cache
def client() -> FlaskClient:
    """A client of the application, which does not log."""
    app = create_app()
    LEDGER.by_itself = False
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of Flask's own provider
    return app.test_client()


FAILURES: list[Document] = []
"""Bodies that the service failed on."""


def ask(body: Document) -> Document:
    """The answer; that of a refusal, or a failure, is a problem document."""
    response = client().post(PATH, json=body)
    if response.status_code >= 500:
        FAILURES.append(body)
    answer: Document = response.get_json()
    return answer


def timed(body: Document) -> tuple[Document, float]:
    """The answer, and how many seconds it took."""
    start = perf_counter()
    answer = ask(body)
    return answer, perf_counter() - start


def is_valid(body: Document) -> bool:
    """Whether a network has no error; asked in the lean form, which is cheap."""
    answer = ask({**body, "detail": "sizes"})
    return bool(answer.get("valid", False))


def errors_of(answer: Document) -> list[Document]:
    """The diagnostics of an answer that are errors; those of a problem document are."""
    if "diagnostics" not in answer:
        return list(answer.get("errors") or [{"name": answer["title"], "location": "", "message": answer["detail"]}])
    return [each for each in answer["diagnostics"] if each["severity"] == "error"]
