"""What `forward` is given: tensors of the posted shapes, or of those that the source tries its model with."""

import ast
from collections.abc import Mapping
from typing import TYPE_CHECKING

from service.core.geometry.shapes import Shape
from service.models.reading import TextPlace, UnreadableModelError
from service.models.source.classes import find
from service.models.source.host import Value
from service.models.source.values import Function, Instance

if TYPE_CHECKING:
    from service.models.source.machine import Machine

_MAKERS = frozenset(("randn", "rand", "zeros", "ones", "empty", "randint"))
"""What makes the tensors that models are tried with."""


def make_inputs(machine: "Machine", model: Value) -> list[Value]:
    """The arguments of `forward`, in order.

    Raises:
        UnreadableModelError: A shape is missing, or one is given for what is no input.
    """
    names, required, places = _parameters(machine, model)
    given = machine.model.shapes_of(names)
    if "input" in given and "input" not in names and names:
        given = {names[0]: given.pop("input"), **given}
    for name in given:
        if name not in names:
            known = ", ".join(f"`{word}`" for word in names)
            raise UnreadableModelError(f"the model has no input `{name}`", f"its inputs are {known}", member=None)
    if not given:
        given = _tried_shapes(machine, names)
    missing = [name for name in required if name not in given]
    if missing:
        words = ", ".join(f"`{name}`" for name in missing)
        one = len(names) == 1 or names[:1] == missing
        help_text = "post `input_shape`, such as [1, 3, 224, 224]" if one else f"post `input_shapes` with {words}"
        raise UnreadableModelError(f"the shape of {words} is not known", help_text, place=places.get(missing[0]))
    single = len(given) == 1
    values: list[Value] = []
    for name in names:
        if name not in given:
            break
        tensor = machine.recorder.input("input" if single else name, given[name], place=places.get(name))
        values.append(machine.library.input(tensor, machine))
    return values


def _parameters(machine: "Machine", model: Value) -> tuple[list[str], list[str], dict[str, TextPlace]]:
    """The parameters of `forward`, those without a default, and where they stand."""
    forward = find(model.cls, "forward") if isinstance(model, Instance) else None
    if not isinstance(forward, Function):
        return ["input"], ["input"], {}
    signature = forward.signature
    names = signature.positional[1:]
    required = names[: len(names) - len(forward.defaults)] if forward.defaults else list(names)
    unit = forward.closure.unit
    arguments = forward.node.args
    nodes = [*arguments.posonlyargs, *arguments.args, *([arguments.vararg] if arguments.vararg else [])]
    places = {node.arg: unit.place(node) for node in nodes} if unit.posted else {}
    if not names and signature.rest is not None:
        names = list(machine.model.input_shapes) or [signature.rest]
        return names, names, places
    return names, required or names[:1], places


def _tried_shapes(machine: "Machine", names: list[str]) -> dict[str, Shape]:
    """The shapes of the tensors that the source itself gives a model, where they stand there as numbers."""
    for unit in machine.units.values():
        if not unit.posted:
            continue
        for body in _places_of_trial(unit.tree):
            found = _shapes_in(body)
            if found:
                return dict(zip(names, found, strict=False))
    return {}


def _places_of_trial(tree: ast.Module) -> list[list[ast.stmt]]:
    """The statements of `if __name__ == "__main__"`, of functions named `main` or `test`, and of the file itself."""
    mains = [node.body for node in tree.body if isinstance(node, ast.If) and "__name__" in ast.dump(node.test)]
    tests = [
        node.body
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and (node.name == "main" or node.name.startswith("test"))
    ]
    plain: list[ast.stmt] = [node for node in tree.body if isinstance(node, ast.Expr | ast.Assign)]
    return [*mains, *tests, plain]


def _shapes_in(body: list[ast.stmt]) -> list[Shape]:
    """The shapes of the tensors of the first call that is given some."""
    numbers: dict[str, int] = {}
    shapes: dict[str, Shape] = {}
    for statement in body:
        for node in _in_order(statement):
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                name = node.targets[0].id
                if isinstance(node.value, ast.Constant) and isinstance(node.value.value, int):
                    numbers[name] = node.value.value
                shape = _shape_of(node.value, numbers, shapes)
                if shape is not None:
                    shapes[name] = shape
            elif isinstance(node, ast.Call) and not _makes_tensor(node):
                given = [_shape_of(argument, numbers, shapes) for argument in node.args]
                if given and all(shape is not None for shape in given):
                    return [shape for shape in given if shape is not None]
    return []


def _in_order(statement: ast.stmt) -> list[ast.Assign | ast.Call]:
    """Assignments before the calls that use them, as they stand."""
    nodes = [node for node in ast.walk(statement) if isinstance(node, ast.Assign | ast.Call)]
    return sorted(nodes, key=lambda node: (node.lineno, isinstance(node, ast.Call)))


def _makes_tensor(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and node.func.attr in _MAKERS


def _shape_of(node: ast.expr, numbers: Mapping[str, int], shapes: Mapping[str, Shape]) -> Shape | None:
    """The shape of `torch.randn(1, 3, 224, 224)` or of a name for it; None for anything else."""
    if isinstance(node, ast.Name):
        return shapes.get(node.id)
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not _makes_tensor(node):
        node = node.func.value
    if not (isinstance(node, ast.Call) and _makes_tensor(node)):
        return None
    sizes: list[ast.expr] = list(node.args)
    sequences = [size for size in sizes if isinstance(size, ast.Tuple | ast.List)]
    if sequences:
        sizes = sequences[0].elts
    elif isinstance(node.func, ast.Attribute) and node.func.attr == "randint":
        return None
    found = [_integer(size, numbers) for size in sizes]
    return tuple(found) if found and all(size is not None and size > 0 for size in found) else None


def _integer(node: ast.expr, numbers: Mapping[str, int]) -> int | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return int(node.value)
    return numbers.get(node.id) if isinstance(node, ast.Name) else None
