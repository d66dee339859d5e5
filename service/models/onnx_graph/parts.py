"""A parsed model as plain values: graphs, nodes, attributes and tensors, of which large ones are shapes only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from service.core.geometry.shapes import LARGEST, Shape
from service.models.posted import ReadingLimits
from service.models.reading import ModelLimitError, NodePlace, UnreadableModelError

if TYPE_CHECKING:
    from onnx import AttributeProto, FunctionProto, GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto

Array = NDArray[Any]
DeclaredShape = tuple[int | str | None, ...] | None
"""What a file says of a tensor: its sizes, names in the place of those that vary; None where it says nothing."""
DEFAULT_DOMAINS = frozenset({"", "ai.onnx"})
MOST_ELEMENTS = 4096
"""Elements of a tensor whose numbers are kept. Chosen: shapes and indices are shorter, images and weights longer."""
LONGEST_TEXT = 200
"""Letters of a name or an operator that a message repeats."""
FLOATS = frozenset({1, 10, 11, 16, *range(17, 21)})
"""Types of numbers with a fraction, and those of 8 bits that weights have when they are quantised."""
NAME_SCOPES = "pkg.torch.onnx.name_scopes"
"""Where PyTorch's exporter notes the modules around a node."""
MOST_AXES_OF_A_TENSOR = 64
"""Axes of a tensor in a file. Chosen."""


@dataclass(slots=True)
class Held:
    """A tensor that the file holds: its shape, and its numbers where they are few."""

    shape: Shape
    array: Array | None = None
    trained: bool = False
    """Whether its numbers may be trained: those with a fraction."""


@dataclass(slots=True)
class Node:
    """A node of a graph."""

    name: str
    type: str
    domain: str
    inputs: Sequence[str]
    outputs: Sequence[str]
    attributes: Mapping[str, Any]
    """Numbers, texts, lists, `Held` tensors and `Graph`s, by name; `Passed` where a function hands its own on."""
    module: str | None = None

    @property
    def operator(self) -> str:
        """The type, with the domain where it is not the default one."""
        text = self.type if self.domain in DEFAULT_DOMAINS else f"{self.domain}.{self.type}"
        return text[:LONGEST_TEXT]

    @property
    def output(self) -> str:
        """The first output that has a name."""
        return next((name for name in self.outputs if name), "") or self.name or self.type

    @property
    def graphs(self) -> Sequence["Graph"]:
        """The graphs in it."""
        return [value for value in self.attributes.values() if isinstance(value, Graph)]

    @property
    def place(self) -> NodePlace:
        """Where it stands."""
        return NodePlace(
            node=(self.name or self.output)[:LONGEST_TEXT],
            operator=self.operator,
            outputs=tuple(name[:LONGEST_TEXT] for name in self.outputs),
            module=self.module,
        )


@dataclass(frozen=True, slots=True)
class Passed:
    """An attribute that has the value of an attribute of the function around it."""

    name: str


@dataclass(slots=True)
class Graph:
    """A graph: nodes in the order of the file, and what it says of tensors."""

    nodes: list[Node]
    held: Mapping[str, Held]
    inputs: Sequence[tuple[str, DeclaredShape]]
    outputs: Sequence[str]
    declared: Mapping[str, DeclaredShape]


@dataclass(slots=True)
class Function:
    """A function of the model: nodes in the place of one."""

    inputs: Sequence[str]
    outputs: Sequence[str]
    nodes: list[Node]
    defaults: Mapping[str, Any]


@dataclass(slots=True)
class Model:
    """A model: its graph, its functions by domain and name, the operator sets by domain."""

    graph: Graph
    functions: Mapping[tuple[str, str], Function]
    opsets: Mapping[str, int]

    @property
    def opset(self) -> int | None:
        """The set of ONNX's own operators; None where the file names none."""
        return max((version for domain, version in self.opsets.items() if domain in DEFAULT_DOMAINS), default=None)


def parsed(data: bytes, limits: ReadingLimits) -> Model:
    """A model without its weights, as plain values.

    Raises:
        UnreadableModelError: It is malformed.
        ModelLimitError: Graphs nest too deep.
    """
    from onnx import ModelProto

    try:
        model: ModelProto = ModelProto.FromString(data)
    except Exception as error:  # protobuf's error is of a module that has no types; nothing else runs here
        if type(error).__name__ not in PARSER_ERRORS:
            raise
        raise UnreadableModelError(
            "the file is no ONNX model: it cannot be parsed", "post the file as it was exported", member="data"
        ) from error
    return _model(model, limits)


