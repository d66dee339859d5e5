"""Every JSON answer that a test gets is validated by its model: that of its operation, or that of errors.

Answers are collected while requests are made, and validated when the test is over, so that the time and memory that a
test measures are the service's own.
"""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, request, request_finished
from pydantic import BaseModel, ValidationError

from service.operations import OPERATIONS
from service.routes.error_handlers import MEDIA_TYPE, speaks_inference
from service.schemas.answers import ProblemDocument
from service.schemas.tensors import InferenceError

ANSWERS: dict[str, type[BaseModel]] = {f"operations.{operation.name}": operation.answer for operation in OPERATIONS}
"""The model of each view's answer."""


@dataclass
class Answers:
    """What has been answered, and is still to be validated."""

    collected: list[tuple[str, type[BaseModel], bytes]] = field(default_factory=list)

    def collect(self, _app: Flask, response: Response, **_: Any) -> None:
        """Keeps an answer with the model that it has to have, if it is one in JSON."""
        model = model_of(response)
        if model is not None:
            where = f"{request.method} {request.path} {response.status_code}"
            self.collected.append((where, model, unpacked(response)))

    def misfits(self) -> list[str]:
        """What is wrong with the collected answers, each of which is validated once."""
        collected, self.collected = self.collected, []
        return [misfit for where, model, data in collected for misfit in misfits_of(where, model, data)]


def unpacked(response: Response) -> bytes:
    """The body of an answer, whichever compression it has."""
    data = response.get_data()
    return zlib.decompress(data, 32 + zlib.MAX_WBITS) if "Content-Encoding" in response.headers else data


def model_of(response: Response) -> type[BaseModel] | None:
    """The model that an answer in JSON has to fit; None for other answers, and for documents."""
    if response.mimetype == MEDIA_TYPE:
        return ProblemDocument
    if response.mimetype != "application/json":
        return None
    if response.status_code >= 400:
        assert speaks_inference(request.path), "only the Open Inference Protocol has other errors"
        return InferenceError
    return ANSWERS.get(request.endpoint or "")


def misfits_of(where: str, model: type[BaseModel], data: bytes) -> Iterator[str]:
    """Why an answer does not fit its model, if it does not."""
    try:
        model.model_validate_json(data, strict=True)
    except ValidationError as error:
        yield f"{where} is no {model.__name__}: {error}"


@contextmanager
def collecting() -> Iterator[Answers]:
    """The answers of every application in this process, as they are given."""
    answers = Answers()
    with request_finished.connected_to(answers.collect):
        yield answers
