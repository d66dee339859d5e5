"""Functions that no layer says, and the shape of what they return: told as another function, or declared."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from service.core.geometry.shapes import Shape, Size
from service.models.source.host import Run, Unknown, Value
from service.models.torch_library.calls import Arguments, is_layer, opaque, tensors_in
from service.models.torch_library.computing import computed_values
from service.models.torch_library.tensors import TensorHost

TOLD_AS: Mapping[str, str] = {
    "fmax": "torch.maximum", "fmin": "torch.minimum", "float_power": "torch.pow", "isclose": "torch.eq",
    "logaddexp2": "torch.logaddexp", "polar": "torch.mul", "complex": "torch.add", "arctan2": "torch.atan2",
    "arcsinh": "torch.asinh", "arccosh": "torch.acosh", "arctanh": "torch.atanh", "heaviside": "torch.maximum",
    "unsafe_chunk": "torch.chunk", "unsafe_split": "torch.split", "ldexp": "torch.mul", "gcd": "torch.remainder",
    "conj": "torch.positive", "conj_physical": "torch.positive", "angle": "torch.abs", "signbit": "torch.isnan",
    "isneginf": "torch.isinf", "isposinf": "torch.isinf", "i0": "torch.exp", "kthvalue": "torch.max",
    "native_channel_shuffle": "F.channel_shuffle", "divide": "torch.div", "true_divide": "torch.div",
    "subtract": "torch.sub", "multiply": "torch.mul", "greater": "torch.gt", "greater_equal": "torch.ge",
    "less": "torch.lt", "less_equal": "torch.le", "not_equal": "torch.ne", "imag": "torch.positive",
    "real": "torch.positive", "pairwise_distance": "F.cosine_similarity", "resolve_neg": "torch.positive",
}  # fmt: skip
"""Functions whose result has the shape of that of another one with the same arguments."""
DROPPED: Mapping[str, frozenset[str]] = {
    "kthvalue": frozenset({"k"}), "isclose": frozenset({"rtol", "atol", "equal_nan"}),
    "pairwise_distance": frozenset({"p", "eps", "keepdim"}),
    **dict.fromkeys(("batch_norm", "instance_norm", "group_norm"), frozenset({"cudnn_enabled"})),
    "layer_norm": frozenset({"cudnn_enable"}),
    **dict.fromkeys(("alpha_dropout", "feature_alpha_dropout"), frozenset({"train"})),
}  # fmt: skip
"""Arguments of functions that layers do not have: those of the other one, and switches that change no shape."""


def _sizes(value: Value) -> list[Size]:
    listed = value if isinstance(value, list | tuple) else [value]
    return [int(size) if isinstance(size, int) else None for size in listed]


def _shape(arguments: Arguments) -> Shape | None:
    first = next(iter(arguments.values()), None)
    return first.shape if isinstance(first, TensorHost) else None


def same(arguments: Arguments) -> Shape | None:
    """The shape of the first argument."""
    return _shape(arguments)


def second(arguments: Arguments) -> Shape | None:
    """The shape of the second argument."""
    return _shape(dict(list(arguments.items())[1:]))


def flat(arguments: Arguments) -> Shape | None:
    """One axis, of unknown size."""
    return (None,)


def with_halves(arguments: Arguments) -> Shape | None:
    """A real transform: the last axis keeps `n // 2 + 1` frequencies."""
    shape = _transformed(arguments)
    axis = _last_axis(arguments)
    if shape is None or axis is None or not -len(shape) <= axis < len(shape):
        return None
    size = shape[axis]
    return _with(shape, axis, None if size is None else size // 2 + 1)


def from_halves(arguments: Arguments) -> Shape | None:
    """The inverse of a real transform: the last axis has the size asked for, or `2 * (n - 1)`."""
    shape, axis = _shape(arguments), _last_axis(arguments)
    if shape is None or axis is None or not -len(shape) <= axis < len(shape):
        return None
    wanted = arguments.get("n", arguments.get("s"))
    if wanted is not None:
        return _transformed(arguments)
    size = shape[axis]
    return _with(shape, axis, None if size is None else 2 * (size - 1))


def _last_axis(arguments: Arguments) -> int | None:
    dim = arguments.get("dim", -1)
    last = dim[-1] if isinstance(dim, list | tuple) and dim else dim
    return last if isinstance(last, int) else None


def _transformed(arguments: Arguments) -> Shape | None:
    """The shape with the sizes that a transform is asked for."""
    shape, wanted = _shape(arguments), arguments.get("n", arguments.get("s"))
    if shape is None or wanted is None:
        return shape
    sizes, dim = _sizes(wanted), arguments.get("dim")
    axes = list(dim) if isinstance(dim, list | tuple) else [dim] if isinstance(dim, int) else None
    axes = list(range(-len(sizes), 0)) if axes is None else axes
    for axis, size in zip(axes, sizes, strict=False):
        if isinstance(axis, int) and -len(shape) <= axis < len(shape):
            shape = _with(shape, axis, size)
    return shape


def _with(shape: Shape, axis: int, size: Size) -> Shape:
    axis %= len(shape)
    return (*shape[:axis], size, *shape[axis + 1 :])


def distances(arguments: Arguments) -> Shape | None:
    """`[..., P, M]` and `[..., R, M]` give `[..., P, R]`."""
    first, second = (value.shape if isinstance(value, TensorHost) else None for value in list(arguments.values())[:2])
    return (*first[:-1], second[-2]) if first and second and len(second) > 1 else None


def less_one(arguments: Arguments) -> Shape | None:
    """Differences of neighbours: one fewer along the axis."""
    shape, axis = _shape(arguments), arguments.get("dim", -1)
    if not shape or not isinstance(axis, int) or not -len(shape) <= axis < len(shape):
        return None
    size = shape[axis]
    return _with(shape, axis, None if size is None else max(size - 1, 0))


def complex_view(arguments: Arguments) -> Shape | None:
    """The last axis, of two, becomes a number."""
    shape = _shape(arguments)
    return shape[:-1] if shape else None


def real_view(arguments: Arguments) -> Shape | None:
    """A number becomes an axis of two."""
    shape = _shape(arguments)
    return None if shape is None else (*shape, 2)


def diagonals(arguments: Arguments) -> Shape | None:
    """The last two axes as the shorter of them, where no other axes are named."""
    shape = _shape(arguments)
    plain = len(arguments) == 1 and shape is not None and len(shape) == 2 and None not in shape
    return (min(size or 0 for size in shape),) if plain and shape is not None else None


def scalar(arguments: Arguments) -> Shape | None:
    """A number."""
    return ()


DECLARED: Mapping[str, Callable[[Arguments], Shape | None]] = {
    **dict.fromkeys(
        ("scatter", "scatter_add", "scatter_reduce", "index_add", "index_copy", "index_fill", "index_put", "renorm",
         "masked_scatter", "put", "bucketize", "gumbel_softmax", "cumulative_trapezoid", "inverse", "pinverse",
         "matrix_exp", "cholesky", "index_reduce", "slice_scatter", "select_scatter", "diagonal_scatter",
         "fake_quantize_per_tensor_affine", "isin", "fft", "ifft", "fft2", "ifft2", "fftn", "ifftn", "fftshift",
         "ifftshift", "hfft", "poisson"), same),
    **dict.fromkeys(("masked_select", "unique", "unique_consecutive"), flat),
    **dict.fromkeys(("rfft", "rfft2", "rfftn"), with_halves),
    **dict.fromkeys(("irfft", "irfft2", "irfftn"), from_halves),
    **dict.fromkeys(("dist", "det", "trace", "logdet", "mse_loss", "l1_loss", "cross_entropy", "kl_div",
                     "binary_cross_entropy", "binary_cross_entropy_with_logits", "smooth_l1_loss", "nll_loss",
                     "huber_loss", "ctc_loss"), scalar),
    "cdist": distances, "diff": less_one, "view_as_complex": complex_view, "view_as_real": real_view,
    "diagonal": diagonals, "diag": diagonals, "searchsorted": second,
}  # fmt: skip
"""The shape of what a function returns, from its arguments by name."""


def declared(run: Run, short: str, arguments: Arguments, taken: Sequence[TensorHost]) -> TensorHost | None:
    """A tensor of the shape that a function returns; None where that is not known here.

    What depends on constants only is a constant; otherwise it is a layer that declares what comes out.
    """
    shape_of = DECLARED.get(short.rstrip("_"))
    if shape_of is None or any(isinstance(value, Unknown) for value in arguments.values()):
        return None
    shape = shape_of(arguments)
    if all(tensor.is_constant(run) for tensor in taken):
        return TensorHost(shape)
    usable = shape is not None and all(size is None or size > 0 for size in shape)
    parameters: dict[str, Any] = {"output_shape": list(shape)} if usable and shape is not None else {}
    name = f"{run.module_path}.{short}".strip(".")
    inputs = [tensor.tensor(run) for tensor in taken]
    return TensorHost.of(run.recorder.layer("opaque", parameters, inputs, name=name, place=run.place)[0], run)


def layer_name(name: str) -> str | None:
    """The name under which a function is a layer: its own, or that of the same function elsewhere."""
    short = name.rpartition(".")[2]
    for plain in (short, short.removesuffix("_")):
        candidates = (f"torch.{plain}", f"F.{plain}", f"Tensor.{plain}", TOLD_AS.get(plain, ""))
        found = next((candidate for candidate in (name, *candidates) if is_layer(candidate)), None)
        if found is not None:
            return found
    return None


def without_layer(run: Run, name: str, bound: Arguments) -> Value:
    """What a function returns that is no layer: computed, declared, or unknown."""
    short = name.rpartition(".")[2]
    values = computed_values(short, bound, run)
    if values is not None:
        return values[0] if len(values) == 1 else values
    taken = [found for found in tensors_in(list(bound.values())) if isinstance(found, TensorHost)]
    made = declared(run, short, bound, taken) if taken else None
    return opaque(run, name, list(bound.values())) if made is None else made
