"""What the service answers: written by scripts/write_answers.py from openapi.yaml, not by hand."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel


class AnswerParameters(BaseModel):
    """
    How the output was computed.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    algorithm: str


class AxisObject(BaseModel):
    """
    One spatial axis; members that its layer kind does not have are left out.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    dilation: int | None = None
    effective_kernel: Annotated[
        int | None, Field(description='dilation*(kernel - 1) + 1')
    ] = None
    formula: Annotated[
        str | None, Field(description="The size formula with this axis' numbers in it.")
    ]
    input: int | None
    kernel: int | None = None
    output: int | None
    output_padding: int | None = None
    padding: Annotated[
        list[int] | None,
        Field(
            description='Positions before and after; cropped in a transposed convolution.'
        ),
    ] = None
    stride: int | None = None
    unread: Annotated[
        int | None,
        Field(
            description='Trailing positions of the padded input that no window covers.'
        ),
    ] = None
    windows: Annotated[
        list[list[int | None]] | None,
        Field(
            description='With `windows`: for each output the positions on the input that the kernel lies on. Those below 0 or past the last are padding; null where the kernel meets no input.'
        ),
    ] = None


class BatchResult(BaseModel):
    """
    What one item would have been answered on its own.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    body: dict[str, Any]
    status: int


class Difference(BaseModel):
    """
    What to know about the translation.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    layers: Annotated[list[str], Field(description='The layers that it is about.')]
    message: str


class Duration(BaseModel):
    """
    How many requests, and how long they took together.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    count: int
    ns: int


class Explanation(BaseModel):
    """
    One output taken apart; null in a window stands for a place without input.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    bias: float | None = None
    output: float
    position: list[int]
    products: list[Any] | None = None
    sum: float | None = None
    weights: list[Any] | None = None
    window: list[Any]


class FixProposal(BaseModel):
    """
    A change that was tried: it removes its diagnostic and adds no error.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    applicability: Annotated[
        Literal['safe', 'unsafe', 'display-only'],
        Field(
            description='safe: follows from the rest; unsafe: valid, but a choice; display-only: to read, not to apply.'
        ),
    ]
    diff: Annotated[
        str | None,
        Field(description='The same change of a posted text, as a unified diff.'),
    ] = None
    patch: Annotated[
        list[dict[str, Any]],
        Field(description='A JSON Patch (RFC 6902) of the posted body.'),
    ]
    title: str


class FrameworksAnswer(BaseModel):
    """
    Every framework with its rules by layer family.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    frameworks: list[dict[str, Any]]


class HealthAnswer(BaseModel):
    """
    The process is alive.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    status: Literal['ok']


class IndexEntry(BaseModel):
    """
    A model.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    name: str
    reason: str
    state: Literal['READY']
    version: str


class InferenceStatistics(BaseModel):
    """
    The requests by how they ended; nothing is cached, and the parts of a request are not told apart.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    fail: Duration
    success: Duration


class InputConfig(BaseModel):
    """
    An input: the usual one of its forms.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    data_type: str
    dims: Annotated[list[int], Field(description='-1: any size.')]
    name: str
    optional: bool


class LimitRow(BaseModel):
    """
    A limit.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    meaning: str
    value: float


class LimitsAnswer(BaseModel):
    """
    Every limit by its name.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    limits: dict[str, LimitRow]


class LiveAnswer(BaseModel):
    """
    The process is alive.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    live: bool


class ModelPlace(BaseModel):
    """
    Where something stands in a model that was posted as `model`: in its text, at a node, or at a layer.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    column: Annotated[int | None, Field(description='From 1, in characters.')] = None
    end_column: Annotated[
        int | None, Field(description='The column after the last.')
    ] = None
    end_line: int | None = None
    file: Annotated[
        str | None,
        Field(description='The path, where several source files were posted.'),
    ] = None
    layer: Annotated[str | None, Field(description='The name of a Keras layer.')] = None
    line: Annotated[int | None, Field(description='From 1.')] = None
    module: Annotated[
        str | None,
        Field(
            description='The path in the state dict of the module that is called there.'
        ),
    ] = None
    node: Annotated[
        str | None,
        Field(
            description='The name of a node of an ONNX graph or an exported program.'
        ),
    ] = None
    operator: str | None = None
    outputs: Annotated[
        list[str] | None,
        Field(description='The names of the tensors that the node makes.'),
    ] = None
    text: Annotated[
        str | None,
        Field(description='What stands there; the first line of a longer stretch.'),
    ] = None


class ModelReadyAnswer(BaseModel):
    """
    The layer can be applied.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    name: str
    ready: bool


