"""Answers: what those of several endpoints share.

Operations write answers as plain dictionaries, for speed; the tests validate every answer that they get.
"""

from typing import Annotated, Any

from annotated_types import Ge, Len
from pydantic import BaseModel, ConfigDict, Field

from service.core.diagnostics.model import Applicability, Severity

Count = Annotated[int, Ge(0)]
Size = Annotated[int, Ge(0)]
Shape = list[Size | None]
LOCATION = "A JSON Pointer into the posted body; where a `model` was posted, into its network."
SOURCE = "Where that stands in the posted `model`; left out where that is not known."
Pair = Annotated[list[int], Len(2, 2)]


class Answer(BaseModel):
    """The base of all answers: nothing in them is undocumented.

    They say what openapi.yaml shows. Their validators are made when a test first asks for them, and never in a server.
    """

    model_config = ConfigDict(extra="forbid", defer_build=True)


class ModelPlace(Answer):
    """Where something stands in a model that was posted as `model`: in its text, at a node, or at a layer."""

    file: str | None = Field(None, description="The path, where several source files were posted.")
    line: int | None = Field(None, description="From 1.")
    column: int | None = Field(None, description="From 1, in characters.")
    end_line: int | None = None
    end_column: int | None = Field(None, description="The column after the last.")
    text: str | None = Field(None, description="What stands there; the first line of a longer stretch.")
    module: str | None = Field(None, description="The path in the state dict of the module that is called there.")
    node: str | None = Field(None, description="The name of a node of an ONNX graph or an exported program.")
    operator: str | None = None
    outputs: list[str] | None = Field(None, description="The names of the tensors that the node makes.")
    layer: str | None = Field(None, description="The name of a Keras layer.")


class RelatedPlace(Answer):
    """Another place that has to do with a diagnostic."""

    location: str = Field(description=LOCATION)
    source: ModelPlace | None = Field(None, description=SOURCE)
    message: str


class FixProposal(Answer):
    """A change that was tried: it removes its diagnostic and adds no error."""

    title: str
    applicability: Applicability = Field(
        description="safe: follows from the rest; unsafe: valid, but a choice; display-only: to read, not to apply."
    )
    patch: list[dict[str, Any]] = Field(description="A JSON Patch (RFC 6902) of the posted body.")
    diff: str | None = Field(None, description="The same change of a posted text, as a unified diff.")


class RepairProposal(FixProposal):
    """A change after which a network has no error."""

    removes: list[int] = Field(
        description="The errors that it removes with their consequences: indexes of `diagnostics`."
    )


class DiagnosticObject(Answer):
    """One fact found about a request."""

    code: str
    name: str = Field(description="The bad pattern; stable.")
    severity: Severity
    url: str = Field(description="Where the diagnostic is documented.")
    message: str = Field(description="The fact, with its numbers.")
    location: str = Field(description=LOCATION)
    source: ModelPlace | None = Field(None, description=SOURCE)
    related: list[RelatedPlace]
    help: str | None
    fixes: list[FixProposal]
    consequences: list["DiagnosticObject"] | None = Field(
        None, description="Errors elsewhere that the first repair of a network does away with; left out where none are."
    )


class ProblemDocument(Answer):
    """An error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    request_id: str | None
    errors: list[DiagnosticObject]


class AxisObject(Answer):
    """One spatial axis; members that its layer kind does not have are left out."""

    input: Size | None
    padding: Pair | None = Field(None, description="Positions before and after; cropped in a transposed convolution.")
    kernel: int | None = None
    effective_kernel: int | None = Field(None, description="dilation*(kernel - 1) + 1")
    stride: int | None = None
    dilation: int | None = None
    output_padding: int | None = None
    output: Size | None
    unread: Size | None = Field(None, description="Trailing positions of the padded input that no window covers.")
    formula: str | None = Field(description="The size formula with this axis' numbers in it.")
    windows: list[list[int | None]] | None = Field(
        None,
        description="With `windows`: for each output the positions on the input that the kernel lies on. Those below 0"
        " or past the last are padding; null where the kernel meets no input.",
    )
