"""How a call of a PyTorch function is said: its name, and its arguments by the names that they have there."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch.overrides import resolve_name

Call = tuple[tuple[Any, ...], dict[str, Any]]

OPERATORS = {
    "add": "add", "sub": "sub", "mul": "mul", "div": "truediv", "matmul": "matmul", "pow": "pow", "neg": "neg",
    "__getitem__": "getitem", "__setitem__": "setitem", "__floordiv__": "floordiv", "__mod__": "mod",
    "add_": "iadd", "sub_": "isub", "mul_": "imul", "div_": "itruediv",
}  # fmt: skip
"""Methods of a tensor that Python's operators call, as the operators are called in the module `operator`."""

POSITIONAL: dict[str, tuple[str, ...]] = {
    "flatten": ("start_dim", "end_dim"), "unflatten": ("dim", "sizes"), "transpose": ("dim0", "dim1"),
    "swapaxes": ("axis0", "axis1"), "swapdims": ("dim0", "dim1"), "squeeze": ("dim",), "unsqueeze": ("dim",),
    "chunk": ("chunks", "dim"), "split": ("split_size_or_sections", "dim"), "unbind": ("dim",),
    "tensor_split": ("indices_or_sections", "dim"), "narrow": ("dim", "start", "length"), "select": ("dim", "index"),
    "roll": ("shifts", "dims"), "flip": ("dims",), "rot90": ("k", "dims"), "movedim": ("source", "destination"),
    "mean": ("dim", "keepdim"), "sum": ("dim", "keepdim"), "max": ("dim", "keepdim"), "min": ("dim", "keepdim"),
    "amax": ("dim", "keepdim"), "amin": ("dim", "keepdim"), "var": ("dim", "correction", "keepdim"),
    "std": ("dim", "correction", "keepdim"), "argmax": ("dim", "keepdim"), "softmax": ("dim", "dtype"),
    "log_softmax": ("dim", "dtype"), "norm": ("p", "dim", "keepdim"), "cumsum": ("dim",),
    "clamp": ("min", "max"), "clamp_": ("min", "max"), "clip": ("min", "max"), "to": ("dtype",), "type": ("dtype",),
    "topk": ("k", "dim", "largest", "sorted"),
    "add": ("other",), "sub": ("other",), "mul": ("other",), "div": ("other",), "matmul": ("other",),
    "pow": ("exponent",), "__pow__": ("exponent",), "bmm": ("mat2",), "multiply": ("other",), "maximum": ("other",),
    "minimum": ("other",),
    "__rsub__": ("other",), "__rtruediv__": ("other",), "__rpow__": ("other",), "__getitem__": ("index",),
    "__setitem__": ("index", "value"), "add_": ("other",), "sub_": ("other",), "mul_": ("other",), "div_": ("other",),
    "__floordiv__": ("other",), "__mod__": ("other",), "__eq__": ("other",), "__ne__": ("other",), "ne": ("other",),
    "masked_fill": ("mask", "value"), "masked_fill_": ("mask", "value"),
    "gather": ("dim", "index"), "index_select": ("dim", "index"), "addmm": ("mat1", "mat2"),
    "baddbmm": ("batch1", "batch2"), "reshape_as": ("other",), "view_as": ("other",), "expand_as": ("other",),
    "type_as": ("other",), "linear": ("weight", "bias"), "outer": ("vec2",),
    "conv1d": ("weight", "bias", "stride", "padding", "dilation", "groups"),
    "conv2d": ("weight", "bias", "stride", "padding", "dilation", "groups"),
    "conv3d": ("weight", "bias", "stride", "padding", "dilation", "groups"),
    "avg_pool2d": ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override"),
    "avg_pool3d": ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override"),
    "max_pool2d": ("kernel_size", "stride", "padding", "dilation", "ceil_mode", "return_indices"),
    "adaptive_max_pool2d": ("output_size", "return_indices"),
    "scaled_dot_product_attention": ("key", "value", "attn_mask", "dropout_p", "is_causal"),
    "pixel_shuffle": ("upscale_factor",), "pixel_unshuffle": ("downscale_factor",), "channel_shuffle": ("groups",),
    "softplus": ("beta", "threshold"), "gelu": (), "hardtanh": ("min_val", "max_val"), "lerp": ("end", "weight"),
    "addcmul": ("tensor1", "tensor2"),
    "unfold": ("dimension", "size", "step"), "repeat_interleave": ("repeats", "dim"),
}  # fmt: skip
"""The names of a function's positional arguments behind the tensor it works on, where Python knows no signature."""

