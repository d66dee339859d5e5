"""`POST /v2/repository/index`: the models that there are."""

from typing import Annotated, Any, Literal

from pydantic import Field, RootModel

from service.operations.shared.array_job import APPLICABLE
from service.operations.shared.models import VERSION
from service.operations.shared.operation import Context, Operation
from service.schemas.answers import Answer
from service.schemas.fields import Form
from service.schemas.tensors import LenientModel


class IndexRequest(LenientModel):
    """Which models are wanted."""

    ready: Annotated[bool, Form("true or false")] = Field(
        False, description="Only those that are ready, which all are."
    )


class IndexEntry(Answer):
    """A model."""

    name: str
    version: str
    state: Literal["READY"]
    reason: str


class RepositoryIndex(RootModel[list[IndexEntry]]):
    """Every model."""


def run(_request: IndexRequest, _context: Context) -> list[dict[str, Any]]:
    """Every model by its name."""
    return [{"name": model, "version": VERSION, "state": "READY", "reason": ""} for model in sorted(APPLICABLE)]


OPERATION = Operation(
    name="repositoryIndex",
    method="post",
    path="/v2/repository/index",
    tag="inference",
    place=15,
    summary="Triton: the models that there are",
    description="All are ready, and none can be loaded or unloaded.",
    request=IndexRequest,
    answer=RepositoryIndex,
    run=run,
    example={"ready": True},
    body_required=False,
)