class ModelStatistics(BaseModel):
    """
    How often a model has been asked, of all workers together.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    execution_count: int
    inference_count: int
    inference_stats: InferenceStatistics
    name: str
    version: str


class Nearest(BaseModel):
    """
    The nearest output sizes that some padding gives.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    above: int | None
    below: int | None


class NearestSizes(BaseModel):
    """
    The accepted sizes nearest to the one that was asked about, which may be itself.

    Beyond the range they follow from the rule, and were tried.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    above: int | None
    below: int | None


class OutputConfig(BaseModel):
    """
    The output: the usual one of its forms.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    data_type: str
    dims: Annotated[list[int], Field(description='-1: any size.')]
    name: str


class PaddingAxis(BaseModel):
    """
    The paddings of one axis.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    formula: str | None = None
    nearest: Nearest | None = None
    output: int
    output_padding: int | None = None
    padding: list[int] | None
    total: Annotated[
        list[int] | None,
        Field(
            description='The least and greatest total padding that gives the output.'
        ),
    ]


class ParameterRow(BaseModel):
    """
    A parameter of a layer type.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    aliases: Annotated[
        list[str],
        Field(description='Other spellings that are accepted, whatever the framework.'),
    ]
    default: Annotated[
        Any | None,
        Field(description='null: as the framework has it, or as what arrives.'),
    ] = None
    form: str
    meaning: str
    name: str
    required: bool
    words: Annotated[
        dict[str, list[str]],
        Field(
            description='What each framework calls it besides, where its rules apply.'
        ),
    ]


class PlaceInModel(BaseModel):
    """
    A part of the network, and where it stands in the model.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    location: Annotated[str, Field(description='A JSON Pointer into `network`.')]
    source: ModelPlace


class ReadyAnswer(BaseModel):
    """
    The service computes.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    layers: int
    status: Literal['ok']


class ReceptiveFieldObject(BaseModel):
    """
    Which pixels of the input an output sees, per axis.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    aligned: Annotated[
        bool | None,
        Field(
            description='Left out when true: all paths agree on centres and strides.'
        ),
    ] = True
    size: list[float]
    start: Annotated[
        list[float],
        Field(
            description="The centre of output 0's field, in pixels; the first pixel is 0."
        ),
    ]
    stride: list[float]


class RelatedPlace(BaseModel):
    """
    Another place that has to do with a diagnostic.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    location: Annotated[
        str,
        Field(
            description='A JSON Pointer into the posted body; where a `model` was posted, into its network.'
        ),
    ]
    message: str
    source: Annotated[
        ModelPlace | None,
        Field(
            description='Where that stands in the posted `model`; left out where that is not known.'
        ),
    ] = None


class RepairProposal(BaseModel):
    """
    A change after which a network has no error.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    applicability: Annotated[
        Literal['safe', 'unsafe', 'display-only'],
        Field(
            description='safe: follows from the rest; unsafe: valid, but a choice; display-only: to read, not to apply.'
        ),
    ]
    diff: Annotated[
        str | None,
        Field(description='The same change of a posted text, as a unified diff.'),
    ] = None
    patch: Annotated[
        list[dict[str, Any]],
        Field(description='A JSON Patch (RFC 6902) of the posted body.'),
    ]
    removes: Annotated[
        list[int],
        Field(
            description='The errors that it removes with their consequences: indexes of `diagnostics`.'
        ),
    ]
    title: str


class RepositoryIndex(RootModel[list[IndexEntry]]):
    """
    Every model.
    """

    root: Annotated[list[IndexEntry], Field(description='Every model.')]


class SeenBox(BaseModel):
    """
    The input pixels that one output of a layer depends on.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    box: Annotated[
        list[list[int]] | None,
        Field(
            description='First and last pixel of each spatial axis, inside the input; null if it sees none, or if what is wrong with the network leaves it unknown. Of the first input, where there are several.'
        ),
    ]
    boxes: Annotated[
        dict[str, list[list[int]] | None] | None,
        Field(description='By input, where there are several.'),
    ] = None
    layer: str
    output: list[int]


