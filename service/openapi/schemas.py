"""The schemas of requests, answers and layers."""

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from service.openapi.conditions import with_conditions_apart
from service.openapi.forms import form_schemas
from service.openapi.layers import layer_schemas
from service.openapi.named_values import TEMPLATE, Schema, referring
from service.openapi.tidied import tidied
from service.operations import OPERATIONS
from service.schemas.answers import ProblemDocument
from service.schemas.arrays import Base64Array, FlatArray
from service.schemas.bodies import validated
from service.schemas.conditions import nullable_members
from service.schemas.tensors import InferenceError


def schemas() -> dict[str, Schema]:
    """All schemas by name."""
    models: list[type[BaseModel]] = [FlatArray, Base64Array, ProblemDocument, InferenceError]
    for operation in OPERATIONS:
        models += [operation.request, operation.answer] if operation.has_body else [operation.answer]
    _, made = models_json_schema([(model, "validation") for model in dict.fromkeys(models)], ref_template=TEMPLATE)
    described = tidied(made["$defs"])
    for operation in OPERATIONS:
        if operation.has_body and operation.validate is validated:
            described[operation.request.__name__] = nullable_members(described[operation.request.__name__])
    described = {name: with_conditions_apart(referring(schema)) for name, schema in described.items()}
    return dict(sorted({**described, **dict(form_schemas()), **layer_schemas()}.items()))
