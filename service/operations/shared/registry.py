"""Finds the operations: every module of `service.operations` declares `OPERATION`, or several as `OPERATIONS`."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from importlib import import_module
from pkgutil import iter_modules

from service.operations.shared.operation import Endpoint, Operation

TAGS = ("questions", "inference", "catalogue", "operations")
"""In the order of lists."""
PACKAGE = "service.operations"


def declared(*, but: Collection[str] = ()) -> list[Operation]:
    """The operations that the modules declare, in order; `but` names modules that are left out."""
    names = [module.name for module in iter_modules(import_module(PACKAGE).__path__) if not module.ispkg]
    modules = [import_module(f"{PACKAGE}.{name}") for name in names if name not in but]
    operations: list[Operation] = []
    for module in modules:
        operations += [module.OPERATION] if hasattr(module, "OPERATION") else module.OPERATIONS
    return sorted(operations, key=lambda operation: (TAGS.index(operation.tag), operation.place))


def without_duplicates(operations: Iterable[Operation]) -> Sequence[Operation]:
    """The operations as they are.

    Raises:
        ValueError: where two have the same name, the same method and path, or the same place.
    """
    listed = tuple(operations)
    for what, key in (("name", _name), ("method and path", _address), ("place", _place)):
        [(value, count)] = Counter(map(key, listed)).most_common(1)
        if count > 1:
            raise ValueError(f"{count} operations have the {what} {value}")
    return listed


def _name(endpoint: Endpoint) -> str:
    return endpoint.name


def _address(endpoint: Endpoint) -> str:
    return f"{endpoint.method} {endpoint.path}"


def _place(endpoint: Endpoint) -> str:
    return f"{endpoint.place} of {endpoint.tag}"