class ServerMetadata(BaseModel):
    """
    What answers here.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    extensions: list[str]
    name: str
    version: str


class ServerReadyAnswer(BaseModel):
    """
    The service computes.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    ready: bool


class SizeRule(BaseModel):
    """
    The input sizes of one axis that a network accepts.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    accepted: Annotated[
        list[list[int]],
        Field(
            description='Every accepted size of the range, as first and last of each run.'
        ),
    ]
    minimum: Annotated[
        int | None, Field(description='The least accepted size of the range.')
    ]
    modulus: Annotated[
        int | None,
        Field(
            description='Accepted from the minimum to the end of the range are the sizes that leave one of the residues when divided by it; null where there is no such rule.'
        ),
    ]
    nearest: NearestSizes | None = None
    residues: list[int] | None
    rule: Annotated[str, Field(description='In words.')]


class StatisticsAnswer(BaseModel):
    """
    The statistics of one model, or of all.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    model_stats: list[ModelStatistics]


class TensorMetadata(BaseModel):
    """
    An input or output: the usual one of its forms.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    datatype: Annotated[
        Literal['FP16', 'FP32', 'FP64', 'INT8', 'INT16', 'INT32', 'INT64', 'UINT8', 'UINT16', 'UINT32', 'UINT64'],
        Field(description='The usual one; every other is taken too.'),
    ]
    name: str
    shape: Annotated[
        list[int], Field(description='-1: any size. A lone -1: any number of axes.')
    ]


class TensorParameters(BaseModel):
    """
    How the numbers travel.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    binary_data_size: Annotated[int, Field(description='Their bytes after the JSON.')]


class Totals(BaseModel):
    """
    Sums over all layers; null where one of them is not known.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    activation_bytes: int | None
    buffers: int | None
    flops: Annotated[int | None, Field(description='2 * macs')]
    macs: int | None
    parameters: int | None
    peak_activation_bytes: Annotated[
        int | None, Field(description='The most alive at once, the input included.')
    ]


class UnknownInModel(BaseModel):
    """
    What the reader did not understand.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    location: Annotated[
        str,
        Field(
            description='A JSON Pointer into the posted body; where a `model` was posted, into its network.'
        ),
    ]
    message: str
    source: ModelPlace | None = None


class WeightPlace(BaseModel):
    """
    Where the array of a weight goes: `array.reshape(reshape).transpose(transpose).reshape(shape)`.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    reshape: Annotated[
        list[int] | None,
        Field(
            description='The shape to give it first; null where it is transposed as it is.'
        ),
    ]
    shape: Annotated[
        list[int], Field(description='The shape of the weight of the written model.')
    ]
    to: Annotated[
        str,
        Field(
            description='The weight of the written model, as its framework calls it.'
        ),
    ]
    transpose: Annotated[list[int], Field(description='The axes in their new order.')]


class BatchAnswer(BaseModel):
    """
    The items' answers, in their order.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    results: list[BatchResult]


class DiagnosticObject(BaseModel):
    """
    One fact found about a request.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    code: str
    consequences: Annotated[
        list[DiagnosticObject] | None,
        Field(
            description='Errors elsewhere that the first repair of a network does away with; left out where none are.'
        ),
    ] = None
    fixes: list[FixProposal]
    help: str | None
    location: Annotated[
        str,
        Field(
            description='A JSON Pointer into the posted body; where a `model` was posted, into its network.'
        ),
    ]
    message: Annotated[str, Field(description='The fact, with its numbers.')]
    name: Annotated[str, Field(description='The bad pattern; stable.')]
    related: list[RelatedPlace]
    severity: Annotated[
        Literal['error', 'warning'],
        Field(description='An error is refused by the framework; a warning is not.'),
    ]
    source: Annotated[
        ModelPlace | None,
        Field(
            description='Where that stands in the posted `model`; left out where that is not known.'
        ),
    ] = None
    url: Annotated[str, Field(description='Where the diagnostic is documented.')]


class DiagnosticRow(BaseModel):
    """
    A diagnostic in a line.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    code: str
    name: str
    severity: Annotated[
        Literal['error', 'warning'],
        Field(description='An error is refused by the framework; a warning is not.'),
    ]
    summary: str
    url: str


