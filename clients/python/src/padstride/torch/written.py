"""A module as the source of its class: gives lines, columns and changes, if it is the source of this very module."""

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice, product
from pathlib import Path
from typing import Any

from padstride.answers import ReadAnswer
from padstride.client import Client
from padstride.models import Model
from padstride.options import ReadOptions
from padstride.refusals import Refused
from padstride.reports import NetworkReport
from padstride.sources import model_of

MOST_TRIES = 64
"""Combinations of arguments that are tried, at most. Chosen: a second or two."""
LAYER = re.compile(r"/layers/(\d+)")
NAMES = ("name", "type", "inputs", "weights_of")
"""Members of a layer that are no parameters."""
MISSING = object()


def written_report(module: Any, tensors: Sequence[Any], client: Client) -> NetworkReport | None:
    """The report of the source of a module's class, called with arguments that make the layers which the module has.

    None where there is no such source, or no such arguments are found.
    """
    model = _source_of(module)
    if model is None:
        return None
    options: ReadOptions = {"input_shapes": [list(tensor.shape) for tensor in tensors]}
    for arguments in islice(arguments_of(module), MOST_TRIES):
        tried = replace(model, arguments=arguments or None, training=module.training)
        try:
            if agrees(client.read(tried, **options), module):
                return client.validate(tried, **options)
        except Refused:
            continue
    return None


def _source_of(module: Any) -> Model | None:
    """The file of the module's class, with what it imports."""
    kind = type(module)
    try:
        path = Path(inspect.getsourcefile(kind) or "")
    except (TypeError, OSError):
        return None
    if kind.__module__.startswith("torch.") or not path.is_file() or "<locals>" in kind.__qualname__:
        return None
    model = model_of(path)
    if model.files is None:
        return replace(model, entry=kind.__qualname__)
    return replace(model, entry=f"{model.origin.module}:{kind.__qualname__}")


def arguments_of(module: Any) -> Iterator[dict[str, Any]]:
    """Arguments that may have made a module, the likeliest first.

    A parameter has the value of the attribute of its name; else its default; else one of the module's own numbers.
    """
    choices: dict[str, list[Any]] = {}
    for name, parameter in inspect.signature(type(module).__init__).parameters.items():
        if name == "self" or parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        own = getattr(module, name, MISSING)
        if _is_plain(own):
            choices[name] = [own]
        elif parameter.default is parameter.empty:
            choices[name] = _numbers_of(module)
        elif isinstance(parameter.default, bool):
            choices[name] = [MISSING, not parameter.default]
        elif isinstance(parameter.default, int):
            choices[name] = [MISSING, *_numbers_of(module)]
    for values in _nearest_first(list(choices.values())):
        yield {name: value for name, value in zip(choices, values, strict=True) if value is not MISSING}


def _nearest_first(choices: list[list[Any]]) -> list[tuple[Any, ...]]:
    """Combinations, those first that take early choices."""
    ranked = product(*(enumerate(values) for values in choices))
    listed = sorted(islice(ranked, 10_000), key=lambda row: sum(index for index, _ in row))
    return [tuple(value for _, value in row) for row in listed]


def _is_plain(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(_is_plain(each) for each in value)
    return isinstance(value, bool | int | float | str)


def _numbers_of(module: Any) -> list[int]:
    """The integers that its layers are made of, the most frequent first."""
    counts: dict[int, int] = {}
    for layer in module.modules():
        for name, value in vars(layer).items():
            if not name.startswith("_") and isinstance(value, int) and not isinstance(value, bool) and value > 0:
                counts[value] = counts.get(value, 0) + 1
    return sorted(counts, key=lambda number: -counts[number])


def agrees(answer: ReadAnswer, module: Any) -> bool:
    """Whether the layers that were read are those of the module, and all of its layers with weights are among them."""
    layers: Sequence[Mapping[str, Any]] = answer.network["layers"]
    seen = set()
    for place in answer.sources:
        match = LAYER.fullmatch(place.location)
        if match and place.source.module:
            try:
                live = module.get_submodule(place.source.module)
            except AttributeError:
                return False
            if not _same(layers[int(match[1])], live):
                return False
            seen.add(place.source.module)
    weighted = {
        name for name, part in module.named_modules() if name and next(part.parameters(False), None) is not None
    }
    return bool(seen) and weighted <= seen


def _same(layer: Mapping[str, Any], live: Any) -> bool:
    for name, value in layer.items():
        own = getattr(live, name, MISSING)
        if name in NAMES or own is MISSING or (own is None and name != "bias"):
            continue
        if name == "bias":
            own = own is not None and own is not False
        if value is not None and _plain(value) != _plain(own):
            return False
    return True


def _plain(value: Any) -> Any:
    """A value without the difference between one number and the same for each axis."""
    if isinstance(value, list | tuple):
        parts = [_plain(each) for each in value]
        return parts[0] if parts and all(part == parts[0] for part in parts) else parts
    return value
