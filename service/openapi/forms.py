"""The forms that operations take beside JSON: each is a schema of its own, named after its operation."""

from collections.abc import Iterator, Mapping
from typing import Any

from service.openapi.conditions import with_conditions_apart
from service.openapi.named_values import TEMPLATE, Schema
from service.operations import OPERATIONS, Operation
from service.routes.exchange import MULTIPART
from service.routes.views import TRANSPORTS


def request_contents(operation: Operation) -> dict[str, Any]:
    """The media types of a request beside JSON, a form as a reference to its schema."""
    contents = _contents(operation)
    if MULTIPART not in contents:
        return contents
    return contents | {MULTIPART: {**contents[MULTIPART], "schema": {"$ref": TEMPLATE.format(model=_name(operation))}}}


def form_schemas() -> Iterator[tuple[str, Schema]]:
    """The schemas of all forms, by name."""
    for operation in OPERATIONS:
        if form := _contents(operation).get(MULTIPART):
            yield _name(operation), with_conditions_apart(form["schema"])


def _contents(operation: Operation) -> dict[str, Any]:
    transport = TRANSPORTS.get(operation.name)
    contents: Mapping[str, Any] = transport.request_contents if transport else {}
    return {**contents}


def _name(operation: Operation) -> str:
    return operation.name[0].upper() + operation.name[1:] + "Form"