class DiagnosticsAnswer(BaseModel):
    """
    Every diagnostic.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    diagnostics: list[DiagnosticRow]


class FrameworkVerdict(BaseModel):
    """
    What one framework makes of the layer.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    accepted: bool
    axes: list[AxisObject]
    diagnostics: list[DiagnosticObject]
    equal: Annotated[
        Literal['values', 'shape', 'neither'] | None,
        Field(
            description='Against the framework asked for: the same values, only the same sizes, or neither; null where it refuses the layer, or where only sizes were compared, which `notes` say. Values are called the same only where layers of the kind were run in both frameworks and compared.'
        ),
    ]
    notes: Annotated[
        list[str],
        Field(
            description="What the framework's own tools report otherwise, what was not compared, and what to know about `written`."
        ),
    ]
    output_size: list[int | None] | None
    written: Annotated[
        dict[str, Any] | list[dict[str, Any]] | None,
        Field(
            description="How to compute the values asked for here: all parameters of a layer of the same type, in the framework's own words, or the layers to use in its place; null where there is no way, or none was run."
        ),
    ]


class InputSizesAnswer(BaseModel):
    """
    The input sizes that a network accepts.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    axes: Annotated[
        list[SizeRule],
        Field(
            description='Each axis for itself; where axes are coupled, the sizes that all of them may have alike.'
        ),
    ]
    combinations: Annotated[
        list[list[list[int]]] | None,
        Field(
            description='Where axes are coupled: every block of accepted sizes; null where there are too many to try.'
        ),
    ] = None
    coupled: Annotated[
        bool,
        Field(
            description="Whether the sizes of one axis depend on another's, as under a linear head."
        ),
    ]
    diagnostics: Annotated[
        list[DiagnosticObject],
        Field(
            description='Where nothing is accepted: what is wrong, at the largest size if it depends on that.'
        ),
    ]
    framework: Annotated[
        Literal['pytorch', 'keras', 'onnx', 'jax'],
        Field(description='A framework whose rules apply.'),
    ]


class LayerRow(BaseModel):
    """
    A layer type.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    description: str
    family: str
    frameworks: list[Literal['pytorch', 'keras', 'onnx', 'jax']]
    names: Annotated[
        dict[str, list[str]],
        Field(
            description='What each framework calls it; any of these may be its type.'
        ),
    ]
    parameters: list[ParameterRow]
    rank: Annotated[
        int | None, Field(description='Spatial axes; null: as many as the input has.')
    ]
    type: str


class LayersAnswer(BaseModel):
    """
    Every layer type.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    layers: list[LayerRow]


class ModelConfig(BaseModel):
    """
    The configuration of a model.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    backend: str
    input: list[InputConfig]
    max_batch_size: Annotated[
        int, Field(description='0: the batch is an axis like any other.')
    ]
    name: str
    output: list[OutputConfig]
    platform: str


class ModelMetadata(BaseModel):
    """
    A layer that can be applied.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    inputs: list[TensorMetadata]
    name: str
    outputs: list[TensorMetadata]
    platform: str
    versions: list[str]


class NetworkLayer(BaseModel):
    """
    One layer of a network; with `detail: sizes` only its name, type and output shape.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    activation_bytes: Annotated[
        int | None, Field(description='Of the output, 4 bytes an element.')
    ] = None
    buffers: Annotated[int | None, Field(description='Running statistics.')] = None
    input_shapes: list[list[int | None] | None] | None = None
    inputs: Annotated[
        list[str | None] | None,
        Field(
            description="The tensors that it takes: a layer, `split:1` for an output that is not its layer's first, or an input of the network; null for a name that nothing has."
        ),
    ] = None
    macs: Annotated[
        int | None,
        Field(
            description='Multiply-accumulates for the batch given; a null batch counts as 1.'
        ),
    ] = None
    name: str
    output_shape: Annotated[
        list[int | None] | None, Field(description='Of the first output.')
    ]
    output_shapes: Annotated[
        list[list[int | None] | None] | None,
        Field(description='Of each output, where there are several.'),
    ] = None
    parameters: Annotated[int | None, Field(description='Trainable ones.')] = None
    receptive_field: ReceptiveFieldObject | None = None
    source: Annotated[
        ModelPlace | None, Field(description='Where a posted `model` calls it.')
    ] = None
    type: str


