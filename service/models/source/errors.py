"""Exceptions of the program: their classes, and how they are caught by name."""

from typing import TYPE_CHECKING

from service.models.source.host import NotKnownError, RaisedError, Unknown, Value
from service.models.source.values import Class, Instance

if TYPE_CHECKING:
    from service.models.source.machine import Machine

_BASES: dict[str, str] = {
    "BaseException": "",
    "Exception": "BaseException",
    **dict.fromkeys(("SystemExit", "KeyboardInterrupt", "GeneratorExit"), "BaseException"),
    **dict.fromkeys(
        (
            *("ArithmeticError", "AssertionError", "AttributeError", "EOFError", "ImportError", "LookupError"),
            *("MemoryError", "NameError", "OSError", "RuntimeError", "StopIteration", "SyntaxError", "TypeError"),
            *("ValueError", "Warning", "BufferError", "ReferenceError"),
        ),
        "Exception",
    ),
    **dict.fromkeys(("ZeroDivisionError", "OverflowError", "FloatingPointError"), "ArithmeticError"),
    **dict.fromkeys(("IndexError", "KeyError"), "LookupError"),
    **dict.fromkeys(("NotImplementedError", "RecursionError"), "RuntimeError"),
    **dict.fromkeys(("FileNotFoundError", "PermissionError", "TimeoutError", "ConnectionError"), "OSError"),
    **dict.fromkeys(("UserWarning", "DeprecationWarning", "FutureWarning", "RuntimeWarning"), "Warning"),
    **dict.fromkeys(("UnicodeError",), "ValueError"),
    "ModuleNotFoundError": "ImportError",
    "UnboundLocalError": "NameError",
    "EnvironmentError": "OSError",
    "IOError": "OSError",
}
"""Of each builtin exception the one that it inherits from."""


class ProgramError(RaisedError):
    """An exception that the program itself raises, with its instance."""

    def __init__(self, instance: Instance, message: str) -> None:
        super().__init__(instance.cls.name, message)
        self.instance = instance


def exception_classes() -> dict[str, Class]:
    """The builtin exceptions by name, anew for each reading: a program can set attributes of them."""
    made: dict[str, Class] = {}
    for name, base in _BASES.items():
        bases = (made[base],) if base else ()
        cls = Class(name, bases, {}, "builtins")
        cls.mro = (cls, *(bases[0].mro if bases else ()))
        cls.is_exception = True
        made[name] = cls
    return made


def error_of(machine: "Machine", raised: Value) -> RaisedError:
    """What `raise value` raises."""
    if isinstance(raised, Class) and raised.is_exception:
        raised = machine.call(raised, [], {})
    if isinstance(raised, Instance) and raised.cls.is_exception:
        try:
            message = machine.text_of(raised)
        except NotKnownError:
            message = ""
        return ProgramError(raised, message)
    if isinstance(raised, Unknown) or (isinstance(raised, Instance | Class) and _partly_unknown(raised)):
        return RaisedError("Exception", "an exception that is not known")
    return RaisedError("TypeError", "exceptions must derive from BaseException")


def _partly_unknown(value: Instance | Class) -> bool:
    return value.partly_unknown or (isinstance(value, Instance) and value.cls.partly_unknown)


def exception_of(machine: "Machine", error: RaisedError) -> Instance:
    """The value that `except ... as name` gives."""
    if isinstance(error, ProgramError):
        return error.instance
    found = machine.builtins.get(error.type_name)
    made = Instance(found if isinstance(found, Class) else machine.builtins["Exception"])
    made.attributes["args"] = (str(error),)
    return made


def is_error(error: RaisedError, names: tuple[str, ...]) -> bool:
    """Whether an exception is of one of these classes."""
    if isinstance(error, ProgramError):
        return any(kind.name in names for kind in error.instance.cls.mro if isinstance(kind, Class))
    name = error.type_name if error.type_name in _BASES else "Exception"
    if error.type_name in names:
        return True
    while name:
        if name in names:
            return True
        name = _BASES[name]
    return False
