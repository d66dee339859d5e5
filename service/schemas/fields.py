"""Field types that several models share, and annotations that say which values a field takes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from annotated_types import Ge, Len
from pydantic import BaseModel, GetCoreSchemaHandler, WithJsonSchema
from pydantic_core import CoreSchema, core_schema

from service.core.frameworks import FRAMEWORKS
from service.core.layers.parameters import Positive
from service.core.layers.pointers import LONGEST_NAME


class OneOf:
    """Annotates a string that has to be one of these names; in the JSON schema an enum."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        """The schema that `Literal` has."""
        return core_schema.literal_schema(list(self.names))


@dataclass(frozen=True)
class Form:
    """Annotates a field of a request: what it takes, in the words of its error message."""

    text: str


def form_of(model: type[BaseModel], field: str) -> str:
    """What a field of a model takes, in words."""
    return next(entry.text for entry in model.model_fields[field].metadata if isinstance(entry, Form))


FrameworkName = Annotated[str, OneOf(FRAMEWORKS)]
SpatialSize = Positive | Annotated[list[Positive], Len(1, 3)]
PostedShape = Annotated[list[Positive | None], Len(0, 8)]
Index = Annotated[int, Ge(0)]
InputName = Annotated[str, Len(1, LONGEST_NAME)]


def reference_to(schema: str) -> dict[str, Any]:
    """A schema of the description; in an allOf of one, since Pydantic would look for a bare one among its models."""
    return {"allOf": [{"$ref": f"#/components/schemas/{schema}"}]}


LAYER_REFERENCE = reference_to("Layer")
LayerObject = Annotated[Any, WithJsonSchema(LAYER_REFERENCE)]

SIZE = Form("an integer of at least 1, or one per axis")
SHAPE = Form("a list of integers of at least 1, null where a size is not known")
LAYER = Form("a layer object")
LAYERS = Form("a list of layer objects")
OUTPUTS = Form("a list of names of layers, or of their outputs as `name:index`")
Detail = Literal["full", "sizes"]
DETAIL = Form('"full" or "sizes"')