def text(value: Any) -> str:
    """A text of the file, which the parser leaves as bytes where it is no UTF-8."""
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def texts(values: Iterable[Any]) -> list[str]:
    """Texts of the file."""
    return [text(value) for value in values]


PARSER_ERRORS = frozenset({"DecodeError", "ValueError", "RecursionError", "UnicodeDecodeError"})
"""What the parser raises, by name."""


def _model(model: "ModelProto", limits: ReadingLimits) -> Model:
    if not model.HasField("graph"):
        raise UnreadableModelError("the ONNX model has no graph", "export the model again", member="data")
    functions = {(text(f.domain), text(f.name)): _function(f, limits) for f in model.functions}
    opsets = {text(entry.domain): entry.version for entry in model.opset_import}
    return Model(_graph(model.graph, limits, 0), functions, opsets)


def _function(function: "FunctionProto", limits: ReadingLimits) -> Function:
    defaults = dict.fromkeys(texts(function.attribute)) | _attributes(function.attribute_proto, limits, 0)
    nodes = [_node(node, limits, 0) for node in function.node]
    return Function(texts(function.input), texts(function.output), nodes, defaults)


def _graph(graph: "GraphProto", limits: ReadingLimits, depth: int) -> Graph:
    if depth > limits.max_model_depth:
        raise ModelLimitError(
            f"graphs nest more than {limits.max_model_depth} deep", "max_model_depth", "nest fewer graphs"
        )
    held = {text(tensor.name): held_tensor(tensor) for tensor in graph.initializer}
    held |= {text(sparse.values.name): Held(_sizes(sparse.dims), trained=True) for sparse in graph.sparse_initializer}
    declared = {text(value.name): _declared(value) for value in (*graph.value_info, *graph.output)}
    return Graph(
        nodes=[_node(node, limits, depth) for node in graph.node],
        held=held,
        inputs=[(text(value.name), _declared(value)) for value in graph.input],
        outputs=[text(value.name) for value in graph.output],
        declared=declared,
    )


def _node(node: "NodeProto", limits: ReadingLimits, depth: int) -> Node:
    return Node(
        text(node.name),
        text(node.op_type),
        text(node.domain),
        texts(node.input),
        texts(node.output),
        _attributes(node.attribute, limits, depth) if node.attribute else {},
        module_of(node),
    )


def module_of(node: "NodeProto") -> str | None:
    """The path of the module that a node comes from: as PyTorch's exporters note it, or write it into the name."""
    for entry in node.metadata_props:
        if entry.key == NAME_SCOPES:
            scopes = [part.strip(" '\"") for part in text(entry.value)[: LONGEST_TEXT * 10].strip("[]").split(",")]
            return next((scope[:LONGEST_TEXT] for scope in reversed(scopes[:-1]) if scope), None)
    name = text(node.name)
    if not name.startswith("/"):
        return None
    path = ""
    for scope in name[: LONGEST_TEXT * 4].split("/")[1:-1]:
        path = scope if not path or scope.startswith(f"{path}.") else f"{path}.{scope}"
    return path[:LONGEST_TEXT] or None


def _attributes(attributes: "Sequence[AttributeProto]", limits: ReadingLimits, depth: int) -> dict[str, Any]:
    return {text(attribute.name): _value(attribute, limits, depth) for attribute in attributes}


def _value(attribute: "AttributeProto", limits: ReadingLimits, depth: int) -> Any:
    """What an attribute holds; its type says where, in old files the field that is there."""
    if attribute.ref_attr_name:
        return Passed(text(attribute.ref_attr_name))
    field_name = FIELDS_OF_TYPES.get(attribute.type) or next(
        (name for name in ("i", "f", "s", "t", "g") if attribute.HasField(name)),
        next((name for name in ("ints", "floats", "strings") if len(getattr(attribute, name))), ""),
    )
    return CONVERTED[field_name](attribute, limits, depth) if field_name in CONVERTED else None


