"""A Keras model run once: the shapes of what each layer made, by the path of the layer and the number of its call."""

import base64
import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from math import prod
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

BATCH = 2


class Run:
    """The shapes that layers gave in one run."""

    def __init__(self, keras: Any) -> None:
        self.keras = keras
        self.shapes: dict[str, list[list[int]]] = {}
        self._path: list[str] = []
        self._models: list[Any] = []
        """The models that are running, each inside the one before; a Sequential one has another of its own inside."""
        self._calls: Counter[str] = Counter()
        self._is_inside = False

    @contextmanager
    def recording(self, top: Any) -> Iterator[None]:
        """Within, what is called is noted."""
        kinds = [self.keras.layers.Layer, *([self.keras.Operation] if hasattr(self.keras, "Operation") else [])]
        self._models = [top]
        with ExitStack() as patches:
            for kind in kinds:
                patches.enter_context(mock.patch.object(kind, "__call__", self._noting(kind.__call__)))
            yield

    def _noting(self, called: Callable[..., Any]) -> Callable[..., Any]:
        def call(layer: Any, *args: Any, **kwargs: Any) -> Any:
            if self._is_inside or isinstance(layer, self.keras.layers.InputLayer):
                return called(layer, *args, **kwargs)
            if isinstance(layer, self.keras.Model):
                is_known = any(layer in (model, getattr(model, "_functional", None)) for model in self._models)
                self._models.append(layer)
                self._path.append("" if is_known else f"{layer.name}/")
                result = called(layer, *args, **kwargs)
                self._models.pop()
                self._path.pop()
                return result
            self._is_inside = True
            result = called(layer, *args, **kwargs)
            self._is_inside = False
            self._note("".join(self._path) + layer.name, result)
            return result

        return call

    def _note(self, name: str, result: Any) -> None:
        self._calls[name] += 1
        count = self._calls[name]
        shapes = [list(tensor.shape) for tensor in flattened(result)]
        self.shapes[name if count == 1 else f"{name}#{count}"] = shapes


def flattened(result: Any) -> Iterator[Any]:
    """The tensors in a result; entries of a dictionary by their keys."""
    if isinstance(result, dict):
        for key in sorted(result):
            yield from flattened(result[key])
    elif isinstance(result, list | tuple):
        for entry in result:
            yield from flattened(entry)
    else:
        yield result


def recorded(keras: Any, model: Any, zeros: Callable[[list[int]], Any]) -> Iterator[dict[str, Any]]:
    """The model as JSON and as a `.keras` file without its weights, each with what a run gave."""
    inputs = {tensor.name.partition(":")[0]: [BATCH, *tensor.shape[1:]] for tensor in model.inputs}
    run = Run(keras)
    with run.recording(model):
        model([zeros(shape) for shape in inputs.values()])
    facts = {
        "inputs": inputs if len(inputs) > 1 else {"input": next(iter(inputs.values()))},
        "shapes": run.shapes,
        "parameters": sum(prod(weight.shape) for weight in model.trainable_weights),
        "buffers": sum(prod(weight.shape) for weight in model.non_trainable_weights),
    }
    yield {"form": "json", "text": model.to_json(), **facts}
    yield {"form": "config", "text": _configuration(keras, model), **facts}
    yield {"form": "keras", "data": base64.b64encode(_without_weights(model)).decode(), **facts}


def _configuration(keras: Any, model: Any) -> str:
    """`get_config()` as JSON, with the objects in it as Keras saves them."""
    saved = json.loads(model.to_json())
    return json.dumps(saved["config"])


def _without_weights(model: Any) -> bytes:
    """The file that the model is saved to, packed again without the weights, which are not read."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        packed = io.BytesIO()
        with zipfile.ZipFile(path) as saved, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as written:
            for name in ("metadata.json", "config.json"):
                written.writestr(zipfile.ZipInfo(name), saved.read(name), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
