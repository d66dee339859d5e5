"""A module as `torch.fx` traces it: a trace computes no shapes, so a broken module has one too.

The trace is written as source, with the layers that the module has, and judged; each place is then that of the line in
the user's own file which led to it.
"""

import ast
import inspect
import operator
import re
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

import torch
from torch import fx

from padstride.answers import ModelPlace
from padstride.client import Client
from padstride.models import Model
from padstride.options import ReadOptions
from padstride.refusals import Refused
from padstride.reports import NetworkReport
from padstride.torch.frames import place_of_node
from padstride.torch.placing import every, replace_places
from padstride.torch.running import quiet, unchanged

IN_LINE = re.compile(r"\bline (\d+)( of \S+)?\b")


def traced_report(module: Any, tensors: Sequence[Any], client: Client) -> NetworkReport | None:
    """The report of a module's trace; None where it cannot be traced, or a layer of it cannot be written."""
    tracer = Deciding(module, tensors)
    try:
        with quiet(), unchanged(module):
            graph = tracer.trace(module)
            _forget(graph, tracer.decided)
        text, built = source_of(graph, module)
    except Exception:  # noqa: BLE001 - whatever PyTorch raises is its refusal
        return None
    options: ReadOptions = {"input_shapes": [list(tensor.shape) for tensor in tensors]}
    try:
        report = client.validate(Model(source=text, entry="Traced", training=module.training), **options)
    except Refused:
        return None
    places = _places(graph, text, built, module)
    _without_text(report, places)

    def placed(source: ModelPlace) -> ModelPlace:
        line = source.line or 0
        return places.get(line) or ModelPlace(module=source.module or built.get(line))

    return replace_places(report, placed)


class Deciding(fx.Tracer):  # type: ignore[misc]  # PyTorch may be absent where types are checked
    """A tracer that follows conditions on values: it computes those that a condition asks for, and no others."""

    def __init__(self, module: Any, tensors: Sequence[Any]) -> None:
        super().__init__()
        self.record_stack_traces = True
        self._module = module
        self._given = iter(tensors)
        self._values: dict[Any, Any] = {}
        self.decided: list[Any] = []

    def to_bool(self, obj: Any) -> bool:
        """What a condition on a traced value is."""
        self.decided.append(obj.node)
        return bool(self._value(obj.node))

    def _value(self, node: Any) -> Any:
        if node not in self._values:
            self._values[node] = self._computed(node)
        return self._values[node]

    def _computed(self, node: Any) -> Any:
        if node.op == "placeholder":
            return next(self._given)
        if node.op == "get_attr":
            return operator.attrgetter(node.target)(self._module)
        given, named = fx.node.map_arg((node.args, node.kwargs), self._value)
        if node.op == "call_method":
            return getattr(given[0], node.target)(*given[1:], **named)
        called = self._module.get_submodule(node.target) if node.op == "call_module" else node.target
        return called(*given, **named)


def _forget(graph: Any, nodes: Sequence[Any]) -> None:
    """Leaves out what only conditions took, which are decided."""
    for node in nodes:
        if not node.users and node.op.startswith("call"):
            taken = node.all_input_nodes
            graph.erase_node(node)
            _forget(graph, taken)


def source_of(graph: Any, module: Any) -> tuple[str, dict[int, str]]:
    """A class that computes a graph, and by its lines the paths of the modules that they make."""
    code = graph.python_code("self")
    head = [*map(_import, code.globals, code.globals.values()), "from torch import nn", "class Traced(nn.Module):"]
    lines = [*head, "    def __init__(self):", "        super().__init__()"]
    built: dict[int, str] = {}
    made: set[str] = set()
    for node in graph.nodes:
        if node.op in ("call_module", "get_attr") and node.target not in made:
            made.add(node.target)
            lines += _holders(node.target, made)
            lines.append(f"        {_made(node, module)}")
            built[len(lines)] = node.target
    body = code.src.strip("\n").splitlines()
    return "\n".join([*lines, *(f"    {line}" for line in body), ""]), built


def _import(name: str, value: Any) -> str:
    """What gives a name of a trace its value."""
    if isinstance(value, ModuleType):
        return f"import {value.__name__} as {name}" if name != value.__name__ else f"import {name}"
    if isinstance(value, float):
        return f"{name} = float('{value}')"
    if isinstance(value, type) or callable(value):
        return f"from {value.__module__} import {value.__qualname__} as {name}"
    return f"{name} = {value!r}"


