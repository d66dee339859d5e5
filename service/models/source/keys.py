"""Keys of dictionaries and elements of sets: tuples in tuples could take Python for ever to hash."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from service.models.source.host import NotKnownError, TracedInt, TracedStr, Value

if TYPE_CHECKING:
    from service.models.source.machine import Machine

_MOST_PARTS = 10_000
_DEEPEST = 50
_SAFE = {str, TracedStr, int, TracedInt, bool, float, type(None)}


def check_key(machine: "Machine", key: Value) -> None:
    """Make sure that hashing a key is little work.

    Raises:
        NotKnownError: It is a tuple of tuples of tuples, too deep or too large.
    """
    if not isinstance(key, tuple):
        return
    level: list[Value] = [key]
    parts = 0
    for _ in range(_DEEPEST):
        level = [part for value in level for part in value]
        parts += len(level)
        if parts > _MOST_PARTS:
            break
        level = [part for part in level if isinstance(part, tuple)]
        if not level:
            machine.spend(1 + parts // 8)
            return
    raise NotKnownError("so large a key is not looked up")


def check_keys(machine: "Machine", keys: Iterable[Value]) -> None:
    """Make sure that hashing these is little work."""
    for key in keys:
        if key.__class__ not in _SAFE:
            check_key(machine, key)
