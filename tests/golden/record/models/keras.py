"""Models of Keras: all of keras.applications, run once; each layer says its class and all of its configuration.

The batch of a shape is written as null, as Keras has it. A model within the model is said as its layers.
"""

import inspect
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from math import prod
from typing import Any
from unittest import mock

import keras
from keras import applications

PACKAGES = "keras==3.15.1 tensorflow-cpu==2.21.0"
BATCH = 2
SIZE = (224, 224, 3)
Layer = dict[str, Any]


def names() -> list[str]:
    """The models that are recorded."""
    return sorted(name for name in dir(applications) if name[0].isupper())


def versions() -> dict[str, str]:
    """What was run."""
    return {"framework": "keras", "keras": keras.__version__, "backend": keras.backend.backend()}


def record(name: str) -> dict[str, Any]:
    """A model as a network, with what was measured while it ran."""
    keras.utils.clear_session()
    model = _built(name)
    trace = Trace()
    [shape] = [list(tensor.shape) for tensor in model.inputs]
    images = keras.ops.zeros((BATCH, *shape[1:]))
    trace.refer(images, "input")
    with trace.recording():
        output = model(images, training=False)
    body = {"framework": "keras", "input_shape": shape, "layers": trace.layers}
    if trace.reference(output) != trace.layers[-1]["name"]:
        raise AssertionError(f"the last layer of {name} is not its output")
    none = {"parameters": 0, "buffers": 0}
    totals = {"parameters": _count(model.trainable_weights), "buffers": _count(model.non_trainable_weights)}
    return {"body": body, "figures": trace.figures, "totals": totals, "unused": none, "repeated": none}


def _built(name: str) -> keras.Model:
    """A model that has not been trained, at the input size that it has by itself, or else at `SIZE`."""
    model = getattr(applications, name)(weights=None)
    return getattr(applications, name)(weights=None, input_shape=SIZE) if None in model.input_shape[1:] else model


class Trace:
    """The layers of one run: what each is, what it gave, and what it keeps."""

    def __init__(self) -> None:
        self.layers: list[Layer] = []
        self.figures: list[tuple[list[list[int | None]], int, int]] = []
        self._references: dict[int, tuple[Any, str]] = {}
        self._is_inside = False

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Within, layers and operations that are called are said."""
        with ExitStack() as patches:
            for kind in (keras.layers.Layer, keras.Operation):
                patches.enter_context(mock.patch.object(kind, "__call__", self._saying(kind.__call__)))
            yield

    def _saying(self, called: Callable[..., Any]) -> Callable[..., Any]:
        def call(layer: keras.Operation, *args: Any, **kwargs: Any) -> Any:
            if self._is_inside or isinstance(layer, keras.Model | keras.layers.InputLayer):
                return called(layer, *args, **kwargs)
            self._is_inside = True
            result = called(layer, *args, **kwargs)
            self._is_inside = False
            self._add(layer, args, result)
            return result

        return call

    def reference(self, tensor: Any) -> str:
        """The layer that a tensor comes from."""
        return self._references[id(tensor)][1]

    def refer(self, tensor: Any, name: str) -> None:
        """From now on, the tensor comes from this layer. It is kept, so that no other gets its identity."""
        self._references[id(tensor)] = tensor, name

    def _add(self, layer: keras.Operation, args: Any, result: Any) -> None:
        before = self.layers[-1]["name"] if self.layers else "input"
        inputs = [self.reference(entry) for entry in keras.tree.flatten(args) if keras.ops.is_tensor(entry)]
        self.layers.append({**_said(layer, args), **({"inputs": inputs} if inputs != [before] else {})})
        weights = [getattr(layer, f"{kind}_weights", []) for kind in ("trainable", "non_trainable")]
        self.figures.append(([[None, *result.shape[1:]]], *map(_count, weights)))
        self.refer(result, layer.name)


def _said(layer: keras.Operation, args: Any) -> Layer:
    """A layer by its class and configuration; an operation by its function and the numbers among its arguments.

    Raises:
        AssertionError: where an operation is none of the functions of `keras.ops`.
    """
    if isinstance(layer, keras.layers.Layer):
        return {"type": type(layer).__name__, **_as_json(layer.get_config())}
    function = type(layer).__name__.lower()
    if not callable(getattr(keras.ops, function, None)):
        raise AssertionError(f"there is no function keras.ops.{function}")
    arguments = inspect.signature(layer.call).bind(*args).arguments
    numbers = {name: value for name, value in arguments.items() if isinstance(value, int | float)}
    return {"type": f"keras.ops.{function}", "name": layer.name, **numbers}


def _count(weights: list[Any]) -> int:
    """How many numbers the weights have."""
    return sum(prod(weight.shape) for weight in weights)


def _as_json(value: Any) -> Any:
    """A configuration as JSON: tuples as lists."""
    if isinstance(value, dict):
        return {name: _as_json(entry) for name, entry in value.items()}
    return [_as_json(entry) for entry in value] if isinstance(value, list | tuple) else value
