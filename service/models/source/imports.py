"""Imports: posted files by path, the standard library as far as models use it, and the library's modules."""

import ast
from collections.abc import Mapping
from typing import TYPE_CHECKING

from service.models.source.blocks import run_block
from service.models.source.frames import Frame
from service.models.source.host import Host, NotKnownError, Prelude, RaisedError, Unknown, Value
from service.models.source.parsing import Unit, parsed
from service.models.source.standard import STANDARD
from service.models.source.values import MISSING, Namespace

if TYPE_CHECKING:
    from service.models.source.machine import Machine


def module_names(files: Mapping[str, str]) -> dict[str, str]:
    """The path of each posted file by its dotted name; `a/b/__init__.py` is `a.b`."""
    names: dict[str, str] = {}
    for path in files:
        parts = [part for part in path.removesuffix(".py").replace("\\", "/").split("/") if part not in ("", ".")]
        if parts and parts[-1] == "__init__":
            parts.pop()
        names.setdefault(".".join(parts), path)
    return names


def import_module(machine: "Machine", name: str, *, whole: bool) -> Value:
    """`import a.b.c` gives `a`; where `whole`, as in `import a.b.c as d`, it gives `a.b.c`."""
    found = module_named(machine, name)
    if whole or "." not in name:
        return found
    return module_named(machine, name.split(".")[0])


def import_from(machine: "Machine", node: ast.ImportFrom, frame: Frame) -> dict[str, Value]:
    """The values that `from ... import ...` gives names to."""
    name = _absolute(node, frame)
    module = module_named(machine, name)
    values: dict[str, Value] = {}
    for alias in node.names:
        if alias.name == "*":
            values.update(_everything(machine, module))
        else:
            values[alias.asname or alias.name] = _one(machine, module, name, alias.name)
    return values


def _absolute(node: ast.ImportFrom, frame: Frame) -> str:
    if not node.level:
        return node.module or ""
    parts = frame.unit.package.split(".") if frame.unit.package else []
    kept = parts[: len(parts) - (node.level - 1)] if node.level > 1 else parts
    return ".".join([*kept, *((node.module,) if node.module else ())])


def _everything(machine: "Machine", module: Value) -> dict[str, Value]:
    if isinstance(module, Host):
        try:
            return {name: machine.attribute(module, name) for name in module.public_names()}
        except NotKnownError:
            machine.not_understood("what `import *` brings is not known")
            return {}
    if not isinstance(module, Namespace):
        machine.not_understood("what `import *` brings is not known")
        return {}
    public = module.names.get("__all__")
    names = [name for name in module.names if not name.startswith("_")]
    if isinstance(public, list | tuple):
        names = [str(name) for name in public if name in module.names]
    return {name: module.names[name] for name in names}


def _one(machine: "Machine", module: Value, module_name: str, name: str) -> Value:
    """One name of a module, or the module of that name inside a package."""
    reason = f"`{module_name}.{name}` is not known"
    if isinstance(module, Unknown):
        return Unknown(reason=reason, place=machine.place)
    inner = f"{module_name}.{name}" if module_name else name
    if isinstance(module, Namespace):
        if name in module.names:
            return module.names[name]
        found = _find(machine, inner)
        if found is not None:
            return found
    if isinstance(module, Host):
        return _of_host(machine, module, f"{module_name}.{name}")
    with machine.catching("AttributeError"):
        try:
            return machine.attribute(module, name)
        except NotKnownError as error:
            return Unknown(reason=str(error) or reason, place=machine.place)
        except RaisedError:
            found = _find(machine, inner)
    if found is not None:
        return found
    if isinstance(module, Namespace) and module.lazy is None and module_name not in STANDARD:
        raise RaisedError("ImportError", f"cannot import name '{name}' from '{module_name}'")
    return Unknown(reason=reason, place=machine.place)


def _of_host(machine: "Machine", module: Host, full_name: str) -> Value:
    """One name of a module of the library, or the module of that name inside it.

    Raises:
        RaisedError: The library says that there is no such name.
    """
    module_name, _, name = full_name.rpartition(".")
    try:
        return machine.attribute(module, name)
    except NotKnownError as error:
        found = _find(machine, full_name)
        return Unknown(reason=str(error), place=machine.place) if found is None else found
    except RaisedError:
        raise RaisedError("ImportError", f"cannot import name '{name}' from '{module_name}'") from None


def module_named(machine: "Machine", name: str) -> Value:
    """The module of a dotted name: unknown where it is neither posted nor known."""
    found = _find(machine, name)
    if found is not None:
        return found
    posted = any(known.split(".")[0] == name.split(".")[0] for known in machine.posted_modules if known)
    there = "is not among the posted files" if posted else "is not known"
    return Unknown(reason=f"`{name}` {there}", place=machine.place)


def _find(machine: "Machine", name: str) -> Value | None:
    if name in machine.modules:
        return machine.modules[name]
    if name in machine.posted_modules:
        return run_posted(machine, name)
    if any(known.startswith(name + ".") for known in machine.posted_modules) or name == "":
        return _package(machine, name)
    if name in STANDARD:
        made = Namespace(name, dict(STANDARD[name]), partly_known=True)
        if name == "sys":
            made.lazy = lambda inner: dict(machine.modules) if inner == "modules" else MISSING
        machine.modules[name] = made
        return made
    found = machine.library.module(name)
    if isinstance(found, Prelude):
        return run_prelude(machine, found)
    if found is not None:
        machine.modules[name] = found
    return found


def _package(machine: "Machine", name: str) -> Namespace:
    """A package without a file of its own."""
    made = Namespace(name, {})
    made.lazy = lambda inner: _inside(machine, name, inner)
    machine.modules[name] = made
    return made


def _inside(machine: "Machine", package: str, name: str) -> Value:
    found = _find(machine, f"{package}.{name}" if package else name)
    return MISSING if found is None else found


def run_posted(machine: "Machine", name: str) -> Namespace:
    """Run a posted file, once."""
    path = machine.posted_modules[name]
    is_package = path.replace("\\", "/").endswith("__init__.py")
    unit = parsed(
        machine.model.files[path],
        path or None,
        machine.limits,
        module=name or "__main__",
        package=name if is_package else name.rpartition(".")[0],
    )
    return _run(machine, name, unit, is_package=is_package)


def run_prelude(machine: "Machine", prelude: Prelude) -> Namespace:
    """Run library source, once."""
    known = machine.modules.get(prelude.module)
    if isinstance(known, Namespace):
        return known
    unit = parsed(
        prelude.text,
        prelude.file,
        machine.limits,
        posted=False,
        module=prelude.module,
        package=prelude.module.rpartition(".")[0],
    )
    return _run(machine, prelude.module, unit, is_package=False)


def _run(machine: "Machine", name: str, unit: Unit, *, is_package: bool) -> Namespace:
    names: dict[str, Value] = {"__name__": unit.module, "__file__": unit.file or "", "__doc__": None}
    frame = Frame(machine, unit, names if unit.posted else names | machine.given.get(name, {}), None)
    made = Namespace(name, frame.names)
    if is_package:
        made.lazy = lambda inner: _inside(machine, name, inner)
    machine.modules[name] = made
    machine.units[name] = unit
    outer, machine.frame = machine.frame, frame if unit.posted else machine.frame
    machine.enter()
    try:
        with machine.importing():
            run_block(unit.tree.body, frame)
    finally:
        machine.depth -= 1
        machine.frame = outer
    parent, _, last = name.rpartition(".")
    holder = machine.modules.get(parent)
    if parent and isinstance(holder, Namespace):
        holder.names.setdefault(last, made)
    return made
