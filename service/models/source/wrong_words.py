"""Keyword arguments that a call does not take: what source would raise, and the words that are likely meant."""

from collections.abc import Callable, Mapping, Sequence

from service.core.layers.names.lookup import meanings
from service.models.reading import Rename
from service.models.source.host import RaisedError, Run, Value
from service.models.source.recorded_signatures import Signature
from service.models.source.wrong_names import similar

_SHORTEST_PART = 3
"""Letters of a word that others may contain. Chosen."""


def with_known_words(
    given: Mapping[str, Value],
    signature: Signature,
    run: Run,
    *,
    likely: Callable[[str, Sequence[str]], list[str]],
    error: Callable[[str], RaisedError],
    only_likely: bool = False,
) -> dict[str, Value]:
    """The arguments by name. What has a wrong name is told, and goes on under the name that is likeliest meant.

    Where it is `only_likely`, a name that is like no other is left as it is: the signature may not be recorded whole.

    Raises:
        RaisedError: Something around would catch it.
    """
    bound, known = dict(given), (*signature.positional, *sorted(signature.named))
    for word in [word for word in bound if word not in known]:
        value = bound.pop(word)
        meant = likely(word, [one for one in known if one not in bound])
        if only_likely and not meant:
            bound[word] = value
            continue
        place = run.place_of_name(word)
        renames = [] if place is None else [Rename(place=place, name=one) for one in meant]
        run.report(error(word), renames=tuple(renames))
        if meant:
            bound[meant[0]] = value
    return bound


def unexpected(function: str, word: str) -> RaisedError:
    """What Python raises for a word that a function does not take."""
    return RaisedError("TypeError", f"{function}() got an unexpected keyword argument '{word}'")


def likely_words(layer: str, framework: str, run: Run, word: str, known: Sequence[str]) -> list[str]:
    """The arguments that may be meant: what another framework calls so, then what is written alike."""
    found = meanings(layer, framework)
    words = found[0].words if found else {}
    meant = words[word].parameter if word in words else None
    alike = [one for one in known if meant is not None and one in words and words[one].parameter == meant]
    within = [one for one in known if len(word) >= _SHORTEST_PART and (word in one or one in word)]
    return list(dict.fromkeys([*alike, *similar(word, known, run), *within]))
