"""Names that a library does not have: what source would raise, and the names that are likely meant."""

from collections.abc import Callable, Sequence
from difflib import get_close_matches

from service.models.reading import Rename
from service.models.source.host import RaisedError, Run, Value

_LONGEST_NAME = 60
"""Letters of a name that others are compared with. Chosen: hardly a name of a library has as many."""


def similar(name: str, names: Sequence[str], run: Run) -> list[str]:
    """The names that are written much like one, the most similar first. A comparison takes as long as a step."""
    run.spend(len(names))
    lowered = {known.lower(): known for known in reversed(names)}
    close = get_close_matches(name[:_LONGEST_NAME].lower(), lowered, n=3, cutoff=0.7)
    return [lowered[word] for word in close]


def missing(module: str, name: str, likely: Sequence[str], find: Callable[[str], Value], run: Run) -> Value:
    """A name that a module does not have: that is told, and the reading goes on with the first that is likely meant.

    Raises:
        RaisedError: None is.
    """
    error = RaisedError("AttributeError", f"module '{module}' has no attribute '{name}'")
    if not likely or run.catches(RaisedError("ImportError", "")):
        raise error
    place = run.place_of_name(name)
    run.report(error, renames=() if place is None else tuple(Rename(place=place, name=one) for one in likely))
    return find(likely[0])
