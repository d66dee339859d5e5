"""`math`, `numbers`, `random`, and the scalars of NumPy that models use."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from service.models.source.builtin_functions import FUNCTIONS
from service.models.source.builtin_kinds import KINDS
from service.models.source.host import Host, NotKnownError, TracedFloat, TracedInt, Unknown, Value, literals_of
from service.models.source.operators import binary
from service.models.source.values import Array, Kind, Native

if TYPE_CHECKING:
    from service.models.source.machine import Machine

_MOST_FACTORIAL = 400
_MOST_POINTS = 10_000


def _on_numbers(name: str, perform: Callable[..., Any]) -> Native:
    """A function of numbers, whose result remembers their literals."""

    def compute(machine: "Machine", *values: Value, **options: Value) -> Value:
        if values and isinstance(values[0], Array):
            return Array(compute(machine, value, *values[1:], **options) for value in values[0])
        plain = [_number(machine, value) for value in values]
        if any(isinstance(value, Unknown) for value in plain):
            return Unknown(reason=f"`{name}` of a value that is not known")
        made = perform(*plain, **options)
        literals = tuple(literal for value in values for literal in literals_of(value))
        kind = {int: TracedInt, float: TracedFloat}.get(type(made))
        if not literals or kind is None:
            return made
        result = kind(made)
        result.literals = literals
        result.computed = True
        return result

    return Native(name, compute)


def _number(machine: "Machine", value: Value) -> Value:
    if isinstance(value, Host):
        return value.unary("float", machine)
    if isinstance(value, Unknown):
        return machine.use(value)
    return value


def _factorial(value: int) -> int:
    if value > _MOST_FACTORIAL:
        raise NotKnownError(f"a factorial above {_MOST_FACTORIAL} is not computed")
    return math.factorial(value)


def _combinations(total: int, chosen: int) -> int:
    if total > _MOST_FACTORIAL:
        raise NotKnownError(f"combinations of more than {_MOST_FACTORIAL} are not computed")
    return math.comb(total, chosen)


def _product(machine: "Machine", values: Value, *, start: Value = 1) -> Value:
    total = start
    for value in machine.iterate(values):
        total = binary(machine, "*", total, value)
    return total


MATH: dict[str, Value] = {
    **{
        name: _on_numbers(name, getattr(math, name))
        for name in (
            *("sqrt", "ceil", "floor", "trunc", "exp", "log", "log2", "log10", "log1p", "expm1", "pow", "fabs"),
            *("sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "erf", "hypot"),
            *("gcd", "lcm", "isqrt", "fmod", "copysign", "isinf", "isnan", "isfinite", "isclose", "degrees", "radians"),
        )
    },
    "factorial": _on_numbers("factorial", _factorial),
    "comb": _on_numbers("comb", _combinations),
    "prod": Native("prod", _product),
    "fsum": Native("fsum", FUNCTIONS["sum"]),
    "pi": math.pi,
    "e": math.e,
    "inf": math.inf,
    "nan": math.nan,
    "tau": math.tau,
}

_NUMBER = Kind("Number", lambda _machine: 0, (int, float, complex))
NUMBERS: dict[str, Value] = {
    "Number": _NUMBER,
    "Real": Kind("Real", lambda _machine: 0, (int, float)),
    "Integral": Kind("Integral", lambda _machine: 0, (int,)),
}


def _spaced(machine: "Machine", start: Value, stop: Value, num: Value = 50, **_options: Value) -> Array:
    if num > _MOST_POINTS:
        raise NotKnownError(f"more than {_MOST_POINTS} points are not made")
    machine.spend(elements=num)
    step = (stop - start) / max(num - 1, 1)
    return Array(float(start + step * index) for index in range(num))


def _steps(machine: "Machine", *bounds: Value, **_options: Value) -> Array:
    start, stop, step = {1: (0, *bounds, 1), 2: (*bounds, 1), 3: bounds}[len(bounds)]
    count = max(math.ceil((stop - start) / step), 0)
    machine.spend(elements=count)
    return Array(start + step * index for index in range(count))


def _running_sum(machine: "Machine", values: Value) -> Array:
    total: Value = 0
    sums = Array()
    for value in machine.iterate(values):
        total = binary(machine, "+", total, value)
        sums.append(total)
    return sums


def _mean(machine: "Machine", values: Value) -> Value:
    given = machine.iterate(values)
    return binary(machine, "/", FUNCTIONS["sum"](machine, given), len(given))


def _as_list(machine: "Machine", values: Value, *_dtype: Value, **_options: Value) -> Value:
    return values if isinstance(values, int | float) else Array(machine.iterate(values))


NUMPY: dict[str, Value] = {
    **{
        name: MATH[name]
        for name in ("sqrt", "exp", "log2", "log10", "log", "sin", "cos", "tan", "pi", "inf", "nan", "e")
    },
    **{name: MATH[name] for name in ("ceil", "floor")},
    "prod": Native("prod", lambda machine, values, **_options: _product(machine, values)),
    "linspace": Native("linspace", _spaced),
    "arange": Native("arange", _steps),
    "cumsum": Native("cumsum", _running_sum),
    "mean": Native("mean", _mean),
    "array": Native("array", _as_list),
    "asarray": Native("asarray", _as_list),
    "sum": Native("sum", FUNCTIONS["sum"]),
    "max": Native("max", FUNCTIONS["max"]),
    "min": Native("min", FUNCTIONS["min"]),
    "abs": Native("abs", FUNCTIONS["abs"]),
    "round": Native("round", FUNCTIONS["round"]),
    "power": Native("power", lambda machine, base, exponent: binary(machine, "**", base, exponent)),
    "mod": Native("mod", lambda machine, left, right: binary(machine, "%", left, right)),
    **dict.fromkeys(("int32", "int64", "int_", "intp", "integer", "uint8", "int8", "int16"), KINDS["int"]),
    **dict.fromkeys(("float32", "float64", "float16", "floating", "float_"), KINDS["float"]),
    "ndarray": Kind("ndarray", lambda _machine: Array(), (Array,)),
    "bool_": KINDS["bool"],
}
"""Arrays are lists of numbers here, which is all that sizes and rates need."""


def _drawn(_machine: "Machine", *_arguments: Value, **_options: Value) -> Value:
    raise NotKnownError("a random number is not known")


RANDOM: dict[str, Value] = {
    **{
        name: Native(name, _drawn)
        for name in ("random", "randint", "choice", "uniform", "sample", "choices", "randrange", "gauss")
    },
    "seed": Native("seed", lambda _machine, *_seed: None),
    "shuffle": Native("shuffle", lambda _machine, _values: None),
}
