"""The modules of Keras and TensorFlow that posted source can import, by name."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache

from service.models.keras_library import applications
from service.models.keras_library.functions import (
    Foreign,
    activation,
    function_of_keras,
    function_of_tensorflow,
    nothing,
    of_shape,
)
from service.models.keras_library.inputs import INPUT
from service.models.keras_library.inside import INSIDE
from service.models.keras_library.layers import LayerClass
from service.models.keras_library.nodes import Output
from service.models.keras_library.preludes import APPLICATIONS, MODELS
from service.models.keras_library.signatures import full_name, names_of, signature
from service.models.keras_library.tensors import TENSOR, SymbolicTensor
from service.models.recorder import Tensor
from service.models.source.host import Host, Prelude, Run, Value
from service.models.source.library_hosts import Function, Namespace
from service.models.source.wrong_names import missing, similar

ROOTS = ("keras", "tf_keras", "tensorflow.keras", "tensorflow.python.keras", "tensorflow.compat.v1.keras")
"""The packages that are Keras."""
FUNCTIONAL_FORMS = ("add", "average", "concatenate", "dot", "maximum", "minimum", "multiply", "subtract")
"""Functions of `keras.layers` that make a layer and call it."""
OF_MODELS = ("Model", "Sequential", "Functional")
VERSION = "3.15.1"
MODULES = frozenset({
    "activations", "applications", "backend", "callbacks", "config", "constraints", "datasets", "distribution",
    "dtype_policies", "engine", "estimator", "experimental", "export", "initializers", "layers", "legacy", "losses",
    "metrics", "mixed_precision", "models", "ops", "optimizers", "preprocessing", "quantizers", "random",
    "regularizers", "saving", "tree", "utils", "visualization", "wrappers",
})  # fmt: skip
"""Modules of Keras that hold more names than are told here."""


@cache
def layer_class(name: str) -> LayerClass | None:
    """A class of `keras.layers`; None where there is none of that name."""
    full = full_name(name)
    known = signature(f"layers.{full}")
    return None if known is None else LayerClass(full, known)


def _layers(name: str, run: Run) -> Value:
    """A name of `keras.layers`."""
    found = _layer_named(name, run)
    if found is None and name in ("experimental", "preprocessing"):
        return NAMESPACES["layers"]
    if found is None:
        known = (*names_of("layers."), "Input", *FUNCTIONAL_FORMS)
        return missing("keras.layers", name, similar(name, known, run), lambda meant: _layer_named(meant, run), run)
    return found


def _layer_named(name: str, run: Run) -> Value:
    if name == "Layer":
        return run.prelude(MODELS, "Layer")
    if name == "Input":
        return INPUT
    if name in FUNCTIONAL_FORMS:
        return _functional_form(name)
    return layer_class(name)


def _functional_form(name: str) -> Function:
    """`concatenate([a, b])`: the layer `Concatenate`, made and called."""

    def answer(arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
        kind = layer_class(name.capitalize())
        inputs = arguments[0] if arguments else keywords.get("inputs")
        given = {word: value for word, value in keywords.items() if word != "inputs"}
        return run.call(run.call(kind, arguments[1:], given), [inputs], {})

    return Function(f"keras.layers.{name}", answer)


def _models(name: str, run: Run) -> Value:
    return run.prelude(MODELS, name) if name in OF_MODELS else Foreign(f"keras.models.{name}")


def _keras(name: str, run: Run) -> Value:
    """A name of `keras`."""
    if name in OF_MODELS or name == "Layer":
        return run.prelude(MODELS, name)
    if name == "Input":
        return INPUT
    inner = LIBRARY.module(f"keras.{name}")
    return inner if inner is not None else Foreign(f"keras.{name}")


def _ops(name: str, run: Run) -> Value:
    """A name of `keras.ops`."""
    if name in ("image", "nn", "numpy", "linalg", "math"):
        return NAMESPACES["ops.image"] if name == "image" else NAMESPACES["ops"]
    if name in ("zeros", "ones", "full", "empty"):
        return of_shape(f"keras.ops.{name}")
    known = names_of("ops.")
    if function := function_of_keras(name):
        return function
    if likely := similar(name, known, run):
        return missing("keras.ops", name, likely, function_of_keras, run)
    return Foreign(f"keras.ops.{name}")


def _image_ops(name: str, run: Run) -> Value:
    return function_of_keras(f"image.{name}") or Foreign(f"keras.ops.image.{name}")


def _activations(name: str, run: Run) -> Value:
    if name in ("get", "deserialize"):
        return Function(name, lambda arguments, keywords, run: arguments[0])
    known = names_of("activations.")
    if name in known:
        return activation(name)
    return missing("keras.activations", name, similar(name, known, run), activation, run)


def _applications(module: str, models: tuple[str, ...]) -> Callable[[str, Run], Value]:
    """The names of `keras.applications`, or of a module in it."""

    def find(name: str, run: Run) -> Value:
        if name in models:
            return applications.model_named(name)
        inner = NAMESPACES.get(f"{module}.{name}") or applications.of_any(module, name)
        return inner or missing(f"keras.{module}", name, similar(name, models, run), applications.model_named, run)

    return find


def _backend(name: str, run: Run) -> Value:
    """A name of `keras.backend`, as older programs use it."""
    if name == "int_shape":
        return Function(name, lambda arguments, keywords, run: run.attribute(arguments[0], "shape"))
    if name == "image_data_format":
        return Function(name, lambda arguments, keywords, run: "channels_last")
    if name in ("is_keras_tensor",):
        return Function(name, lambda arguments, keywords, run: isinstance(arguments[0], SymbolicTensor))
    return function_of_keras(name) or Foreign(f"keras.backend.{name}")


def _tensorflow(name: str, run: Run) -> Value:
    """A name of `tensorflow`."""
    inner = LIBRARY.module(f"tensorflow.{name}")
    if inner is not None:
        return inner
    if name in ("zeros", "ones", "fill"):
        return of_shape(f"tf.{name}")
    if name in ("Tensor", "RaggedTensor", "SparseTensor"):
        return TENSOR
    if name == "print":
        return nothing("tf.print")
    return function_of_tensorflow(name) or Foreign(f"tf.{name}")


def _inside_tensorflow(module: str) -> Callable[[str, Run], Value]:
    def find(name: str, run: Run) -> Value:
        return function_of_tensorflow(f"{module}.{name}") or Foreign(f"tf.{module}.{name}")

    return find


def _random(name: str, run: Run) -> Value:
    """A name of `tf.random` or `keras.random`: tensors that models are tried with."""
    return (
        of_shape(f"random.{name}") if name in ("normal", "uniform", "truncated_normal") else Foreign(f"random.{name}")
    )


NAMESPACES: Mapping[str, Namespace] = {
    "": Namespace("keras", {"__version__": VERSION}, _keras, (*OF_MODELS, "Input", "Layer", "layers", "models", "ops")),
    "_inside": INSIDE,
    "layers": Namespace("keras.layers", {}, _layers, (*names_of("layers."), "Layer", "Input", *FUNCTIONAL_FORMS)),
    "models": Namespace("keras.models", {}, _models, OF_MODELS),
    "ops": Namespace("keras.ops", {}, _ops),
    "ops.image": Namespace("keras.ops.image", {}, _image_ops),
    "activations": Namespace("keras.activations", {}, _activations),
    "applications": Namespace("keras.applications", {}, _applications("applications", applications.MODELS)),
    **{
        f"applications.{name}": Namespace(
            f"keras.applications.{name}", {}, _applications(f"applications.{name}", models)
        )
        for name, models in applications.MODULES.items()
    },
    "backend": Namespace("keras.backend", {}, _backend),
    "random": Namespace("keras.random", {}, _random),
}
"""The modules of Keras, by their names behind `keras.`."""
ALIASES: Mapping[str, str] = {
    "engine.training": "models", "engine.sequential": "models", "engine.base_layer": "layers", "engine": "models",
    "layers.core": "layers", "layers.convolutional": "layers", "layers.pooling": "layers", "layers.merge": "layers",
    "layers.normalization": "layers", "layers.recurrent": "layers", "layers.embeddings": "layers",
    "layers.experimental.preprocessing": "layers", "layers.experimental": "layers", "layers.preprocessing": "layers",
    "layers.advanced_activations": "layers", "models.functional": "models", "ops.nn": "ops", "ops.numpy": "ops",
}  # fmt: skip
"""Modules of older versions, and those inside, that are told by another."""
OF_TENSORFLOW: Mapping[str, Namespace] = {
    "tensorflow": Namespace("tensorflow", {"__version__": "2.21.0", "newaxis": None}, _tensorflow),
    "tensorflow.random": Namespace("tensorflow.random", {}, _random),
    **{f"tensorflow.{name}": Namespace(f"tensorflow.{name}", {}, _inside_tensorflow(name))
       for name in ("nn", "math", "linalg", "image")},
}  # fmt: skip


class KerasLibrary:
    """Keras and TensorFlow as posted source sees them."""

    def module(self, name: str) -> Host | Prelude | None:
        """The module of a dotted name; None where there is none."""
        for root in ROOTS:
            if name == root or name.startswith(f"{root}."):
                return _module_of_keras(name.removeprefix(root).removeprefix("."))
        if name in OF_TENSORFLOW:
            return OF_TENSORFLOW[name]
        return Foreign(name) if name.startswith("tensorflow.") and name.count(".") == 1 and _is_module(name) else None

    def input(self, tensor: Tensor, run: Run) -> Value:
        """The value that stands for an input of the network."""
        return SymbolicTensor(Output(shape=tensor.shape, node=None, dtype=tensor.dtype, name=tensor.name))


def _is_module(name: str) -> bool:
    return name.rpartition(".")[2] in ("data", "io", "train", "losses", "summary", "distribute", "config", "compat")


def _module_of_keras(name: str) -> Host | Prelude | None:
    """A module of Keras by its name behind `keras.`."""
    if name == "_applications":
        return APPLICATIONS
    inside = name.removeprefix("src.").removeprefix("api.").removeprefix("_tf_keras.keras.")
    inside = "" if inside in ("src", "api") else inside
    found = NAMESPACES.get(inside) or NAMESPACES.get(ALIASES.get(inside, ""))
    if inside in ALIASES or inside in NAMESPACES:
        return found
    first = inside.partition(".")[0]
    if first in ("layers", "applications") and "." in inside:
        return NAMESPACES[first]
    return Foreign(f"keras.{inside}") if first in MODULES else None


LIBRARY = KerasLibrary()
