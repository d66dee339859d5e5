"""Records the signatures of PyTorch: the names, order and defaults of the arguments of what source can call.

And all names of its modules: source that takes another name from one would raise.

For example: python -m tests.golden.record.signatures --out service/models/torch_library
"""

import argparse
import inspect
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import torch
from torch import nn

Signature = list[str]
KINDS = inspect.Parameter
PLAIN = (bool, int, float, str, type(None))

OVERLOADED = {
    **dict.fromkeys(("max", "min", "median", "nanmedian"), "input, dim=null, keepdim=false, *, out=null"),
    **dict.fromkeys(("sum", "mean", "nansum", "nanmean", "prod"), "input, dim=null, keepdim=false, *, dtype=null"),
    **dict.fromkeys(("any", "all", "logsumexp"), "input, dim=null, keepdim=false"),
    **dict.fromkeys(("std", "var", "std_mean", "var_mean"),
                    "input, dim=null, unbiased=null, keepdim=false, *, correction=null"),
    "argsort": "input, dim=-1, descending=false, *, stable=null",
    "arange": "*range, dtype=null, device=null, out=null, layout=null, requires_grad=false",
    "repeat_interleave": "input, repeats, dim=null, *, output_size=null",
    "scaled_dot_product_attention": "query, key, value, attn_mask=null, dropout_p=0.0, is_causal=false, scale=null,"
                                    " enable_gqa=false",
    "transpose": "input, dim0, dim1", "split": "input, split_size_or_sections, dim=0", "select": "input, dim, index",
    "scatter": "input, dim, index, src", "scatter_": "input, dim, index, src", "rsub": "input, other, *, alpha=1",
    "meshgrid": "*tensors, indexing=null", "einsum": "equation, *operands", "topk":
    "input, k, dim=-1, largest=true, sorted=true", "randint": "*range, dtype=null, device=null, out=null",
    "cross": "input, other, dim=-1", "dropout": "input, p=0.5, training=true, inplace=false",
    "batch_norm": "input, running_mean, running_var, weight=null, bias=null, training=false, momentum=0.1, eps=1e-05",
    "unflatten": "input, dim, sizes", "norm": "input, p=null, dim=null, keepdim=false, *, out=null, dtype=null",
    "sort": "input, dim=-1, descending=false, stable=false, *, out=null", "movedim": "input, source, destination",
    "size": "input, dim=null", "new_tensor": "input, data, dtype=null, device=null, requires_grad=false",
    "unfold": "input, dimension, size, step", "item": "input", "tolist": "input", "numpy": "input", "T": "input",
    **dict.fromkeys(("view", "reshape"), "input, *shape"), "masked_fill": "input, mask, value",
    **dict.fromkeys(("expand", "repeat"), "input, *sizes"), "permute": "input, *dims", "tile": "input, *dims",
    **dict.fromkeys(("new_zeros", "new_ones", "new_empty"), "input, *size, dtype=null, device=null, layout=null,"
                                                            " requires_grad=false, pin_memory=false"),
    "new_full": "input, size, fill_value, *, dtype=null, device=null, layout=null, requires_grad=false",
    "linspace": "start, end, steps, *, out=null, dtype=null, layout=null, device=null, requires_grad=false",
}  # fmt: skip
"""Functions with several signatures, as one that has the arguments of all, the tensor first; methods leave it out."""
SIZED = "input_size, hidden_size, num_layers=1"
READ = "bias=true, batch_first=false, dropout=0.0, bidirectional=false"
RECURRENT = {
    "RNN": f'{SIZED}, nonlinearity="tanh", {READ}, device=null, dtype=null',
    "GRU": f"{SIZED}, {READ}, device=null, dtype=null",
    "LSTM": f"{SIZED}, {READ}, proj_size=0, device=null, dtype=null",
}
"""Modules whose constructors take anything."""
NAMED = (torch, nn, nn.functional)
"""The modules whose names are recorded."""
OF_NO_METHOD = {"arange", "linspace", "meshgrid", "einsum", "randint", "batch_norm"}
KEPT_APART = {"F.unfold", "torch.permute", "torch.tile", "torch.reshape", "torch.dropout", "torch.batch_norm"}
"""Functions that have the name of a method, and another signature."""


def default_text(value: Any) -> str | None:
    """A default as JSON; null where it is none that JSON has."""
    return json.dumps(list(value) if isinstance(value, tuple) else value if isinstance(value, PLAIN) else None)


