"""Tensors that are made from sizes or numbers: constants."""

from collections.abc import Callable, Mapping, Sequence
from math import ceil, prod

import numpy as np

from service.models.source.host import NotKnownError, Run, Unknown, Value
from service.models.torch_library.dtypes import dtype_of
from service.models.torch_library.hosts import Answer
from service.models.torch_library.tensors import MOST_VALUES, TensorHost, Values, constant, literals_of_sizes, of_values

Keywords = Mapping[str, Value]
LARGEST = 2**53
"""Numbers from here on are not computed with. Chosen: below it, floats hold every integer."""


def _dtype(keywords: Keywords, default: str = "float32") -> str:
    return dtype_of(keywords.get("dtype")) or default


def sizes_of(arguments: Sequence[Value], keywords: Keywords) -> list[Value]:
    """The sizes of a new tensor: one by one, or as one list, or by name."""
    given = keywords.get("size", keywords.get("shape"))
    if given is None and len(arguments) == 1 and isinstance(arguments[0], list | tuple):
        given = arguments[0]
    sizes = list(arguments) if given is None else list(given) if isinstance(given, list | tuple) else [given]
    if not all(isinstance(entry, int | Unknown) for entry in sizes):
        return [entry if isinstance(entry, int) else _whole(entry) for entry in sizes]
    return sizes


def _whole(value: Value) -> Value:
    """A size that stands in a tensor of one element."""
    if isinstance(value, TensorHost):
        return Unknown("a size is not known") if value.data is None or value.data.size != 1 else int(value.data.item())
    return Unknown("a size is not known")


def _of_one_value(sizes: Sequence[Value], value: Value, dtype: str, run: Run) -> TensorHost:
    known = [size for size in sizes if isinstance(size, int)]
    if (
        len(known) == len(sizes)
        and isinstance(value, int | float)
        and abs(value) < LARGEST
        and prod(known) <= MOST_VALUES // 64
    ):
        run.spend(elements=prod(known))
        made = of_values(np.full(known, value), dtype)
        made.literals = literals_of_sizes(sizes)
        return made
    return constant(sizes, dtype=dtype)


