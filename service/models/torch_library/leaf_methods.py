"""What every module can be asked: `eval`, `apply`, `parameters` and the like."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from service.models.source.host import NotKnownError, Run, Value
from service.models.torch_library.tensors import TensorHost

if TYPE_CHECKING:
    from service.models.torch_library.leaves import Leaf

Method = Callable[["Leaf", Sequence[Value], Mapping[str, Value], Run], Value]


def itself(leaf: "Leaf", *_: object) -> Value:
    """The module, which stays as it is."""
    return leaf


def nothing(leaf: "Leaf", *_: object) -> Value:
    """None."""
    return None


def apply(leaf: "Leaf", arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
    """A function that is called with every module."""
    run.call(arguments[0] if arguments else keywords["fn"], [leaf], {})
    return leaf


def parameters(leaf: "Leaf", *_: object) -> Value:
    """Its parameters."""
    return [value for value in leaf.weights().values() if value.is_parameter]


def named_parameters(leaf: "Leaf", *_: object) -> Value:
    """Its parameters with their names."""
    return [(name, value) for name, value in leaf.weights().items() if value.is_parameter]


def buffers(leaf: "Leaf", *_: object) -> Value:
    """What it keeps and does not train."""
    return [value for value in leaf.weights().values() if not value.is_parameter]


def named_buffers(leaf: "Leaf", *_: object) -> Value:
    """What it keeps and does not train, with its names."""
    return [(name, value) for name, value in leaf.weights().items() if not value.is_parameter]


def modules(leaf: "Leaf", *_: object) -> Value:
    """Itself alone."""
    return [leaf]


def named_modules(leaf: "Leaf", *_: object) -> Value:
    """Itself alone, without a name."""
    return [("", leaf)]


def none_inside(leaf: "Leaf", *_: object) -> Value:
    """There is no module inside."""
    return []


def state(leaf: "Leaf", *_: object) -> Value:
    """All weights by name."""
    return dict(leaf.weights())


def keep(leaf: "Leaf", arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
    """`register_buffer(name, value)`"""
    given = [*arguments, *keywords.values()]
    if len(given) < 2 or not isinstance(given[0], str):
        raise NotKnownError("what is registered is not known")
    if isinstance(given[1], TensorHost) and given[1].owner is None:
        given[1].owner = (leaf, str(given[0]))
    leaf.assign(str(given[0]), given[1], run)
    return None


METHODS: Mapping[str, Method] = {
    **dict.fromkeys(("eval", "train", "to", "cuda", "cpu", "float", "half", "double", "bfloat16", "requires_grad_",
                     "share_memory", "type", "to_empty", "xpu"), itself),
    **dict.fromkeys(("reset_parameters", "_reset_parameters", "extra_repr", "register_forward_hook", "zero_grad",
                     "register_forward_pre_hook", "register_full_backward_hook", "load_state_dict", "_init_weights",
                     "flatten_parameters", "register_load_state_dict_pre_hook", "_register_load_state_dict_pre_hook",
                     "register_load_state_dict_post_hook", "reset_running_stats", "compile"), nothing),
    "apply": apply, "parameters": parameters, "named_parameters": named_parameters, "buffers": buffers,
    "named_buffers": named_buffers, "modules": modules, "named_modules": named_modules, "children": none_inside,
    "named_children": none_inside, "state_dict": state, "register_buffer": keep, "register_parameter": keep,
}  # fmt: skip
