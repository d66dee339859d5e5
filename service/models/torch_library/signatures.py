"""The arguments of what source can call in PyTorch, by name: recorded from PyTorch itself."""

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files

from service.models.source.recorded_signatures import Signature, read_signature

__all__ = ["Signature", "is_recorded", "method", "names_of", "read_signature", "recorded_names", "signature"]


def _read(file: str) -> Mapping[str, str]:
    recorded: Mapping[str, str] = json.loads(files(__package__).joinpath(file).read_text(encoding="utf-8"))
    return recorded


@cache
def _recorded() -> Mapping[str, str]:
    return _read("signatures.json")


@cache
def names_of(module: str) -> frozenset[str]:
    """Every name that a module of PyTorch has, such as `torch.nn`; empty where they are not recorded."""
    return frozenset(_read("names.json").get(module, "").split())


def is_recorded(name: str) -> bool:
    """Whether PyTorch has something of this name, such as `nn.Conv2d`, `F.relu`, `torch.cat` or `Tensor.view`."""
    return name in _recorded()


def recorded_names(prefix: str) -> list[str]:
    """The names that stand behind a prefix, such as `nn.`."""
    return [name.removeprefix(prefix) for name in _recorded() if name.startswith(prefix)]


@cache
def signature(name: str) -> Signature | None:
    """The arguments of a module, function or method; None where they are not known."""
    text = _recorded().get(name)
    return None if text is None else read_signature(name.rpartition(".")[2], text)


@cache
def method(name: str) -> Signature | None:
    """The arguments of a method of the tensor; else those of the function, without its tensor."""
    for known in (f"Tensor.{name}", f"Tensor.{name.rstrip('_')}"):
        if (found := signature(known)) is not None:
            return found
    for known in (f"torch.{name}", f"F.{name}", f"torch.{name.rstrip('_')}", f"F.{name.rstrip('_')}"):
        if (found := signature(known)) is not None:
            return replace(found, positional=found.positional[1:])
    return None
