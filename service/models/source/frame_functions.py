"""Builtin functions that look at the frame they are called in."""

from service.models.source.frames import Frame
from service.models.source.host import NotKnownError, RaisedError, Unknown, Value
from service.models.source.values import MISSING, Class, FrameNative, Instance, Namespace, Super


def _super(frame: Frame, *arguments: Value) -> Value:
    if arguments:
        owner, receiver = arguments[0], arguments[1] if len(arguments) > 1 else frame.receiver
    else:
        owner, receiver = frame.owner, frame.receiver
    if isinstance(owner, Class) and isinstance(receiver, Instance | Class):
        return Super(owner, receiver)
    if isinstance(owner, Unknown) or isinstance(receiver, Unknown):
        raise NotKnownError("`super()` of a class that is not known")
    raise RaisedError("RuntimeError", "super(): no arguments")


def _locals(frame: Frame) -> dict[str, Value]:
    return dict(frame.names)


def _globals(frame: Frame) -> dict[str, Value]:
    while frame.outer is not None:
        frame = frame.outer
    return frame.names


def _variables(frame: Frame, value: Value = MISSING) -> Value:
    if value is MISSING:
        return dict(frame.names)
    if isinstance(value, Instance):
        return value.attributes
    if isinstance(value, Namespace):
        return dict(value.names)
    raise NotKnownError("`vars` of this value is not known")


def _directory(frame: Frame, value: Value = MISSING) -> Value:
    if isinstance(value, Instance):
        names = set(value.attributes)
        for kind in value.cls.mro:
            names |= set(kind.names) if isinstance(kind, Class) else set()
        return sorted(names)
    raise NotKnownError("`dir` of this value is not known")


OF_FRAMES: dict[str, FrameNative] = {
    "super": FrameNative("super", _super),
    "locals": FrameNative("locals", _locals),
    "globals": FrameNative("globals", _globals),
    "vars": FrameNative("vars", _variables),
    "dir": FrameNative("dir", _directory),
}
"""Functions that look at the frame they are called in."""
