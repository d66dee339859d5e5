"""What a call returns to the program: one tensor, a tuple of them, or values with their places."""

from collections.abc import Hashable, Mapping, Sequence

from service.models.reading import Place
from service.models.source.host import Host, NotKnownError, Run, Value
from service.models.torch_library.calls import recorded
from service.models.torch_library.tensors import TensorHost

IN_PARTS = frozenset({"split", "split_with_sizes", "chunk", "tensor_split", "unbind", "meshgrid", "hsplit", "vsplit",
                      "unsafe_chunk", "unsafe_split", "broadcast_tensors", "atleast_1d"})  # fmt: skip
"""Functions that return a tuple, also where it has one entry."""
WITH_PLACES: Mapping[str, tuple[str, str]] = dict.fromkeys(
    ("max", "min", "median", "nanmedian", "mode", "kthvalue", "sort", "topk", "cummax", "cummin"),
    ("values", "indices"),
)
"""Functions that return values and the places where they stood."""


class NamedOutputs(Host):
    """A tuple whose entries have names: `x.max(dim=1).values`."""

    type_name = "namedtuple"

    def __init__(self, values: Sequence[Value], names: Sequence[str]) -> None:
        self.values = tuple(values)
        self.names = tuple(names)

    def attribute(self, name: str, run: Run) -> Value:
        """An entry by its name."""
        if name in self.names:
            return self.values[self.names.index(name)]
        return super().attribute(name, run)

    def item(self, key: Value, run: Run) -> Value:
        """An entry by its place."""
        if isinstance(key, int | slice):
            return self.values[key]
        return super().item(key, run)

    def iterate(self, run: Run) -> list[Value]:
        """The entries."""
        return list(self.values)

    def length(self, run: Run) -> int:
        """How many there are."""
        return len(self.values)


def expected(short: str, arguments: Mapping[str, Value]) -> int | None:
    """How many tensors a call returns, where its arguments say so."""
    if short in WITH_PLACES:
        named = short in ("sort", "topk", "mode", "kthvalue", "cummax", "cummin")
        return 2 if named or isinstance(arguments.get("dim"), int) else 1
    if short in ("chunk", "unsafe_chunk") and isinstance(arguments.get("chunks"), int):
        return int(arguments["chunks"])
    for name in ("split_size_or_sections", "split_size", "split_sizes"):
        if isinstance(arguments.get(name), list | tuple):
            return len(arguments[name])
    return None


def returned(
    run: Run,
    type_name: str,
    arguments: Mapping[str, Value],
    *,
    name: str | None = None,
    trained: bool = False,
    owner: Hashable = None,
    made_at: Place | None = None,
) -> Value:
    """Write a call down, and return what the program gets of it.

    Raises:
        NotKnownError: How many parts come out depends on a shape that is not known.
    """
    short = type_name.rpartition(".")[2]
    wanted = expected(short, arguments)
    made = recorded(run, type_name, arguments, name=name, outputs=wanted, trained=trained, owner=owner, made_at=made_at)
    if short in IN_PARTS:
        if len(made) == 1 and made[0].shape is None and wanted is None:
            raise NotKnownError(f"how many parts `{short}` makes is not known")
        return tuple(made)
    if short in WITH_PLACES and len(made) == 2:
        made[1].dtype = "int64"
        return NamedOutputs(made, WITH_PLACES[short])
    result = made[0] if len(made) == 1 else tuple(made)
    changed = next(iter(arguments.values()), None)
    in_place = (short.endswith("_") and not short.endswith("__")) or arguments.get("inplace") is True
    if in_place and isinstance(changed, TensorHost) and isinstance(result, TensorHost):
        return changed.become(result)
    return result
