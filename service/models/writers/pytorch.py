"""PyTorch source: a module with its layers, and their calls in `forward`."""

from collections.abc import Sequence

from service.core.frameworks import FRAMEWORKS
from service.core.questions.equivalents.windows import lacks_layer
from service.models.writers.code import INDENT, Code, Names, call, literal
from service.models.writers.program import Call, Program
from service.models.writers.pytorch_layers import FUNCTIONS, MODULES, OF_BRANCHES, TENSORS
from service.models.writers.pytorch_weights import parts_of
from service.models.writers.target import Target
from service.models.writers.variables import CHAIN, goes_on_as_chain, variables

NAME = "Net"
OF_MODULES = (
    "T_destination", "add_module", "apply", "bfloat16", "buffers", "call_super_init", "children", "compile", "cpu",
    "cuda", "double", "dump_patches", "eval", "extra_repr", "float", "forward", "get_buffer", "get_extra_state",
    "get_parameter", "get_submodule", "half", "ipu", "load_state_dict", "modules", "mtia", "named_buffers",
    "named_children", "named_modules", "named_parameters", "parameters", "register_backward_hook",
    "register_buffer", "register_forward_hook", "register_forward_pre_hook", "register_full_backward_hook",
    "register_full_backward_pre_hook", "register_load_state_dict_post_hook", "register_load_state_dict_pre_hook",
    "register_module", "register_parameter", "register_state_dict_post_hook", "register_state_dict_pre_hook",
    "requires_grad_", "set_extra_state", "set_submodule", "share_memory", "state_dict", "to", "to_empty", "train",
    "training", "type", "xpu", "zero_grad",
)  # fmt: skip
"""Attributes that every module has."""
LOCAL = ("self", "torch", "nn", "F", NAME)


def _refuses(made: Call) -> str | None:
    """A layer that is no module, function or tensor here."""
    family = made.family
    known = family in MODULES or family in FUNCTIONS or family in TENSORS
    if not known or (family == "batch_norm" and made.axes not in (2, 3, 4, 5)):
        return lacks_layer(TARGET.framework, made.step["type"])
    return None


def _reads_as(made: Call) -> int:
    """An operator between several branches is as many layers, less one; an average also divides."""
    family = made.family
    if family == "average":
        return len(made.inputs)
    return max(len(made.inputs) - 1, 1) if family in OF_BRANCHES else 1


# --- the source -------------------------------------------------------------------------------------------------------


def _write(program: Program) -> str:
    """The module as source."""
    attributes, held = _attributes(program), Names([*LOCAL])
    alone = goes_on_as_chain(program)
    arguments = {name: CHAIN if alone else held.new("inputs" if name == "input" else name) for name in program.inputs}
    names = variables(program, arguments, LOCAL)
    made, forward = [], []
    for each in program.calls:
        family, taken = each.family, [names[tensor] for tensor in each.inputs]
        results = ", ".join(names[tensor] for tensor in each.outputs) + (
            "," * (each.step["type"] == "split" and len(each.outputs) == 1)
        )
        if each in attributes:
            attribute = f"self.{attributes[each]}"
            if each.owner is None:
                made += _made(each, family, attributes[each])
            code = Code(attribute) if family in TENSORS else call(attribute, *taken)
        else:
            code = FUNCTIONS[family](each, taken)
        forward += code.lines(f"{results} = ", 2)
    return _module_text(made, [*arguments.values()], forward, [names[tensor] for tensor in program.outputs])


def _made(each: Call, family: str, name: str) -> list[str]:
    """The lines that make what a call uses."""
    if family in TENSORS:
        return [f"{INDENT * 2}{TENSORS[family](name, literal(tuple(each.step['shape'])))}"]
    return MODULES[family](each).lines(f"self.{name} = ", 2)


def _attributes(program: Program) -> dict[Call, str]:
    """The attribute of each call that needs one; calls that share weights share it."""
    names, attributes = Names(OF_MODULES), dict[Call, str]()
    held = [each for each in program.calls if each.family in MODULES or each.family in TENSORS]
    main = {each.layer: each for each in reversed(held)}
    for each in held:
        if each.owner is not None:
            attributes[each] = attributes[each.owner]
        else:
            own = main[each.layer] is each
            attributes[each] = names.new(each.layer if own else f"{each.layer}_{each.family}")
    return attributes


def _module_text(made: Sequence[str], arguments: Sequence[str], forward: Sequence[str], outputs: Sequence[str]) -> str:
    text = "\n".join([*made, *forward])
    imports = [
        *(["import torch"] if "torch." in text.replace("self.torch.", "") else []),
        *(["import torch.nn.functional as F"] if "F." in text else []),
        "from torch import nn",
    ]
    init = [f"{INDENT}def __init__(self):", f"{INDENT * 2}super().__init__()", *made, ""] if made else []
    return "\n".join([
        *imports, "", "", f"class {NAME}(nn.Module):", *init,
        *Code(f"{INDENT}def forward", ["self", *arguments], ":").lines("", 0),
        *forward, f"{INDENT * 2}return {', '.join(outputs)}", "",
    ])  # fmt: skip


TARGET = Target(
    framework=FRAMEWORKS["pytorch"],
    format="pytorch",
    entry=NAME,
    write=_write,
    refuses=_refuses,
    reads_as=_reads_as,
    weights=parts_of,
    separator=".",
    family=lambda made: made.family,
    names=_attributes,
)
