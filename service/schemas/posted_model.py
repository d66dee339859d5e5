"""The `model` of a request: a network as people have it, in place of `layers`."""

from binascii import Error, a2b_base64
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Annotated, Any

from annotated_types import Len
from pydantic import ConfigDict, Field, InstanceOf, WithJsonSchema

from service.core.diagnostics import Diagnostic, malformed, placed
from service.models.formats import formats
from service.models.posted import Data, PostedModel, ReadingLimits
from service.problems import refused
from service.schemas.arrays import BASE64
from service.schemas.bodies import StrictModel
from service.schemas.conditions import one_of
from service.schemas.fields import Form, OneOf
from service.settings import settings

FORMS = ("source", "files", "data")
"""The members that hold the model itself: one of them."""
LONGEST_PATH = 400
"""Letters of a file's path. Chosen."""
Path = Annotated[str, Len(1, LONGEST_PATH)]
Bytes = Annotated[
    str | InstanceOf[memoryview], WithJsonSchema({"type": "string", "contentEncoding": "base64", "pattern": BASE64})
]
"""Base64 in JSON; the bytes themselves where they come as the part of a form, which are not copied."""


class ModelObject(StrictModel):
    """A model as people have it: source code, a configuration, or a file."""

    model_config = ConfigDict(json_schema_extra=one_of(*FORMS))

    format: Annotated[str | None, OneOf(formats()), Form("one of " + ", ".join(f'"{name}"' for name in formats()))] = (
        Field(None, description="Told from the content where it is left out.")
    )
    source: Annotated[str | None, Form("a text")] = Field(None, description="The text of one file.")
    files: Annotated[Annotated[dict[Path, str], Len(1)] | None, Form("an object of texts by path")] = Field(
        None, description="The texts of several files by their paths."
    )
    data: Annotated[Bytes | None, Form("the bytes of a file in base64")] = Field(
        None, description="The bytes of a file."
    )
    entry: Annotated[str | None, Form("the name of a class or a function")] = Field(
        None,
        description="What makes the model: `Net`, or `package.module:Net` where there are several files. Where it is"
        " left out, the one module class that no other uses; of Keras source, the last model that the file makes.",
    )
    arguments: Annotated[dict[str, Any], Form("an object of arguments by name")] = Field(
        default_factory=dict,
        description='What `entry` is called with. `{"$torch": "torch.nn.GELU"}` is that object,'
        ' `{"$tuple": [...]}` a tuple.',
    )
    training: Annotated[bool, Form("true or false")] = Field(False, description="Whether the model is in training.")
    values: Annotated[dict[str, Any], Form("an object of values by the name of an input")] = Field(
        default_factory=dict, description="The values of small inputs that shapes depend on."
    )

    def as_posted(self, steps: int) -> PostedModel:
        """The model as readers take it, which may take so many steps; the shapes of its inputs are not here.

        Raises:
            Problem: where it holds no model, or more than one, or no base64, or is too large.
        """
        given = [name for name in FORMS if getattr(self, name) is not None]
        if mistakes := _mistakes_of_form(given):
            raise refused(mistakes)
        return PostedModel(
            files={"": self.source} if self.source is not None else self.files or {},
            data=None if self.data is None else _decoded(self.data),
            entry=self.entry,
            arguments=self.arguments,
            training=self.training,
            values=self.values,
            limits=replace(reading_limits(), max_model_steps=steps),
        )


def reading_limits() -> ReadingLimits:
    """The settings that bound the reading of models."""
    current = settings()
    return ReadingLimits(**{field.name: getattr(current, field.name) for field in fields(ReadingLimits)})


def _mistakes_of_form(given: Sequence[str]) -> list[Diagnostic]:
    """What is wrong with a model that has none of its forms, or several; nothing where it has one."""
    if not given:
        return placed(malformed.missing_parameter("the model", "` or `".join(FORMS), ("model",)))
    return [
        diagnostic
        for other in given[1:]
        for diagnostic in placed(malformed.conflicting_parameters(given[0], other, "model", ("model", other)))
    ]


def _decoded(data: str | memoryview) -> Data:
    """The bytes of base64; bytes as they are.

    Raises:
        Problem: where a text is not base64.
    """
    if isinstance(data, memoryview):
        return data
    try:
        return a2b_base64(data, strict_mode=True)
    except (Error, ValueError):
        wrong = malformed.wrong_type("data", data, "the bytes of a file in base64", ("model", "data"))
        raise refused(placed(wrong)) from None
