"""What the layers of a network have in common: a layer unlike all others is likelier to be mistaken."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from service.core.networks.network import Network, Node
from service.core.networks.repair.edits import RawLayer, others_named

DIMENSIONS = frozenset(
    {"in_channels", "out_channels", "in_features", "out_features", "num_features", "num_channels", "normalized_shape"}
    | {"input_size", "hidden_size", "embed_dim", "d_model", "embedding_dim", "kdim", "vdim", "num_parameters"}
)
"""Parameters that say how large a tensor is: layers of one kind differ in them and are alike all the same."""
MOST_ENTRIES = 64
"""Entries of a posted list that are looked at. Chosen: as many as a list among the parameters may have."""


class Family:
    """How often each size, and each sort of layer, is found in a network."""

    def __init__(self, network: Network) -> None:
        self.sizes: Counter[int] = Counter()
        self.sorts: Counter[Any] = Counter()
        self.growths: Counter[Any] = Counter()
        """How often layers of each kind make more channels than they take, as many, or fewer."""
        self.examples: dict[Any, Node] = {}
        """The first layer of each sort."""
        for node in network.nodes:
            sort = _sort(node, node.description.posted)
            self.sizes.update(set(_sizes(node)))
            self.sorts[sort] += 1
            self.growths[node.description.kind, _growth(node, node.description.posted)] += 1
            self.examples.setdefault(sort, node)

    def is_single(self, node: Node) -> bool:
        """Whether no other layer is of its sort."""
        return self.sorts[_sort(node, node.description.posted)] == 1

    def likelier_size(self, node: Node, word: str, new: Any) -> int:
        """1 where only the new size is found in other layers, -1 where only the old one is, else 0."""
        own = set(_sizes(node))
        before, after = (
            max((self.sizes[size] - (size in own) for size in integers_in(value)), default=0)
            for value in (node.description.posted.get(word), new)
        )
        return (after > 0) - (before > 0)

    def likelier_growth(self, node: Node, raw: RawLayer) -> int:
        """-1 where it makes more channels than it takes, as most of its kind do, and no longer would; else 0."""
        before, after = _growth(node, node.description.posted), _growth(node, raw)
        if before is None or after is None or before == after:
            return 0
        kind = node.description.kind
        return -(self.growths[kind, before] - 1 > self.growths[kind, after])

    def likelier_layer(self, node: Node, raw: RawLayer) -> float:
        """1 where more other layers are like the changed one, -1 where more are like it was, else 0.

        That others leave a parameter out too says less: half for taking one away, nothing against giving one.
        """
        old, new = _sort(node, node.description.posted), _sort(node, raw)
        before, after = self.sorts[old] - 1, self.sorts[new] - (old == new)
        if after > before:
            return 1.0 if len(raw) >= len(node.description.posted) else 0.5
        return -1.0 if after < before and len(raw) <= len(node.description.posted) else 0.0


def parameter_of(node: Node, word: str) -> str:
    """What a word of a posted layer means."""
    spelling = node.description.spelling
    return next((parameter for parameter, written in spelling.items() if written == word), word)


def integers_in(value: Any) -> Iterator[int]:
    """The integers of a posted value, of a list those of its first MOST_ENTRIES entries."""
    if isinstance(value, bool):
        return
    if isinstance(value, int):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from integers_in(member)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for member in value[:MOST_ENTRIES]:
            yield from integers_in(member)


def _sizes(node: Node) -> Iterator[int]:
    """The sizes of tensors that a layer declares."""
    for parameter, word in node.description.spelling.items():
        if parameter in DIMENSIONS:
            yield from integers_in(node.description.posted.get(word))


def _sort(node: Node, raw: RawLayer) -> Any:
    """What makes layers alike: the type, the parameters that are no sizes of tensors, and whether channels grow."""
    spelling = node.description.spelling
    sizes = {word for parameter, word in spelling.items() if parameter in DIMENSIONS}
    own = {word: value for word, value in others_named(raw).items() if word not in sizes}
    return str(sorted(own.items(), key=str)), _growth(node, raw)


def _growth(node: Node, raw: RawLayer) -> int | None:
    """Whether a layer makes more channels than it takes (-1), as many (0) or fewer (1); None where it does not say."""
    spelling = node.description.spelling
    taken, made = (
        max(integers_in(raw.get(spelling.get(name, name))), default=0) for name in ("in_channels", "out_channels")
    )
    return (taken > made) - (taken < made) if taken and made else None
