"""How the layers of a Functional model are called: `inbound_nodes`, in the forms of Keras 2 and of Keras 3."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from service.core.geometry.shapes import LARGEST, Shape
from service.models.json_documents import integer_of, list_of, member, object_of, text_of

MOST_AXES = 8
DEEPEST_ARGUMENT = 20
"""Lists inside lists of an argument. Chosen: more than a nested structure of tensors has."""
CONSTANT = "_CONSTANT_VALUE"
"""In the place of a layer's name, where Keras 2 has a number."""


@dataclass(frozen=True, slots=True)
class TensorReference:
    """What a call takes: an output of a call of a layer."""

    layer: str
    node: int
    output: int
    shape: Shape | None = None
    """As the configuration declares it."""


@dataclass(frozen=True, slots=True)
class ConstantTensor:
    """Numbers that stand in the configuration: their shape."""

    shape: Shape


@dataclass(frozen=True, slots=True)
class SliceOf:
    """A slice among the arguments, as Python writes it."""

    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One call of a layer: its arguments, with references in the place of tensors."""

    arguments: list[Any] = field(default_factory=list)
    keywords: dict[str, Any] = field(default_factory=dict)

    def references(self) -> Iterator[TensorReference]:
        """The tensors that it takes, in order."""
        for value in (*self.arguments, *self.keywords.values()):
            yield from references_in(value)


def calls_of(layer: dict[str, Any]) -> list[Call]:
    """The calls of a layer of a Functional model."""
    return [_call(node) for node in list_of(layer.get("inbound_nodes"))]


def is_older_form(layer: dict[str, Any]) -> bool:
    """Whether the calls of a layer are written as Keras 2 writes them."""
    return any(not isinstance(member(node, "args"), list) for node in list_of(layer.get("inbound_nodes")))


def references_in(value: Any) -> Iterator[TensorReference]:
    """The references in an argument, in order; entries of an object by their keys, as Keras orders them."""
    if isinstance(value, TensorReference):
        yield value
    elif isinstance(value, list):
        for entry in value:
            yield from references_in(entry)
    elif isinstance(value, dict):
        for key in sorted(value):
            yield from references_in(value[key])


def flat_references(value: Any, depth: int = 0) -> list[TensorReference]:
    """The tensors of `input_layers` and `output_layers`: one `[name, node, output]`, or lists or objects of them."""
    leaf = _older_reference(value)
    if leaf is not None:
        return [leaf]
    if depth > DEEPEST_ARGUMENT:
        return []
    entries = [value[key] for key in sorted(value)] if isinstance(value, dict) else list_of(value)
    return [reference for entry in entries for reference in flat_references(entry, depth + 1)]


def shape_in(value: Any) -> Shape | None:
    """A shape as configurations have it: sizes of at least 1, null where one is not known."""
    if not isinstance(value, list) or len(value) > MOST_AXES:
        return None
    sizes = [integer_of(size) for size in value]
    wrong = any(
        (size is None and given is not None) or (size is not None and not 1 <= size <= LARGEST)
        for given, size in zip(value, sizes, strict=True)
    )
    return None if wrong else tuple(sizes)


def _call(node: Any) -> Call:
    if isinstance(node, dict) and isinstance(node.get("args"), list):
        keywords = {name: _argument(value) for name, value in object_of(node.get("kwargs")).items()}
        return Call(arguments=[_argument(value) for value in node["args"]], keywords=keywords)
    return _older_call(node)


def _argument(value: Any, depth: int = 0) -> Any:
    """An argument as Keras 3 writes it."""
    if depth > DEEPEST_ARGUMENT:
        return None
    if isinstance(value, list):
        return [_argument(entry, depth + 1) for entry in value]
    if not isinstance(value, dict):
        return value
    config = object_of(value.get("config"))
    match value.get("class_name"):
        case "__keras_tensor__":
            return _reference(config)
        case "__slice__":
            return slice_of(config)
        case "__tensor__" | "__numpy__":
            return ConstantTensor(shape_of_numbers(config.get("value")))
        case "__tuple__":
            return [_argument(entry, depth + 1) for entry in list_of(value.get("items"))]
        case "__ellipsis__":
            return "..."
        case None:
            return {name: _argument(entry, depth + 1) for name, entry in value.items()}
    return value


def _reference(config: dict[str, Any]) -> TensorReference | None:
    reference = _older_reference(config.get("keras_history"))
    if reference is None:
        return None
    return TensorReference(reference.layer, reference.node, reference.output, shape_in(config.get("shape")))


def slice_of(config: dict[str, Any]) -> SliceOf:
    """`start`, `stop` and `step` as `"start:stop:step"`; what is no integer is left out."""
    parts = [integer_of(config.get(name)) for name in ("start", "stop", "step")]
    texts = ["" if part is None else str(part) for part in parts]
    return SliceOf(":".join(texts) if texts[2] else ":".join(texts[:2]))


def shape_of_numbers(value: Any) -> Shape:
    """The shape of numbers in lists."""
    sizes: list[int] = []
    while isinstance(value, list) and len(sizes) < MOST_AXES:
        sizes.append(len(value))
        value = value[0] if value else None
    return tuple(sizes)


def _older_call(node: Any) -> Call:
    """A call as Keras 2 writes it: `[name, node, output, keywords]` for each tensor; the first has the keywords."""
    is_single = _older_reference(node) is not None or _is_older_constant(node)
    entries = [node] if is_single else list_of(node)
    if isinstance(node, dict):
        entries = [node[key] for key in sorted(node)]
    tensors = [_older_argument(entry) for entry in entries]
    first = entries[0] if entries else None
    keywords = object_of(first[3]) if isinstance(first, list) and len(first) == 4 else {}
    return Call(
        arguments=tensors if len(tensors) == 1 else [tensors],
        keywords={name: _older_argument(value) for name, value in keywords.items()},
    )


def _older_argument(value: Any, depth: int = 0) -> Any:
    """An argument as Keras 2 writes it."""
    reference = _older_reference(value)
    if reference is not None:
        return reference
    if _is_older_constant(value):
        return ConstantTensor(shape_of_numbers(value[2])) if isinstance(value[2], list) else value[2]
    if depth > DEEPEST_ARGUMENT:
        return None
    if isinstance(value, list):
        return [_older_argument(entry, depth + 1) for entry in value]
    if isinstance(value, dict) and value.keys() == {"start", "stop", "step"}:
        return slice_of(value)
    if isinstance(value, dict) and text_of(value.get("class_name")) in ("Ellipsis", "__ellipsis__"):
        return "..."
    return (
        {name: _older_argument(entry, depth + 1) for name, entry in value.items()} if isinstance(value, dict) else value
    )


def _is_older_constant(value: Any) -> bool:
    """`["_CONSTANT_VALUE", -1, number]`, or with keywords behind it."""
    return isinstance(value, list) and len(value) in (3, 4) and value[0] == CONSTANT


def _older_reference(value: Any) -> TensorReference | None:
    """`[name, node, output]`, or with keywords behind it."""
    if not isinstance(value, list) or len(value) not in (3, 4):
        return None
    name, node, output = value[:3]
    if isinstance(name, str) and name != CONSTANT and type(node) is int and type(output) is int:
        return TensorReference(name, node, output)
    return None