def filling(value: Value) -> Answer:
    """`torch.zeros`, `torch.ones`: tensors of one value; None where it is random."""

    def answer(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
        return _of_one_value(sizes_of(arguments, keywords), value, _dtype(keywords), run)

    return answer


def full(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
    """`torch.full(size, value)`"""
    value = keywords.get("fill_value", arguments[1] if len(arguments) > 1 else None)
    return _of_one_value(sizes_of(arguments[:1], keywords), value, _dtype(keywords), run)


def filled(tensor: TensorHost, arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
    """`x.new_zeros(size)`"""
    return constant(sizes_of(arguments, keywords), dtype=_dtype(keywords, tensor.dtype))


def like_method(tensor: TensorHost, arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
    """`x.new_full(size, value)`, `x.new_tensor(numbers)`"""
    if "size" in keywords or len(arguments) > 1:
        return constant(sizes_of(arguments[:1], keywords), dtype=_dtype(keywords, tensor.dtype))
    return tensor_of(arguments, keywords, run)


def like(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
    """`torch.zeros_like(x)`: a constant of the shape of another tensor."""
    given = arguments[0] if arguments else keywords.get("input")
    if not isinstance(given, TensorHost):
        raise NotKnownError("the shape of a new tensor is not known")
    return TensorHost(given.shape, dtype=_dtype(keywords, given.dtype))


def arange(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
    """`torch.arange(start, end, step)`"""
    given = [*arguments, *(keywords[name] for name in ("start", "end", "step") if name in keywords)]
    numbers = [entry.data.item() if _is_number(entry) else entry for entry in given]
    if not numbers or not all(isinstance(entry, int | float) and abs(entry) < LARGEST for entry in numbers):
        return constant([Unknown("how many numbers a range has is not known")], dtype="int64")
    start, end, step = (0, numbers[0], 1) if len(numbers) == 1 else (*numbers, 1)[:3]
    if not step:
        raise NotKnownError("a range has the step 0")
    count = max(ceil((end - start) / step), 0)
    dtype = _dtype(keywords, "float32" if any(isinstance(entry, float) for entry in numbers) else "int64")
    return _counted(lambda: np.arange(count) * step + start, count, dtype, run)


def _is_number(value: Value) -> bool:
    return isinstance(value, TensorHost) and value.data is not None and value.data.size == 1


def linspace(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
    """`torch.linspace(start, end, steps)`"""
    given = dict(zip(("start", "end", "steps"), arguments, strict=False)) | dict(keywords)
    start, end, steps = (given.get(name) for name in ("start", "end", "steps"))
    if not isinstance(steps, int):
        return constant([Unknown("how many numbers there are is not known")])
    if not isinstance(start, int | float) or not isinstance(end, int | float) or max(abs(start), abs(end)) > LARGEST:
        return constant([steps])
    return _counted(lambda: np.linspace(start, end, max(steps, 0)), steps, _dtype(keywords), run)


def _counted(values: Callable[[], Values], count: int, dtype: str, run: Run) -> TensorHost:
    if count > MOST_VALUES:
        return constant([count], dtype=dtype)
    run.spend(elements=count)
    return of_values(np.asarray(values()), dtype)


def eye(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
    """`torch.eye(n, m)`"""
    sizes = [*arguments, *(keywords[name] for name in ("n", "m") if name in keywords)]
    return constant((sizes * 2)[:2] if len(sizes) < 2 else sizes[:2], dtype=_dtype(keywords))


def tensor_of(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
    """`torch.tensor(numbers)`"""
    given = arguments[0] if arguments else keywords.get("data")
    if isinstance(given, TensorHost):
        return given
    shape = _nested_shape(given)
    run.spend(elements=prod(shape))
    flat = list(_flat(given))
    if all(isinstance(entry, int | float) and abs(entry) < LARGEST for entry in flat) and len(flat) == prod(shape):
        values = np.asarray(flat).reshape(shape)
        return of_values(values, dtype_of(keywords.get("dtype")))
    return constant(shape, dtype=_dtype(keywords))


def _nested_shape(value: Value) -> list[int]:
    if isinstance(value, Unknown):
        raise NotKnownError("the numbers of a new tensor are not known")
    if not isinstance(value, list | tuple | range):
        return []
    return [len(value), *(_nested_shape(value[0]) if len(value) else [])]


def _flat(value: Value) -> list[Value]:
    if isinstance(value, list | tuple | range):
        return [found for entry in value for found in _flat(entry)]
    return [value.data.item() if _is_number(value) else value]


def typed(dtype: str) -> Answer:
    """`torch.Tensor(2, 3)`, `torch.LongTensor([1, 2])`"""

    def answer(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
        if len(arguments) == 1 and isinstance(arguments[0], list | tuple):
            return tensor_of(arguments, keywords, run)
        if len(arguments) == 1 and isinstance(arguments[0], TensorHost):
            return arguments[0]
        return constant(sizes_of(arguments, keywords), dtype=dtype)

    return answer


def numbered(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
    """`torch.randint(low, high, size)`"""
    given = keywords.get("size", next((entry for entry in arguments if isinstance(entry, list | tuple)), None))
    if given is None:
        raise NotKnownError("the size of a new tensor is not known")
    return constant(list(given), dtype=_dtype(keywords, "int64"))


def one_axis(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
    """`torch.randperm(n)`, `torch.hann_window(n)`"""
    given = [*arguments, *keywords.values()]
    return constant(given[:1], dtype=_dtype(keywords))


FUNCTIONS: Mapping[str, Answer] = {
    "zeros": filling(0), "ones": filling(1), "empty": filling(None), "rand": filling(None), "randn": filling(None),
    "full": full, "arange": arange, "range": arange, "linspace": linspace, "eye": eye, "tensor": tensor_of,
    "as_tensor": tensor_of, "asarray": tensor_of, "from_numpy": tensor_of, "randint": numbered, "randperm": one_axis,
    "hann_window": one_axis, "hamming_window": one_axis, "blackman_window": one_axis, "logspace": linspace,
    **dict.fromkeys(("zeros_like", "ones_like", "empty_like", "rand_like", "randn_like", "full_like", "randint_like"),
                    like), "scalar_tensor": tensor_of,
}  # fmt: skip
"""Functions of `torch` that make constants."""
TYPES: Mapping[str, Answer] = {
    "Tensor": typed("float32"), "FloatTensor": typed("float32"), "DoubleTensor": typed("float64"),
    "LongTensor": typed("int64"), "IntTensor": typed("int32"), "BoolTensor": typed("bool"),
    "HalfTensor": typed("float16"), "ByteTensor": typed("uint8"),
}  # fmt: skip
"""Classes of tensors."""
