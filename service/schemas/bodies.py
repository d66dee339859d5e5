"""Request bodies: what most of them share, and their validation. A layer is taken as posted; `layers` reads it."""

from collections.abc import Iterator, Mapping, Set
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, WithJsonSchema

from service.core.diagnostics import Diagnostic, Fact, placed
from service.core.diagnostics.malformed import missing_parameter, parameter_out_of_range, unknown_parameter
from service.core.frameworks import DEFAULT_FRAMEWORK, FRAMEWORKS, Framework
from service.problems import refused
from service.schemas.conditions import absent, any_of, has
from service.schemas.fields import Form, FrameworkName
from service.schemas.validation_errors import require_narrow, validation_facts

OPSETS = FRAMEWORKS["onnx"].opsets or (0, 0)
OPSET_FORM = f"an integer from {OPSETS[0]} to {OPSETS[1]}"
OPSET_JSON = {"anyOf": [{"type": "integer", "minimum": OPSETS[0], "maximum": OPSETS[1]}, {"type": "null"}]}
WITH_OPSETS = [name for name, framework in FRAMEWORKS.items() if framework.opsets]
"""The frameworks that have operator sets."""
OPSET_OF_A_FRAMEWORK = any_of(absent("opset"), has("framework", framework={"enum": WITH_OPSETS}))
"""Only a question about a framework that has operator sets may name one."""


class StrictModel(BaseModel):
    """The base of all that is posted to `/v1`: nothing is converted, nothing unknown is ignored."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Body(StrictModel):
    """What most bodies share: the framework whose rules apply."""

    framework: Annotated[FrameworkName, Form("one of " + ", ".join(f'"{name}"' for name in FRAMEWORKS))] = Field(
        DEFAULT_FRAMEWORK.name, description="Whose rules apply."
    )
    opset: Annotated[int | None, WithJsonSchema(OPSET_JSON), Form(OPSET_FORM)] = Field(
        None, description="ONNX only: the operator set, the newest by default."
    )

    @property
    def row(self) -> Framework:
        """The framework's row."""
        return FRAMEWORKS[self.framework].at(self.opset)


Model = TypeVar("Model", bound=BaseModel)


def without_nulls(members: Mapping[str, Any], kept: Set[str] = frozenset()) -> Mapping[str, Any]:
    """The members of an object that are given: one that is null counts as left out, unless its name is `kept`."""
    if None not in members.values():
        return members
    return {name: value for name, value in members.items() if value is not None or name in kept}


def validated(model: type[Model], document: object) -> Model:
    """The document as this model.

    Raises:
        Problem: with status 422 and every mistake.
    """
    require_narrow(document)
    if isinstance(document, dict):
        document = without_nulls(document)
    try:
        body = model.model_validate(document)
    except ValidationError as error:
        raise refused(placed(validation_facts(error, document, "the body", model))) from None
    if isinstance(body, Body) and (mistakes := list(_opset_mistakes(body))):
        raise refused(placed(mistakes))
    return body


def _opset_mistakes(body: Body) -> Iterator[Fact]:
    """Only some frameworks have operator sets, and those a range of them."""
    if body.opset is None:
        return
    if body.row.opsets is None:
        yield from unknown_parameter(f"a question about {body.row.title}", "opset", (), ("opset",))
    elif not body.row.opsets[0] <= body.opset <= body.row.opsets[1]:
        yield from parameter_out_of_range("opset", body.opset, "which is not known", OPSET_FORM, ("opset",))


def missing_one_of(*names: str) -> list[Diagnostic]:
    """The diagnostic of a body that has none of several members."""
    return placed(missing_parameter("the body", "` or `".join(names), ()))