class NetworkReport(BaseModel):
    """
    A network judged: every shape, cost and diagnostic.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    diagnostics: list[DiagnosticObject]
    framework: Annotated[
        Literal['pytorch', 'keras', 'onnx', 'jax'],
        Field(description='A framework whose rules apply.'),
    ]
    layers: list[NetworkLayer]
    output_shape: Annotated[
        list[int | None] | None,
        Field(description='Of the first output of the network.'),
    ]
    output_shapes: Annotated[
        dict[str, list[int | None] | None] | None,
        Field(description='By name, when `outputs` was given.'),
    ] = None
    receptive_fields: Annotated[
        list[SeenBox] | None, Field(description='Given when `receptive_field_of` was.')
    ] = None
    repairs: Annotated[
        list[RepairProposal] | None,
        Field(
            description='Changes that leave no error, the likeliest first; empty where none was found. Left out where there is no error, and with `detail: "sizes"`.'
        ),
    ] = None
    totals: Totals | None = None
    valid: bool


class OutputSizeAnswer(BaseModel):
    """
    What comes out of a layer.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    axes: list[AxisObject]
    diagnostics: list[DiagnosticObject]
    framework: Annotated[
        Literal['pytorch', 'keras', 'onnx', 'jax'],
        Field(description='A framework whose rules apply.'),
    ]
    output_shape: Annotated[
        list[int | None] | None, Field(description='Given when `input_shape` was.')
    ] = None
    output_size: list[int | None]


class OutputTensor(BaseModel):
    """
    The output: JSON numbers, or bytes after the JSON.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    data: Annotated[
        list[float] | None, Field(description='The numbers, flat, row-major.')
    ] = None
    datatype: Annotated[
        Literal['FP16', 'FP32', 'FP64', 'INT8', 'INT16', 'INT32', 'INT64', 'UINT8', 'UINT16', 'UINT32', 'UINT64'],
        Field(
            description='A number type under its name in the Open Inference Protocol.'
        ),
    ]
    name: str
    parameters: TensorParameters | None = None
    shape: list[int]


class PaddingAnswer(BaseModel):
    """
    The smallest padding that gives the wanted size, the same before and after if that is possible.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    axes: list[PaddingAxis]
    diagnostics: list[DiagnosticObject]
    framework: Annotated[
        Literal['pytorch', 'keras', 'onnx', 'jax'],
        Field(description='A framework whose rules apply.'),
    ]
    output_padding: list[int] | None = None
    padding: list[list[int]] | None
    solvable: bool
    symmetric: bool | None
    written: Annotated[
        dict[Literal['pytorch', 'keras', 'onnx', 'jax'], dict[str, Any] | list[dict[str, Any]] | None] | None,
        Field(
            description="For each framework the arguments to give in place of the layer's own about padding, or the layers to use in its place; null where there is no way."
        ),
    ]


class ProblemDocument(BaseModel):
    """
    An error (RFC 9457).
    """

    model_config = ConfigDict(
        extra='allow',
    )
    detail: str
    errors: list[DiagnosticObject]
    instance: str
    request_id: str | None
    status: int
    title: str
    type: str


