"""The arguments of a call, checked as Keras checks them: a wrong name is told, with the one that may be meant."""

from collections.abc import Mapping, Sequence
from functools import partial

from service.core.layers.names.keras import ACTIVATIONS
from service.core.layers.names.lookup import meanings
from service.models.reading import Rename
from service.models.source.host import RaisedError, Run, Value, literals_of
from service.models.source.recorded_signatures import Signature
from service.models.source.wrong_names import similar
from service.models.source.wrong_words import likely_words, unexpected, with_known_words

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
    if signature.rest is not None:
        return bound
    if is_call:
        return with_known_words(bound, signature, run, likely=lambda word, known: [], error=partial(unexpected, name))
    likely = partial(likely_words, name, FRAMEWORK, run)
    return with_known_words(bound, signature, run, likely=likely, error=partial(_of_layer, name))


def _of_layer(name: str, word: str) -> RaisedError:
    return RaisedError("ValueError", f"Unrecognized keyword arguments passed to {name}: '{word}'")


def with_known_activations(layer: str, given: dict[str, Value], run: Run) -> dict[str, Value]:
    """The arguments of a layer. An activation that Keras does not know is told; the likeliest takes its place."""
    found = meanings(layer, FRAMEWORK)
    words = found[0].words if found else {}
    chosen = found[0].chooses[0] if found and found[0].chooses is not None else None
    for word, value in given.items():
        activates = word == chosen or (word in words and words[word].activates)
        if not activates or not isinstance(value, str) or value in ACTIVATIONS:
            continue
        likely = similar(str(value), tuple(sorted(ACTIVATIONS)), run)
        places = [literal.place for literal in literals_of(value)[:1]]
        renames = [Rename(place=place, name=repr(one)) for place in places for one in likely]
        error = RaisedError("ValueError", f"Could not interpret activation function identifier: {value}")
        run.report(error, renames=tuple(renames))
        given = {**given, word: likely[0] if likely else "linear"}
    return given