FIELDS_OF_TYPES = {1: "f", 2: "i", 3: "s", 4: "t", 5: "g", 6: "floats", 7: "ints", 8: "strings", 11: "sparse"}
CONVERTED: Mapping[str, Any] = {
    "f": lambda attribute, limits, depth: short_float(attribute.f),
    "i": lambda attribute, limits, depth: attribute.i,
    "s": lambda attribute, limits, depth: attribute.s.decode(errors="replace"),
    "t": lambda attribute, limits, depth: held_tensor(attribute.t),
    "g": lambda attribute, limits, depth: _graph(attribute.g, limits, depth + 1),
    "floats": lambda attribute, limits, depth: [short_float(number) for number in attribute.floats],
    "ints": lambda attribute, limits, depth: list(attribute.ints),
    "strings": lambda attribute, limits, depth: [text.decode(errors="replace") for text in attribute.strings],
    "sparse": lambda attribute, limits, depth: Held(_sizes(attribute.sparse_tensor.dims)),
}
"""The value of an attribute, by the field that holds it."""


def short_float(number: float) -> float:
    """A number of 32 bits with as few digits as tell it apart: 0.1, not 0.10000000149011612."""
    with np.errstate(all="ignore"):
        return float(str(np.float32(number)))


def held_tensor(tensor: "TensorProto") -> Held:
    """A tensor's shape, and its numbers where the file still has them and they are few."""
    shape, kind = _sizes(tensor.dims), tensor.data_type
    held = Held(shape, trained=kind in FLOATS or (kind in QUANTISED and len(shape) > 1))
    count = 1
    for size in shape:
        count *= MOST_ELEMENTS + 1 if size is None else size
    if kind in NUMBERS and count <= MOST_ELEMENTS and tensor.data_location != EXTERNAL:
        held.array = _numbers(tensor, shape, count)
    return held


EXTERNAL = 1
"""Where the numbers of a tensor are, if they are in another file."""
QUANTISED = frozenset({2, 3})
NUMBERS: Mapping[int, tuple[Any, str]] = {
    1: (np.dtype("<f4"), "float_data"),
    2: (np.dtype("u1"), "int32_data"),
    3: (np.dtype("i1"), "int32_data"),
    4: (np.dtype("<u2"), "int32_data"),
    5: (np.dtype("<i2"), "int32_data"),
    6: (np.dtype("<i4"), "int32_data"),
    7: (np.dtype("<i8"), "int64_data"),
    9: (np.dtype("?"), "int32_data"),
    10: (np.dtype("<f2"), ""),
    11: (np.dtype("<f8"), "double_data"),
    12: (np.dtype("<u4"), "uint64_data"),
    13: (np.dtype("<u8"), "uint64_data"),
}
"""By type, how numbers stand in `raw_data`, and the other field that may have them."""


def _numbers(tensor: "TensorProto", shape: Shape, count: int) -> Array | None:
    """The numbers of a small tensor; None where the file does not have as many as the shape says."""
    kind, name = NUMBERS[tensor.data_type]
    raw = tensor.raw_data
    if raw:
        array = np.frombuffer(raw, kind) if len(raw) == count * kind.itemsize else None
    elif not name:
        array = None
    else:
        listed = getattr(tensor, name)
        with np.errstate(all="ignore"):
            array = np.array(listed, object).astype(kind) if len(listed) == count else None
    return None if array is None else array.reshape([size or 0 for size in shape])


def _sizes(dims: Sequence[int]) -> Shape:
    """The sizes of a tensor; those that no tensor has are unknown."""
    if len(dims) > MOST_AXES_OF_A_TENSOR:
        raise UnreadableModelError(
            f"a tensor has {len(dims)} axes, more than {MOST_AXES_OF_A_TENSOR}", "export the model again", member="data"
        )
    return tuple(size if 0 <= size <= LARGEST else None for size in dims)


def _declared(value: "ValueInfoProto") -> DeclaredShape:
    """What the file says of a tensor."""
    if not value.HasField("type") or not value.type.HasField("tensor_type"):
        return None
    tensor = value.type.tensor_type
    if not tensor.HasField("shape"):
        return None
    sizes: list[int | str | None] = []
    for dimension in tensor.shape.dim[:MOST_AXES_OF_A_TENSOR]:
        size = dimension.dim_value if dimension.HasField("dim_value") else text(dimension.dim_param) or None
        sizes.append(size if isinstance(size, str) or (size is not None and 0 < size <= LARGEST) else None)
    return tuple(sizes)
