"""Validation errors as diagnostics, at their place in the posted document."""

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from service.core.diagnostics import Fact, malformed
from service.core.layers.pointers import Pointer
from service.problems import Problem
from service.schemas.fields import form_of

MOST_MEMBERS = 2048
"""Members of one object, and mistakes in one value, that are judged. Chosen: no sound request has nearly as many."""
OUT_OF_RANGE = {
    "greater_than_equal": ("ge", "below {}"),
    "less_than_equal": ("le", "above {}"),
    "greater_than": ("gt", "not above {}"),
    "less_than": ("lt", "not below {}"),
    "too_short": ("min_length", "too few: the least is {}"),
    "too_long": ("max_length", "too many: the most is {}"),
    "string_too_short": ("min_length", "too short: the least is {}"),
    "string_too_long": ("max_length", "too long: the most is {}"),
    "string_pattern_mismatch": ("pattern", "which does not match {}"),
}
"""Pydantic's error types for a value of the right kind that is out of bounds: the bound's name, and how it reads."""


def require_narrow(document: Any) -> None:
    """A Problem with status 422 where an object of a body has very many members, before each of them is judged."""
    for value in _objects(document) if isinstance(document, dict) else ():
        if len(value) > MOST_MEMBERS:
            raise Problem(422, f"an object of the request has {len(value)} members, more than {MOST_MEMBERS}")


def _objects(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A body, the objects among its members, and those in the lists among them."""
    yield document
    for value in document.values():
        if isinstance(value, dict):
            yield value
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            yield from (entry for entry in value if isinstance(entry, dict))


def path_in_document(document: Any, loc: Sequence[str | int]) -> Pointer:
    """The parts of a validation error's place that lead into the document.

    Pydantic adds the tags of unions to the place. They are not parts of the document, and are left out.
    """
    path: list[str | int] = []
    here = document
    for part in loc:
        leads = part < len(here) if isinstance(here, list) and isinstance(part, int) else False
        if leads or (isinstance(here, dict) and part in here):
            here = here[part]
            path.append(part)
    return tuple(path)


def closest_error(errors: Sequence[ErrorDetails], document: Any) -> ErrorDetails:
    """Of the errors that the branches of a union raise on one value, the one that came closest to accepting it."""

    def closeness(error: ErrorDetails) -> tuple[int, bool]:
        return (len(path_in_document(document, error["loc"])), error["type"] in OUT_OF_RANGE)

    return max(errors, key=closeness)


def errors_by_member(error: ValidationError) -> dict[str, list[ErrorDetails]]:
    """The errors grouped by the member of the document that they are about.

    Raises:
        Problem: with status 422 where there are too many to list.
    """
    if (count := error.error_count()) > MOST_MEMBERS:
        raise Problem(422, f"the request has {count} mistakes, more than {MOST_MEMBERS}")
    groups: dict[str, list[ErrorDetails]] = {}
    for details in error.errors(include_url=False):
        groups.setdefault(str(details["loc"][0]) if details["loc"] else "", []).append(details)
    return groups


def wrong_value(spelled: str, error: ErrorDetails, form: str, at: Pointer) -> Iterator[Fact]:
    """A value that was refused: out of range, or of the wrong type."""
    value = error["input"]
    if error["type"] in OUT_OF_RANGE:
        key, text = OUT_OF_RANGE[error["type"]]
        yield from malformed.parameter_out_of_range(spelled, value, text.format(error["ctx"][key]), form, at)
    elif error["type"] == "literal_error" and isinstance(value, str):
        yield from malformed.parameter_out_of_range(spelled, value, "which is not a choice", form, at)
    else:
        yield from malformed.wrong_type(spelled, value, form, at)


def validation_facts(error: ValidationError, document: Any, owner: str, model: type[BaseModel]) -> Iterator[Fact]:
    """What is wrong with an object that does not fit its model."""
    for member, errors in errors_by_member(error).items():
        kinds = {details["type"] for details in errors}
        if not member:
            yield from malformed.wrong_type(owner, document, "an object", ())
        elif kinds == {"missing"} and len(errors[0]["loc"]) == 1:
            yield from malformed.missing_parameter(owner, member, ())
        elif kinds == {"extra_forbidden"} and len(errors[0]["loc"]) == 1:
            yield from malformed.unknown_parameter(owner, member, list(model.model_fields), (member,))
        else:
            yield from _mistake_in(member, closest_error(errors, document), document, model)


def _mistake_in(member: str, error: ErrorDetails, document: Any, model: type[BaseModel]) -> Iterator[Fact]:
    """What is wrong with the value of a member, or with a part of it."""
    at = path_in_document(document, error["loc"])
    if error["type"] == "missing":
        yield from malformed.missing_parameter(f"an entry of `{member}`", str(error["loc"][-1]), at)
    elif error["type"] == "extra_forbidden":
        yield from malformed.unknown_parameter(f"an entry of `{member}`", str(at[-1]), (), at)
    else:
        yield from wrong_value(_innermost_name(at, member), error, form_of(model, member), at)


def _innermost_name(at: Pointer, member: str) -> str:
    """The last name on the way to a value."""
    return next((part for part in reversed(at) if isinstance(part, str)), member)
