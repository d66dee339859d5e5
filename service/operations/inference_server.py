"""`GET /v2`: the Open Inference Protocol's description of the server."""

from typing import Any

from service import __version__
from service.operations.shared.operation import Context, NoParameters, Operation
from service.schemas.answers import Answer

EXTENSIONS = ["binary_tensor_data", "model_configuration", "statistics"]
"""Of the protocol, and of Triton."""


class ServerMetadata(Answer):
    """What answers here."""

    name: str
    version: str
    extensions: list[str]


def run(_request: NoParameters, _context: Context) -> dict[str, Any]:
    """The name and version of the service, and the extensions that it knows."""
    return {"name": "padstride", "version": __version__, "extensions": EXTENSIONS}


OPERATION = Operation(
    name="serverMetadata",
    method="get",
    path="/v2",
    tag="inference",
    place=1,
    summary="Open Inference Protocol: what answers here",
    description="The name and version of the service, and the extensions that it knows.",
    answer=ServerMetadata,
    run=run,
)
