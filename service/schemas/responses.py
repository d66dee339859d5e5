"""Answers, as the API description shows them. The views write these as plain dictionaries; tests hold them to it."""

from typing import Annotated, Any, Literal

from annotated_types import Ge, Len
from pydantic import BaseModel, ConfigDict, Field

Count = Annotated[int, Ge(0)]
Size = Annotated[int, Ge(0)]
Shape = list[Size | None]
Pair = Annotated[list[int], Len(2, 2)]
FrameworkName = Literal["pytorch", "keras", "onnx", "jax"]


class Answer(BaseModel):
    """The base of all answers: nothing in them is undocumented."""

    model_config = ConfigDict(extra="forbid")


class RelatedPlace(Answer):
    """Another place that has to do with a diagnostic."""

    location: str = Field(description="A JSON Pointer into the posted body.")
    message: str


class FixProposal(Answer):
    """A change that was tried: it removes its diagnostic and adds no error."""

    title: str
    applicability: Literal["safe", "unsafe", "display-only"] = Field(
        description="safe: follows from the rest; unsafe: valid, but a choice; display-only: to read, not to apply."
    )
    patch: list[dict[str, Any]] = Field(description="A JSON Patch (RFC 6902) of the posted body.")


class DiagnosticObject(Answer):
    """One fact found about a request."""

    code: str
    name: str = Field(description="The bad pattern; stable.")
    severity: Literal["error", "warning"]
    url: str = Field(description="Where the diagnostic is documented.")
    message: str = Field(description="The fact, with its numbers.")
    location: str = Field(description="A JSON Pointer into the posted body.")
    related: list[RelatedPlace]
    help: str | None
    fixes: list[FixProposal]


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


class OutputSizeAnswer(Answer):
    """What comes out of a layer."""

    framework: FrameworkName
    output_size: list[Size | None]
    output_shape: Shape | None = Field(None, description="Given when `input_shape` was.")
    axes: list[AxisObject]
    diagnostics: list[DiagnosticObject]


class Nearest(Answer):
    """The nearest output sizes that some padding gives."""

    below: int | None
    above: int | None


class PaddingAxis(Answer):
    """The paddings of one axis."""

    output: int
    padding: Pair | None
    total: Pair | None = Field(description="The least and greatest total padding that gives the output.")
    output_padding: int | None = None
    formula: str | None = None
    nearest: Nearest | None = None


class PaddingAnswer(Answer):
    """The smallest padding that gives the wanted size, the same before and after if that is possible."""

    framework: FrameworkName
    solvable: bool
    padding: list[Pair] | None
    symmetric: bool | None
    output_padding: list[int] | None = None
    axes: list[PaddingAxis]
    written: dict[FrameworkName, dict[str, Any] | list[dict[str, Any]] | None] | None = Field(
        description="For each framework the arguments to give, or layers to use instead; null where there is no way."
    )
    diagnostics: list[DiagnosticObject]


class FrameworkVerdict(Answer):
    """What one framework makes of the layer."""

    accepted: bool
    output_size: list[Size | None] | None
    axes: list[AxisObject]
    equal: Literal["values", "shape", "neither"] | None = Field(
        description="Against the framework asked for: the same values, only the same sizes, or neither."
    )
    written: dict[str, Any] | list[dict[str, Any]] | None = Field(
        description="Arguments, or layers, that compute the values asked for here; null where there are none."
    )
    notes: list[str] = Field(description="What the framework's own tools report otherwise.")
    diagnostics: list[DiagnosticObject]


class CompareAnswer(Answer):
    """One layer under every framework's rules."""

    framework: FrameworkName
    output_size: list[Size | None] | None
    frameworks: dict[FrameworkName, FrameworkVerdict]
    diagnostics: list[DiagnosticObject]


class SolveAnswer(Answer):
    """Combinations of the unknowns, simplest first."""

    framework: FrameworkName
    solutions: list[dict[str, Any]]
    count: Count = Field(description="How many there are within the bounds, listed or not.")
    complete: bool = Field(description="Whether all of them are listed.")
    per_axis: bool = Field(description="Whether the axes had nothing in common, so that each has its own values.")
    bounds: dict[str, Pair]
    diagnostics: list[DiagnosticObject]


class BatchResult(Answer):
    """What one item would have been answered on its own."""

    status: int
    body: dict[str, Any]


class BatchAnswer(Answer):
    """The items' answers, in their order."""

    results: list[BatchResult]


class ReceptiveFieldObject(Answer):
    """Which pixels of the input an output sees, per axis."""

    size: list[float]
    stride: list[float]
    start: list[float] = Field(description="The centre of output 0's field, in pixels; the first pixel is 0.")
    aligned: bool = Field(True, description="Left out when true: all paths agree on centres and strides.")