OF_SEVERAL: dict[str, tuple[str, ...]] = {
    "cat": ("tensors", "dim"), "concat": ("tensors", "dim"), "stack": ("tensors", "dim"),
    "where": ("condition", "input", "other"),
}  # fmt: skip
"""The names of all positional arguments of functions that work on several tensors."""

VARIADIC = {"permute": "dims", "view": "shape", "reshape": "shape", "expand": "sizes", "repeat": "sizes",
            "tile": "dims"}  # fmt: skip
"""Methods that take their numbers one by one or as one list, and what the list is called."""

NO_ARGUMENTS = {
    "contiguous", "relu", "relu_", "sigmoid", "sigmoid_", "tanh", "float", "exp", "log", "sqrt", "rsqrt", "square",
    "abs", "neg", "clone", "detach", "erf", "sin", "cos", "silu", "t", "reciprocal", "bool", "half", "zero_", "numpy",
}  # fmt: skip


def name_of(function: Callable[..., Any]) -> str:
    """The full name as PyTorch documents it, such as `torch.flatten`, `Tensor.permute`, `F.relu`, `operator.add`."""
    name = str(resolve_name(function) or function.__name__).replace("torch.functional.", "torch.")
    if name.endswith(".__get__"):
        name = name.removesuffix(".__get__")
    last = name.rpartition(".")[2]
    if name.startswith("torch.Tensor."):
        return f"operator.{OPERATORS[last]}" if last in OPERATORS else f"Tensor.{last}"
    return name.replace("torch.nn.functional.", "F.").replace("torch._C._nn.", "F.")


def arguments_of(function: Callable[..., Any], call: Call) -> dict[str, Any]:
    """The arguments of a call by name, in order; the tensor that a method works on is called `input`.

    Raises:
        ValueError: where a function without a signature is not in the tables, or has more arguments there.
    """
    args, kwargs = call
    last = str(resolve_name(function) or function.__name__).removesuffix(".__get__").rpartition(".")[2]
    if last == "einsum":
        return {"equation": args[0], "operands": args[1:]}
    if last in VARIADIC:
        rest = args[1] if len(args) == 2 and isinstance(args[1], list | tuple) else args[1:]
        return {"input": args[0], **({VARIADIC[last]: list(rest)} if rest else {}), **kwargs}
    if last in OF_SEVERAL or last in POSITIONAL or last in NO_ARGUMENTS:
        names = OF_SEVERAL.get(last) or ("input", *POSITIONAL.get(last, ()))
        if len(args) > len(names):
            raise ValueError(f"{last} has arguments without a name: {args[len(names) :]}")
        return {**dict(zip(names, args, strict=False)), **kwargs}
    bound = inspect.signature(function).bind(*args, **kwargs).arguments
    return {name: value for name, value in bound.items() if not name.startswith("_")}


def tensors_in(value: Any) -> Iterator[torch.Tensor]:
    """The tensors of nested lists, tuples and dictionaries, in order."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from tensors_in(entry)
    elif isinstance(value, dict):
        yield from tensors_in(list(value.values()))


def as_json(value: Any) -> Any:
    """A parameter's value as JSON: tuples as lists, a slice in Python's notation, a data type by its name."""
    if isinstance(value, bool | int | float | str) or value is None:
        return value
    if isinstance(value, list | tuple):
        return [as_json(entry) for entry in value]
    if isinstance(value, slice):
        start, stop, step = ("" if part is None else str(int(part)) for part in (value.start, value.stop, value.step))
        return f"{start}:{stop}" + (f":{step}" if step else "")
    if value is Ellipsis:
        return "..."
    return str(value)
