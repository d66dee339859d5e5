"""The modules of PyTorch that posted source can import, by name."""

from collections.abc import Callable, Mapping
from functools import cache, lru_cache

from service.models.recorder import Tensor
from service.models.source.host import Host, Prelude, Run, Value
from service.models.source.preludes import MODULES
from service.models.source.wrong_names import missing, similar
from service.models.torch_library import einops, made, shapeless
from service.models.torch_library.dtypes import FORMATS, NAMES, token_of
from service.models.torch_library.functions import function
from service.models.torch_library.hosts import Function, Harmless, Namespace, TypeOf, same
from service.models.torch_library.leaves import FAMILIES, LeafClass
from service.models.torch_library.preludes import LAYERS, RELATIVE, prelude_of
from service.models.torch_library.preludes import NAMES as WRITTEN
from service.models.torch_library.reparametrised import utilities
from service.models.torch_library.signatures import Signature, names_of, read_signature, recorded_names, signature
from service.models.torch_library.tensors import TENSOR, TensorHost

MOST_FUNCTIONS = 4096
"""Names of functions whose values are cached. Chosen: more than PyTorch has."""
CONTAINERS = frozenset({"Module", "Sequential", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict"})
"""Names of `torch.nn` that the interpreter has as source."""
ALIASES: Mapping[str, str] = {
    "torch.functional": "torch", "torch.nn.modules": "torch.nn", "torch.nn.parameter": "torch.nn",
    "torch.nn.modules.utils": "torch.nn.modules.utils", "torch.utils.checkpoint": "torch.utils.checkpoint",
    "torch.nn.quantized": "torch.nn", "torch.nn.attention": "torch.nn",
}  # fmt: skip
"""Modules that are told by another one."""
TUPLES: Mapping[str, int] = {"_single": 1, "_pair": 2, "_triple": 3, "_quadruple": 4}


@cache
def leaf_class(name: str) -> LeafClass | None:
    """A class of `torch.nn`; None where there is none of that name."""
    if name in FAMILIES:
        return LeafClass(name, Signature(name, rest="arguments"))
    known = signature(f"nn.{name}")
    return None if known is None else LeafClass(name, known)


@lru_cache(maxsize=MOST_FUNCTIONS)
def _function(name: str) -> Function | None:
    return function(name)


TENSOR.make = made.TYPES["Tensor"]
TYPES: Mapping[str, TypeOf] = {
    "Tensor": TENSOR,
    **{name: TypeOf(f"torch.{name}", answer) for name, answer in made.TYPES.items() if name != "Tensor"},
}
TOKENS: Mapping[str, Value] = {name: token_of(name) for name in NAMES}
KINDS: Mapping[str, TypeOf] = {"dtype": TypeOf("torch.dtype"), "memory_format": TypeOf("torch.memory_format"),
                               "layout": TypeOf("torch.layout")}  # fmt: skip
MADE: Mapping[str, Function] = {name: Function(f"torch.{name}", answer) for name, answer in made.FUNCTIONS.items()}
SETTINGS: Mapping[str, Function] = {name: Function(f"torch.{name}", answer) for name, answer in shapeless.TORCH.items()}
TORCH: Mapping[str, Value] = {**MADE, **SETTINGS, **TOKENS, **FORMATS, **KINDS, **TYPES, **shapeless.CONSTANTS,
                              "device": TypeOf("torch.device", shapeless.device)}  # fmt: skip


def _torch(name: str, run: Run) -> Value:
    """A name of `torch` that is not in the table."""
    inside = LIBRARY.module(f"torch.{name}")
    if inside is not None:
        return inside
    if name in shapeless.CONTEXTS:
        return Harmless(f"torch.{name}")
    return _function(f"torch.{name}") or _unless_wrong("torch", "torch.", name, _torch, run)


def _unless_wrong(module: str, prefix: str, name: str, find: Callable[[str, Run], Value], run: Run) -> Value:
    """None for a name that PyTorch has, or may have in another version; one that is written like another is told."""
    if name in names_of(module):
        return None
    likely = similar(name, _known_names(module, prefix), run)
    return missing(module, name, likely, lambda meant: find(meant, run), run) if likely else None


@cache
def _known_names(module: str, prefix: str) -> tuple[str, ...]:
    """The names of a module that can be meant: those whose arguments are known."""
    found = (*recorded_names(prefix), *CONTAINERS)
    return tuple(name for name in found if "." not in name and name in names_of(module))


NN: Mapping[str, Value] = {"Parameter": shapeless.PARAMETER, "Buffer": Function("nn.Buffer", shapeless.buffer),
                           "UninitializedParameter": shapeless.PARAMETER}  # fmt: skip


def _nn(name: str, run: Run) -> Value:
    """A name of `torch.nn`."""
    if name in CONTAINERS:
        return run.prelude(MODULES, name)
    written = prelude_of("torch.nn", name)
    if written is not None:
        return run.prelude(written, name)
    return leaf_class(name) or LIBRARY.module(f"torch.nn.{name}") or _unless_wrong("torch.nn", "nn.", name, _nn, run)


def _functional(name: str, run: Run) -> Value:
    """A name of `torch.nn.functional`."""
    return _function(f"F.{name}") or _unless_wrong("torch.nn.functional", "F.", name, _functional, run)


def _functions_of(prefix: str) -> Callable[[str, Run], Value]:
    return lambda name, run: _function(f"{prefix}.{name}")


def _tuples() -> dict[str, Value]:
    """`_pair` and its like: one value as many."""

    def repeated(count: int) -> Function:
        return Function(
            "_ntuple",
            lambda arguments, keywords, run: (
                tuple(arguments[0]) if isinstance(arguments[0], list | tuple) else (arguments[0],) * count
            ),
        )

    ntuple = Function("_ntuple", lambda arguments, keywords, run: repeated(int(arguments[0])))
    return {**{name: repeated(count) for name, count in TUPLES.items()}, "_ntuple": ntuple}


NAMESPACES: Mapping[str, Namespace] = {
    **shapeless.modules(),
    **einops.NAMESPACES,
    "torch": Namespace("torch", TORCH, _torch),
    "torch.nn": Namespace("torch.nn", NN, _nn),
    "torch.nn.functional": Namespace("torch.nn.functional", {}, _functional),
    "torch.nn.init": shapeless.initialisers(),
    "torch.nn.utils": utilities("torch.nn.utils"),
    "torch.nn.modules.utils": Namespace("torch.nn.modules.utils", _tuples()),
    "torch.linalg": Namespace("torch.linalg", {}, _functions_of("torch.linalg")),
    "torch.special": Namespace("torch.special", {}, _functions_of("torch.special")),
    "torch.fft": Namespace("torch.fft", {}, _functions_of("torch.fft")),
    "torch.nn.attention": Namespace("torch.nn.attention", {}, lambda name, run: Harmless(f"torch.nn.attention.{name}")),
}
"""Every module of PyTorch that is known, by its full name."""


class TorchLibrary:
    """PyTorch, torchvision, timm and einops as posted source sees them."""

    def module(self, name: str) -> Host | Prelude | None:
        """The module of a dotted name; None where there is none."""
        found = NAMESPACES.get(name) or NAMESPACES.get(ALIASES.get(name, ""))
        if found is not None:
            return found
        if name.startswith("torch.nn.modules."):
            return NAMESPACES["torch.nn"]
        if name.startswith("torch.nn.utils."):
            return utilities(name)
        if name.startswith(
            (
                "torchvision.datasets",
                "torchvision.io",
                "torch.nn.parallel",
                "torch.ao",
                "torch.quantization",
                "torch.distributed.",
            )
        ):
            return shapeless.harmless(name)
        name = RELATIVE.get(name, name)
        return _written(name) if name in WRITTEN or name in LAYERS else None

    def input(self, tensor: Tensor, run: Run) -> Value:
        """The value that stands for an input of the network."""
        return TensorHost.of(tensor, run)


@cache
def _layer(module: str, name: str) -> LeafClass | None:
    """A layer of torchvision or timm; None where the module has none of that name."""
    text = LAYERS.get(module, {}).get(name)
    return None if text is None else LeafClass(name, read_signature(name, text))


OF_IMAGES = ("torchvision.transforms", "lightning", "pytorch_lightning")
"""Modules of which what is not told here prepares images or trains, and is no part of a model."""


def _written(name: str) -> Namespace:
    """A module of which our own source tells the names."""

    def find(wanted: str, run: Run) -> Value:
        if wanted.endswith("_Weights"):
            return Harmless(f"{name}.{wanted}")
        written = prelude_of(name, wanted)
        if written is not None:
            return run.prelude(written, wanted)
        inside = LIBRARY.module(f"{name}.{wanted}")
        return Harmless(f"{name}.{wanted}") if inside is None and name.startswith(OF_IMAGES) else inside

    layers = {wanted: _layer("torchvision.ops" if wanted in LAYERS["torchvision.ops"] else "timm.layers", wanted)
              for wanted in LAYERS.get(name, {})}  # fmt: skip
    return Namespace(name, {**layers, **FUNCTIONS_OF.get(name, {})}, find)


DEPTH = Function("torchvision.ops.stochastic_depth", same)
FUNCTIONS_OF: Mapping[str, Mapping[str, Value]] = {
    module: {"stochastic_depth": DEPTH} for module in ("torchvision.ops", "torchvision.ops.stochastic_depth")
}
"""Functions of torchvision that leave a tensor as it is."""


LIBRARY = TorchLibrary()