def _holders(target: str, made: set[str]) -> list[str]:
    """Modules without a forward that hold others, as far as they are not made yet."""
    lines = []
    parts = target.split(".")
    for length in range(1, len(parts)):
        path = ".".join(parts[:length])
        if path not in made:
            made.add(path)
            lines.append(f"        {_reached(parts[: length - 1])}.add_module({parts[length - 1]!r}, nn.Module())")
    return lines


def _reached(parts: Sequence[str]) -> str:
    text = "self"
    for part in parts:
        text = f"{text}.{part}" if part.isidentifier() else f"getattr({text}, {part!r})"
    return text


def _made(node: Any, module: Any) -> str:
    """The line that makes a layer or a tensor of the module."""
    *above, name = node.target.split(".")
    owner = _reached(above)
    if node.op == "call_module":
        layer = module.get_submodule(node.target)
        if "\n" in repr(layer) or not hasattr(torch.nn, type(layer).__name__):
            raise ValueError(f"{node.target} cannot be written")
        return f"{owner}.add_module({name!r}, nn.{layer!r})"
    tensor = module.get_submodule(".".join(above)).__getattr__(name)
    zeros = f"torch.zeros({tuple(tensor.shape)})"
    if isinstance(tensor, torch.nn.Parameter):
        return f"{owner}.register_parameter({name!r}, nn.Parameter({zeros}))"
    return f"{owner}.register_buffer({name!r}, {zeros})"


def _places(graph: Any, text: str, built: Mapping[int, str], module: Any) -> dict[int, ModelPlace]:
    """By the lines of the written source: where that stands in the user's files."""
    nodes = {node.name: node for node in graph.nodes}
    places: dict[int, ModelPlace] = {}
    for statement in ast.walk(ast.parse(text)):
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            node = nodes.pop(statement.targets[0].id, None)
            place = node and place_of_node(node)
            if place is not None:
                places[statement.lineno] = place
    for line, path in built.items():
        place = place_of_module(module, path)
        if place is not None:
            places[line] = place
    return places


def place_of_module(module: Any, path: str) -> ModelPlace | None:
    """Where a part of a module is made: `self.name = ...` in the class of what holds it, or of what holds that."""
    parts = path.split(".")
    while parts:
        name = parts.pop()
        owner = module.get_submodule(".".join(parts))
        value = _assigned(type(owner), name)
        if value is not None:
            file, first, node, lines = value
            line = first + node.lineno - 1
            end = node.end_col_offset if node.end_lineno == node.lineno else None
            shown = lines[node.lineno - 1]
            return ModelPlace(
                file=file,
                line=line,
                column=node.col_offset + 1,
                end_line=line if end else None,
                end_column=end + 1 if end else None,
                text=shown[node.col_offset : end].rstrip(),
                module=path,
            )
    return None


def _assigned(kind: type, name: str) -> tuple[str, int, ast.expr, list[str]] | None:
    """What a class gives an attribute of itself: the file, the class' first line, the expression, the class' lines."""
    if kind.__module__.startswith("torch."):
        return None
    try:
        lines, first = inspect.getsourcelines(kind)
        file = inspect.getsourcefile(kind) or ""
    except (TypeError, OSError):
        return None
    wrapped = ["if True:\n", *lines] if lines[0].startswith((" ", "\t")) else lines
    shift = len(wrapped) - len(lines)
    for node in ast.walk(ast.parse("".join(wrapped))):
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        if isinstance(node, ast.Assign) and isinstance(target, ast.Attribute) and target.attr == name:
            return file, first - shift, node.value, wrapped
    return None


def _without_text(report: NetworkReport, places: Mapping[int, ModelPlace]) -> None:
    """Takes away what speaks of the text of the trace, which nobody has: its changes, and its lines."""

    def told(text: str) -> str:
        return IN_LINE.sub(lambda match: _line(places.get(int(match[1])), match[0]), text)

    for diagnostic in every(report.diagnostics):
        diagnostic.message = told(diagnostic.message)
        diagnostic.help = diagnostic.help and told(diagnostic.help)
        for fix in diagnostic.fixes:
            fix.diff, fix.title = None, told(fix.title)
    for repair in report.repairs or []:
        repair.diff, repair.title = None, told(repair.title)


def _line(place: ModelPlace | None, otherwise: str) -> str:
    return f"line {place.line} of {place.file}" if place else otherwise