class NetworkLayer(Answer):
    """One layer of a network; with `detail: sizes` only its name, type and output shape."""

    name: str
    type: str
    input_shapes: list[Shape | None] | None = None
    output_shape: Shape | None
    parameters: Count | None = Field(None, description="Trainable ones.")
    buffers: Count | None = Field(None, description="Running statistics.")
    macs: Count | None = Field(None, description="Multiply-accumulates for the batch given; a null batch counts as 1.")
    activation_bytes: Count | None = Field(None, description="Of the output, 4 bytes an element.")
    receptive_field: ReceptiveFieldObject | None = None


class Totals(Answer):
    """Sums over all layers; null where one of them is not known."""

    parameters: Count | None
    buffers: Count | None
    macs: Count | None
    flops: Count | None = Field(description="2 * macs")
    activation_bytes: Count | None
    peak_activation_bytes: Count | None = Field(description="The most alive at once, the input included.")


class SeenBox(Answer):
    """The input pixels that one output of a layer depends on."""

    layer: str
    output: list[int]
    box: list[Pair] | None = Field(
        description="First and last pixel of each spatial axis, inside the input; null if it sees none, or if what is"
        " wrong with the network leaves it unknown. Of the first input, where there are several."
    )
    boxes: dict[str, list[Pair] | None] | None = Field(None, description="By input, where there are several.")


class NetworkReport(Answer):
    """A network judged: every shape, cost and diagnostic."""

    valid: bool
    framework: FrameworkName
    output_shape: Shape | None
    layers: list[NetworkLayer]
    totals: Totals | None = None
    receptive_fields: list[SeenBox] | None = Field(None, description="Given when `receptive_field_of` was.")
    diagnostics: list[DiagnosticObject]


class NearestSizes(Answer):
    """The accepted sizes nearest to the one that was asked about, which may be itself."""

    below: int | None
    above: int | None


class SizeRule(Answer):
    """The input sizes of one axis that a network accepts."""

    minimum: int | None = Field(description="The least accepted size of the range.")
    rule: str = Field(description="In words.")
    modulus: int | None = Field(
        description="Accepted from the minimum to the end of the range are the sizes that leave one of the residues"
        " when divided by it; null where there is no such rule."
    )
    residues: list[int] | None
    accepted: list[Pair] = Field(description="Every accepted size of the range, as first and last of each run.")
    nearest: NearestSizes | None = None


class InputSizesAnswer(Answer):
    """The input sizes that a network accepts."""

    framework: FrameworkName
    axes: list[SizeRule] = Field(
        description="Each axis for itself; where axes are coupled, the sizes that all of them may have alike."
    )
    coupled: bool = Field(description="Whether the sizes of one axis depend on another's, as under a linear head.")
    combinations: list[list[Pair]] | None = Field(
        None, description="Where axes are coupled: every block of accepted sizes; null where there are too many to try."
    )
    diagnostics: list[DiagnosticObject] = Field(description="Where nothing is accepted: what is wrong at the largest.")


class Explanation(Answer):
    """One output taken apart; null in a window stands for a place without input."""

    position: list[int]
    output: float
    window: list[Any]
    weights: list[Any] | None = None
    products: list[Any] | None = None
    sum: float | None = None
    bias: float | None = None


class ConvolveAnswer(Answer):
    """The output of a layer."""

    output: Any = Field(description="Nested lists, or the form that `respond_with` asks for.")
    shape: list[int]
    dtype: str
    algorithm: str
    framework: FrameworkName
    explain: list[Explanation] | None = None
    diagnostics: list[DiagnosticObject]


class ParameterRow(Answer):
    """A parameter of a layer type."""

    name: str
    meaning: str
    form: str
    aliases: list[str] = Field(description="Other spellings that are accepted.")
    required: bool
    default: Any = Field(None, description="null: as the framework has it, or as what arrives.")


class LayerRow(Answer):
    """A layer type."""

    type: str
    family: str
    rank: int | None = Field(description="Spatial axes; null: as many as the input has.")
    description: str
    frameworks: list[FrameworkName]
    parameters: list[ParameterRow]


class LayersAnswer(Answer):
    """Every layer type."""

    layers: list[LayerRow]


class FrameworksAnswer(Answer):
    """Every framework with its rules by layer family."""

    frameworks: list[dict[str, Any]]


class DiagnosticRow(Answer):
    """A diagnostic in a line."""

    code: str
    name: str
    severity: Literal["error", "warning"]
    url: str
    summary: str


class DiagnosticPage(DiagnosticRow):
    """A diagnostic's page."""

    description: str


class DiagnosticsAnswer(Answer):
    """Every diagnostic."""

    diagnostics: list[DiagnosticRow]


class LimitRow(Answer):
    """A limit."""

    value: float
    meaning: str


class LimitsAnswer(Answer):
    """Every limit by its name."""

    limits: dict[str, LimitRow]


class HealthAnswer(Answer):
    """The process is alive."""

    status: Literal["ok"]


class ReadyAnswer(HealthAnswer):
    """The service computes."""

    layers: int
