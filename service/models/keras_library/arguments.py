"""The arguments of a call, checked as Keras checks them: a wrong name is told, with the one that may be meant."""

from collections.abc import Mapping, Sequence

from service.core.layers.names.keras import ACTIVATIONS
from service.core.layers.names.lookup import meanings
from service.models.keras_library.signatures import similar
from service.models.reading import Rename
from service.models.source.host import RaisedError, Run, Value, literals_of
from service.models.source.recorded_signatures import Signature

FRAMEWORK = "keras"


def checked(
    name: str,
    signature: Signature,
    arguments: Sequence[Value],
    keywords: Mapping[str, Value],
    run: Run,
    *,
    is_call: bool = False,
) -> dict[str, Value]:
    """The arguments by name. What has a wrong name is told, and goes on under the name that is likeliest meant.

    Raises:
        RaisedError: There are too many, or one is given twice.
    """
    bound = signature.bind(arguments, keywords)
    known = (*signature.positional, *sorted(signature.named))
    if signature.rest is not None:
        return bound
    for word in [word for word in bound if word not in known]:
        value = bound.pop(word)
        likely = [] if is_call else _likely(name, word, tuple(one for one in known if one not in bound))
        place = run.place_of_name(word)
        renames = [] if place is None else [Rename(place=place, name=one) for one in likely]
        kind, message = "ValueError", f"Unrecognized keyword arguments passed to {name}: '{word}'"
        if is_call:
            kind, message = "TypeError", f"{name}() got an unexpected keyword argument '{word}'"
        run.report(RaisedError(kind, message), renames=tuple(renames))
        if likely:
            bound[likely[0]] = value
    return bound


def _likely(layer: str, word: str, known: tuple[str, ...]) -> list[str]:
    """The arguments that may be meant: what another framework calls so, then what is written alike."""
    found = meanings(layer, FRAMEWORK)
    words = found[0].words if found else {}
    meant = words[word].parameter if word in words else None
    alike = [one for one in known if meant is not None and one in words and words[one].parameter == meant]
    within = [one for one in known if len(word) > 2 and (word in one or one in word)]
    return list(dict.fromkeys([*alike, *similar(word, known), *within]))


def with_known_activations(layer: str, given: dict[str, Value], run: Run) -> dict[str, Value]:
    """The arguments of a layer. An activation that Keras does not know is told; the likeliest takes its place."""
    found = meanings(layer, FRAMEWORK)
    words = found[0].words if found else {}
    chosen = found[0].chooses[0] if found and found[0].chooses is not None else None
    for word, value in given.items():
        activates = word == chosen or (word in words and words[word].activates)
        if not activates or not isinstance(value, str) or value in ACTIVATIONS:
            continue
        likely = similar(str(value), tuple(sorted(ACTIVATIONS)))
        places = [literal.place for literal in literals_of(value)[:1]]
        renames = [Rename(place=place, name=repr(one)) for place in places for one in likely]
        error = RaisedError("ValueError", f"Could not interpret activation function identifier: {value}")
        run.report(error, renames=tuple(renames))
        given = {**given, word: likely[0] if likely else "linear"}
    return given