def of_python(function: Callable[..., Any]) -> Signature | None:
    """The signature of a function that is written in Python; None where there is none to see."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return None
    if all(entry.kind in (KINDS.VAR_POSITIONAL, KINDS.VAR_KEYWORD) for entry in parameters) and parameters:
        return None
    return list(_written(parameters))


def _written(parameters: list[inspect.Parameter]) -> Iterator[str]:
    starred = False
    for entry in parameters:
        if entry.kind is KINDS.VAR_POSITIONAL:
            starred = True
            yield f"*{entry.name}"
        elif entry.kind is KINDS.VAR_KEYWORD:
            yield f"**{entry.name}"
        else:
            if entry.kind is KINDS.KEYWORD_ONLY and not starred:
                starred = True
                yield "*"
            has_default = entry.default is not KINDS.empty
            yield entry.name + (f"={default_text(entry.default)}" if has_default else "")


def of_documentation(name: str, function: Callable[..., Any]) -> Signature | None:
    """The signature that stands at the head of a documentation; None where there is none."""
    text = (getattr(function, "__doc__", None) or "").strip().replace("\\*", "*")
    found = re.match(rf"(?:\w+\.)*{re.escape(name)}\((.*?)\)(?:\s|$)", text, re.DOTALL)
    if found is None:
        return None
    entries = [entry.strip() for entry in re.split(r",(?![^\[(]*[\])])", found[1]) if entry.strip()]
    return [_read(entry) for entry in entries]


def _read(entry: str) -> str:
    """`chunks: int`, `dim = 0` and `eps=1e-5` in one form."""
    name, _, value = (part.strip() for part in entry.partition("="))
    name = name.partition(":")[0].strip()
    if not value:
        return name
    plain = {"None": "null", "True": "true", "False": "false"}.get(value, value.replace("'", '"').replace("1.", "1.0"))
    try:
        json.loads(plain)
    except ValueError:
        plain = "null"
    return f"{name}={plain}"


def of_schema(name: str) -> Signature | None:
    """The signature that the compiler has of an operator without documentation, such as `relu`; None if of none."""
    schemas = torch._C._jit_get_schemas_for_operator(f"aten::{name}")
    plain = next((schema for schema in schemas if not schema.overload_name), next(iter(schemas), None))
    if plain is None or not plain.arguments or plain.arguments[0].name not in ("self", "input"):
        return None
    return list(_of_arguments(plain.arguments[1:]))


def _of_arguments(arguments: list[Any]) -> Iterator[str]:
    """The tensor is `input` in Python; an empty list is a default that the function works out."""
    yield "input"
    starred = False
    for entry in arguments:
        if entry.kwarg_only and not starred:
            starred = True
            yield "*"
        default = None if entry.default_value == [] else entry.default_value
        yield entry.name + (f"={default_text(default)}" if entry.has_default_value() else "")


def overloaded(name: str, *, method: bool) -> Signature | None:
    """The signature in the table above; None where the name is not in it."""
    if name not in OVERLOADED or (method and name in OF_NO_METHOD):
        return None
    entries = [entry.strip() for entry in OVERLOADED[name].split(",")]
    return entries[1:] if method else entries


def functions(owner: Any, prefix: str) -> Iterator[tuple[str, Signature]]:
    """The public functions of a module, or the methods of the tensor."""
    method = prefix == "Tensor"
    for name in sorted(dir(owner)):
        function = getattr(owner, name, None)
        if name.startswith("_") or not callable(function) or isinstance(function, type):
            continue
        known = None if f"{prefix}.{name}" in KEPT_APART else overloaded(name, method=method)
        found = known or of_python(function) or of_documentation(name, function)
        if found is None and prefix == "torch":
            found = of_schema(name)
        if found is not None:
            yield f"{prefix}.{name}", found[1:] if method and found[:1] == ["self"] else found


def modules() -> Iterator[tuple[str, Signature]]:
    """The constructors of the modules of `torch.nn`, and what calls of them take; without `self`."""
    for name in sorted(dir(nn)):
        kind = getattr(nn, name)
        if isinstance(kind, type) and issubclass(kind, nn.Module):
            found = RECURRENT[name].split(", ") if name in RECURRENT else of_python(kind) or []
            called = of_python(kind.forward)
            yield name, found
            if called is not None and called != ["self", "*input"]:
                yield f"{name}.forward", called[1:]


def names(module: ModuleType) -> list[str]:
    """Every name of a module, with those of its parts that are not imported yet."""
    return sorted({*dir(module), *(part.name for part in iter_modules(getattr(module, "__path__", ())))})


def main() -> None:
    """Write all signatures, one a line, and the names of modules."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden.record.signatures", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the folder of signatures.json and names.json")
    options = parser.parse_args()
    owners = ((torch, "torch"), (nn.functional, "F"), (torch.Tensor, "Tensor"), (torch.linalg, "torch.linalg"),
              (torch.special, "torch.special"), (torch.fft, "torch.fft"))  # fmt: skip
    found = {f"nn.{name}": signature for name, signature in modules()}
    found |= {name: signature for owner, prefix in owners for name, signature in functions(owner, prefix)}
    lines = [f"{json.dumps(name)}: {json.dumps(', '.join(entries))}" for name, entries in found.items()]
    version = json.dumps(torch.__version__.split("+")[0])
    first = f'"torch": {version}'
    (options.out / "signatures.json").write_text("{" + ",\n".join([first, *lines]) + "}\n", encoding="utf-8")
    named = [f"{json.dumps(module.__name__)}: {json.dumps(' '.join(names(module)))}" for module in NAMED]
    (options.out / "names.json").write_text("{" + ",\n".join([first, *named]) + "}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