class ReadAnswer(BaseModel):
    """
    The network of a model.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    diagnostics: Annotated[
        list[DiagnosticObject],
        Field(description='What would fail before a layer does.'),
    ]
    format: str
    network: Annotated[
        dict[str, Any], Field(description='As `/v1/networks/validate` takes it.')
    ]
    not_understood: list[UnknownInModel]
    sources: Annotated[
        list[PlaceInModel],
        Field(description='Where its layers and parameters stand in the model.'),
    ]


class SolveAnswer(BaseModel):
    """
    Combinations of the unknowns, simplest first.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    bounds: dict[str, list[int]]
    complete: Annotated[bool, Field(description='Whether all of them are listed.')]
    count: Annotated[
        int, Field(description='How many there are within the bounds, listed or not.')
    ]
    diagnostics: list[DiagnosticObject]
    framework: Annotated[
        Literal['pytorch', 'keras', 'onnx', 'jax'],
        Field(description='A framework whose rules apply.'),
    ]
    per_axis: Annotated[
        bool,
        Field(
            description='Whether the axes had nothing in common, so that each has its own values.'
        ),
    ]
    solutions: list[dict[str, Any]]


class WriteAnswer(BaseModel):
    """
    A network as source code of another framework.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    diagnostics: Annotated[
        list[DiagnosticObject],
        Field(
            description='Why there is no source: the mistakes of the network, what is unknown in it, or each layer that cannot be written; empty where there is source.'
        ),
    ]
    differences: list[Difference]
    entry: Annotated[
        str | None, Field(description='What makes the model in the source.')
    ]
    format: Annotated[
        Literal['pytorch', 'keras'],
        Field(description='The framework that the source is written for.'),
    ]
    framework: Annotated[
        Literal['pytorch', 'keras', 'onnx', 'jax'],
        Field(description="The network's own."),
    ]
    input_shapes: Annotated[
        dict[str, list[int | None]] | None,
        Field(
            description="The inputs of the written model by name, in its framework's order of axes."
        ),
    ]
    report: Annotated[
        NetworkReport | None,
        Field(
            description="The written source read back and judged; the network's own report where there is no source."
        ),
    ]
    source: Annotated[
        str | None,
        Field(
            description='null where a layer cannot be written, or the network has a mistake.'
        ),
    ]
    weights: Annotated[
        dict[str, WeightPlace] | None,
        Field(
            description="By the name of each weight of the network where its numbers go: `conv1.weight` in PyTorch, `conv1/kernel` in Keras, the `name` of the layer and of the weight. null where there is no source, or the network's framework has no names for weights."
        ),
    ]


class CompareAnswer(BaseModel):
    """
    One layer under every framework's rules.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    diagnostics: list[DiagnosticObject]
    framework: Annotated[
        Literal['pytorch', 'keras', 'onnx', 'jax'],
        Field(description='A framework whose rules apply.'),
    ]
    frameworks: dict[Literal['pytorch', 'keras', 'onnx', 'jax'], FrameworkVerdict]
    output_size: list[int | None] | None


class ConvolveAnswer(BaseModel):
    """
    The output of a layer.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    algorithm: str
    diagnostics: list[DiagnosticObject]
    dtype: str
    explain: list[Explanation] | None = None
    framework: Annotated[
        Literal['pytorch', 'keras', 'onnx', 'jax'],
        Field(description='A framework whose rules apply.'),
    ]
    output: Annotated[
        Any,
        Field(description='Nested lists, or the form that `respond_with` asks for.'),
    ]
    shape: list[int]


class DiagnosticExample(BaseModel):
    """
    A request that has the diagnostic, and what the service says of it.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    diagnostic: DiagnosticObject
    path: Annotated[str, Field(description='Where the request is posted.')]
    request: dict[str, Any]


class DiagnosticPage(BaseModel):
    """
    A diagnostic's page.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    code: str
    description: str
    example: Annotated[
        DiagnosticExample | None, Field(description='Only where there is a short one.')
    ] = None
    name: str
    severity: Annotated[
        Literal['error', 'warning'],
        Field(description='An error is refused by the framework; a warning is not.'),
    ]
    summary: str
    url: str


class InferenceAnswer(BaseModel):
    """
    The output of a layer.
    """

    model_config = ConfigDict(
        extra='allow',
    )
    id: str | None = None
    model_name: str
    model_version: str
    outputs: list[OutputTensor]
    parameters: AnswerParameters


DiagnosticObject.model_rebuild()
