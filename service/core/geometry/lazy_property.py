"""A property that is computed when it is first asked for, and then kept."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class lazy_property(Generic[T]):  # noqa: N801 - a decorator, like `property`
    """As `functools.cached_property`, without the lock that Python 3.11 takes around each computation.

    The lock costs as much as the shortest of these properties: without it a batch of full answers takes a tenth less.
    Two threads may compute a value at once; both get the same value, so it does not matter whose is kept.
    """

    def __init__(self, compute: Callable[[Any], T]) -> None:
        self.compute = compute
        self.name = compute.__name__
        self.__doc__ = compute.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> "lazy_property[T]": ...

    @overload
    def __get__(self, instance: object, owner: type) -> T: ...

    def __get__(self, instance: object | None, owner: type) -> "lazy_property[T] | T":
        """The value, which from then on is found in the instance itself."""
        if instance is None:
            return self
        value = instance.__dict__[self.name] = self.compute(instance)
        return value
