"""Where every family registers."""

from collections.abc import Callable

from tests.mistakes.families.net import Net

Family = Callable[[Net], None]

FAMILIES: dict[str, Family] = {}
"""Every family by its name: a function that writes a sound network."""


def family(function: Family) -> Family:
    """Registers a family."""
    assert function.__name__ not in FAMILIES, function.__name__
    FAMILIES[function.__name__] = function
    return function
