"""`torch.nn.utils`: what computes the weight of a module in another way, and what changes nothing."""

from collections.abc import Mapping, Sequence

from service.models.source.host import Run, Value
from service.models.torch_library.hosts import Answer, Function, Harmless, Namespace
from service.models.torch_library.leaves import Leaf

WRAPPERS: Mapping[str, str | None] = {
    "weight_norm": "torch.nn.utils.parametrizations.weight_norm",
    "spectral_norm": "torch.nn.utils.parametrizations.spectral_norm",
    "remove_weight_norm": None,
    "remove_spectral_norm": None,
}
"""The functions that take a module, and the layer that then holds it."""


def _wrapping(wrapper: str | None) -> Answer:
    def answer(arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
        module = arguments[0] if arguments else keywords.get("module")
        if isinstance(module, Leaf):
            module.wrapper = wrapper
        return module

    return answer


FUNCTIONS: Mapping[str, Function] = {name: Function(f"torch.nn.utils.{name}", _wrapping(kind))
                                     for name, kind in WRAPPERS.items()}  # fmt: skip


def utilities(name: str) -> Namespace:
    """`torch.nn.utils`, or one of the modules in it."""
    inside = ("parametrizations", "parametrize", "rnn", "fusion", "prune")
    return Namespace(name, FUNCTIONS, lambda found, run: utilities(f"{name}.{found}") if found in inside else
                     Harmless(f"{name}.{found}"))  # fmt: skip
