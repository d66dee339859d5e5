"""The modules of `torch.nn` that are layers."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from service.models.reading import Place
from service.models.source.host import Host, NotKnownError, RaisedError, Run, Unknown, Value
from service.models.source.wrong_words import likely_words, unexpected, with_known_words
from service.models.torch_library.calls import is_layer, opaque, recorded, unknown_tensor
from service.models.torch_library.hosts import Function
from service.models.torch_library.leaf_methods import METHODS
from service.models.torch_library.results import returned
from service.models.torch_library.signatures import Signature, signature
from service.models.torch_library.tensors import TensorHost
from service.models.torch_library.weights import KEPT_PER_AXIS, PER_AXIS, WEIGHTS, Weights, per_axis

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "_BatchNorm": ("BatchNorm", "SyncBatchNorm"), "_ConvNd": ("Conv",), "_ConvTransposeNd": ("ConvTranspose",),
    "_InstanceNorm": ("InstanceNorm",), "_NormBase": ("BatchNorm", "SyncBatchNorm", "InstanceNorm"),
    "_DropoutNd": ("Dropout", "AlphaDropout"), "_MaxPoolNd": ("MaxPool",), "_AvgPoolNd": ("AvgPool",),
    "RNNBase": ("RNN", "GRU", "LSTM"), "_AdaptiveAvgPoolNd": ("AdaptiveAvgPool",),
    "_AdaptiveMaxPoolNd": ("AdaptiveMaxPool",), "_Loss": (),
}  # fmt: skip
"""Classes from which modules inherit, by how the names of those begin."""
SAME_AS: Mapping[str, tuple[str, ...]] = {
    "Linear": ("LazyLinear",),
}  # fmt: skip
"""For a class the others whose modules are of it too."""
TAKES_ANYTHING = frozenset({"Identity"})
"""Modules that forget what they are made with."""
MASKS = frozenset({"attn_mask", "key_padding_mask", "src_mask", "src_key_padding_mask", "tgt_mask", "memory_mask",
                   "tgt_key_padding_mask", "memory_key_padding_mask", "is_causal", "tgt_is_causal",
                   "memory_is_causal"})  # fmt: skip
"""Arguments of calls that change no shape."""
INPUT_ONLY = Signature("forward", ("input",))


class LeafClass(Host):
    """A class of `torch.nn` such as `Conv2d`."""

    type_name = "type"
    makes_modules = True

    def __init__(self, name: str, constructor: Signature) -> None:
        self.name = name
        self.constructor = constructor

    def attribute(self, name: str, run: Run) -> Value:
        """Its name, and its functions: `nn.Conv2d.forward(self, x)`."""
        if name in ("__name__", "__qualname__"):
            return self.name
        if name == "__module__":
            return "torch.nn.modules"
        full = f"nn.{self.name}.{name}"
        return Function(full, lambda arguments, keywords, run: _unbound(name, arguments, keywords, run))

    def call(self, arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
        """A new module."""
        if self.name in TAKES_ANYTHING:
            return Leaf(self, {})
        made = Leaf(self, self._checked(self.constructor.bind(arguments, keywords), run))
        made.made_at = run.place
        return made

    def _checked(self, bound: dict[str, Value], run: Run) -> dict[str, Value]:
        """Its arguments; one that it does not take is told."""
        if self.constructor.rest is not None:
            return bound
        return with_known_words(
            bound,
            self.constructor,
            run,
            likely=partial(likely_words, self.name, "pytorch", run),
            error=partial(unexpected, f"{self.name}.__init__"),
        )

    def is_subclass_of(self, kind: Host) -> bool:
        """Whether it is that class, or inherits from it."""
        if self is kind:
            return True
        if not isinstance(kind, LeafClass):
            return False
        prefixes = FAMILIES.get(kind.name, ())
        return self.name.startswith(prefixes) if prefixes else self.name in SAME_AS.get(kind.name, ())

    def operate(self, operator: str, other: Value, run: Run, *, reflected: bool) -> Value:
        """Whether two are the same; `Conv2d | None` is an annotation."""
        if operator in ("==", "!="):
            return (self is other) is (operator == "==")
        return self if operator == "|" else super().operate(operator, other, run, reflected=reflected)


def _unbound(name: str, arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
    if not arguments:
        raise RaisedError("TypeError", f"{name}() missing 1 required positional argument: 'self'")
    return run.call(run.attribute(arguments[0], name), arguments[1:], keywords)


class Leaf(Host):
    """A module that is one layer, with the arguments that it was made with."""

    is_module = True

    def __init__(self, leaf_class: LeafClass, arguments: dict[str, Value]) -> None:
        self.leaf_class = leaf_class
        self.type_name = leaf_class.name
        self.arguments = arguments
        self.values: dict[str, Value] = {}
        """Attributes that were set, and weights that were asked for."""
        self.wrapper: str | None = None
        """What computes its weight in another way: `torch.nn.utils.weight_norm`."""
        self.training = True
        self.made_at: Place | None = None
        """Where it is made in the posted text."""
        self._weights: Weights | None = None

    def given(self) -> dict[str, Value]:
        """Its arguments with the defaults."""
        return {**self.leaf_class.constructor.defaults, **self.arguments}

    def attribute(self, name: str, run: Run) -> Value:
        """An argument, a weight, or a method."""
        if name in self.values:
            return self.values[name]
        method = METHODS.get(name)
        if method is not None:
            return Function(name, lambda arguments, keywords, run: method(self, arguments, keywords, run))
        if name in ("forward", "__call__", "_conv_forward"):
            return Function(name, lambda arguments, keywords, run: self.call(arguments[:1], keywords, run))
        if name == "__class__":
            return self.leaf_class
        return self._told(name, run)

    def _told(self, name: str, run: Run) -> Value:
        weights = self.weights()
        if name in weights:
            return weights[name]
        given = self.given()
        if name in given and name != "bias":
            axes = PER_AXIS.get(self.type_name) if name in KEPT_PER_AXIS else None
            value = given[name]
            listed = axes is not None and isinstance(value, int)
            if self.type_name in ("LayerNorm", "RMSNorm") and name == "normalized_shape":
                return per_axis(value, 1)
            return per_axis(value, axes or 1) if listed else value
        if name in ("weight", "bias", "running_mean", "running_var", "num_batches_tracked", "bias_k", "bias_v"):
            return None
        if name == "training":
            return run.training and self.training
        if name == "out_proj" and self.type_name == "MultiheadAttention":
            return self.values.setdefault(name, self._projection(run))
        if name == "transposed":
            return self.type_name.startswith("ConvTranspose")
        if name == "head_dim" and self.type_name == "MultiheadAttention":
            return given["embed_dim"] // given["num_heads"]
        if name == "inplace":
            return False
        raise RaisedError("AttributeError", f"'{self.type_name}' object has no attribute '{name}'")

    def _projection(self, run: Run) -> Value:
        features = self.arguments.get("embed_dim")
        known = signature("nn.Linear")
        if known is None:
            raise NotKnownError("`out_proj` is not known")
        return Leaf(LeafClass("Linear", known), {"in_features": features, "out_features": features})

    def weights(self) -> dict[str, TensorHost]:
        """Its parameters and buffers by name."""
        if self._weights is None:
            known = WEIGHTS.get(self.type_name)
            self._weights = {} if known is None else known(self.given())
            for name, (kind, shape) in self._weights.items():
                self.values.setdefault(name, TensorHost(shape, kind=kind, owner=(self, name)))
        return {name: value for name in self._weights if isinstance(value := self.values[name], TensorHost)}

    def assign(self, name: str, value: Value, run: Run) -> None:
        """An argument that is changed later, or a value that is kept."""
        if name in self.leaf_class.constructor.positional and name not in ("weight", "bias"):
            self.arguments[name] = value
            for weight in self._weights or {}:
                self.values.pop(weight, None)
            self._weights = None
        elif name == "bias" and value is None:
            self.arguments[name] = False
        else:
            self.values[name] = value

    def call(self, arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
        """Write the layer down."""
        forward = signature(f"nn.{self.type_name}.forward") or INPUT_ONLY
        for name in keywords.keys() - {*forward.positional, *forward.named}:
            raise RaisedError("TypeError", f"{self.type_name}.forward() got an unexpected keyword argument '{name}'")
        bound = {name: value for name, value in forward.bind(arguments, keywords).items() if name not in MASKS}
        bound = {name: unknown_tensor(run) if isinstance(value, Unknown) else value for name, value in bound.items()}
        name = run.path_of(self) or f"{run.module_path}.{self.type_name.lower()}".strip(".")
        if not is_layer(self.type_name):
            return opaque(run, f"nn.{self.type_name}", list(bound.values()))
        called = {**bound, **self._said()}
        if self.wrapper is not None:
            parameters = {key: value for key, value in self._said().items() if value is not None}
            called = {**bound, "module": {"type": self.type_name, **parameters}}
            return recorded(run, self.wrapper, called, name=name, trained=True, owner=self, made_at=self.made_at)[0]
        return self._returned(called, name, run)

    def _said(self) -> dict[str, Value]:
        """Its arguments; where a flag is meant, numbers are true or false."""
        flags = {name for name, value in self.leaf_class.constructor.defaults.items() if isinstance(value, bool)}
        return {
            name: bool(value) if name in flags and isinstance(value, int) else value
            for name, value in self.arguments.items()
        }

    def _returned(self, called: Mapping[str, Value], name: str, run: Run) -> Value:
        arrange = RESULTS.get(self.type_name)
        if arrange is None:
            owner = self if self.weights() else None
            return returned(
                run, self.type_name, called, name=name, trained=owner is not None, owner=owner, made_at=self.made_at
            )
        expected, arranged = arrange
        made = recorded(
            run, self.type_name, called, name=name, outputs=expected, trained=True, owner=self, made_at=self.made_at
        )
        return arranged(made)

    def is_instance_of(self, kind: Host) -> bool:
        """Whether it is of that class."""
        return self.leaf_class.is_subclass_of(kind)

    def kind(self, run: Run) -> Value:
        """Its class."""
        return self.leaf_class

    def copy(self, run: Run) -> Host:
        """A module of its own, with weights of its own."""
        made = Leaf(self.leaf_class, dict(self.arguments))
        made.wrapper = self.wrapper
        made.made_at = self.made_at
        return made

    def children(self) -> Mapping[str, Value]:
        """Its weights."""
        return dict(self.weights())


Outputs = tuple[TensorHost, ...]
RESULTS: Mapping[str, tuple[int, Callable[[Outputs], Value]]] = {
    "LSTM": (3, lambda made: (made[0], (made[1], made[2]))),
    "GRU": (2, lambda made: (made[0], made[1])),
    "RNN": (2, lambda made: (made[0], made[1])),
    "LSTMCell": (2, lambda made: (made[0], made[1])),
    "MultiheadAttention": (1, lambda made: (made[0], made[1] if len(made) > 1 else None)),
}
"""How many tensors a module gives, and how its caller gets them."""
