"""What is written where a framework has not the function itself: others, one after another, that compute the same."""

from collections.abc import Callable, Mapping
from math import log, pi
from typing import Any

from service.core.frameworks import Framework
from service.core.questions.equivalents.way import Step, Way, no_way
from service.core.questions.equivalents.windows import lacks_layer

Values = Mapping[str, Any]
Make = Callable[[Values], tuple[Step, ...]]


def steps_of(*names: str, **operands: float) -> Make:
    """Functions of each element by their names; a number is an operator's operand."""
    steps = tuple({"type": name, **({"other": operands[name]} if name in operands else {})} for name in names)
    return lambda values: steps


def clamped(lower: float, upper: float) -> Step:
    """Held between two bounds."""
    return {"type": "clamp", "min": lower, "max": upper}


def rectified(values: Values) -> tuple[Step, ...]:
    """Keras' rectifier with one of its parameters; none where there are more."""
    given = {name for name, value in values.items() if value}
    if given == {"max_value"}:
        return (clamped(0.0, values["max_value"]),)
    if given == {"negative_slope"}:
        return ({"type": "leaky_relu", "negative_slope": values["negative_slope"]},)
    if given == {"threshold"}:
        return ({"type": "threshold", "threshold": values["threshold"], "replacement": 0.0},)
    return ()


def first_with(operator: str, then: str, **operands: float) -> Make:
    """An operator with all its inputs and parameters, and a function of what comes out."""
    return lambda values: ({"type": operator, **values}, {"type": then, **operands})


PARTS: Mapping[str, tuple[Make, ...]] = {
    "positive": (steps_of("identity"),),
    "square": (steps_of("power", power=2.0),),
    "rsqrt": (steps_of("sqrt", "reciprocal"),),
    "exp2": (steps_of("multiply", "exp", multiply=log(2)),),
    "log2": (steps_of("log", "divide", divide=log(2)),),
    "log10": (steps_of("log", "divide", divide=log(10)),),
    "deg2rad": (steps_of("multiply", multiply=pi / 180),),
    "rad2deg": (steps_of("multiply", multiply=180 / pi),),
    "log_sigmoid": (steps_of("negative", "softplus", "negative"),),
    "hardsigmoid": (
        lambda values: ({"type": "add", "other": 3.0}, clamped(0.0, 6.0), {"type": "divide", "other": 6.0}),
    ),
    "relu6": (lambda values: ({"type": "hardtanh", "min_val": 0.0, "max_val": 6.0},),),
    "hardtanh": (lambda values: (clamped(values["min_val"], values["max_val"]),),),
    "relu": (rectified,),
    "rrelu": (lambda values: ({"type": "leaky_relu", "negative_slope": (values["lower"] + values["upper"]) / 2},),),
    "thresholded_relu": (lambda values: ({"type": "threshold", "threshold": values["alpha"], "replacement": 0.0},),),
    "threshold": (
        lambda values: () if values["replacement"] else ({"type": "thresholded_relu", "alpha": values["threshold"]},),
    ),
    "softmin": (lambda values: ({"type": "negative"}, {"type": "softmax", "dim": values["dim"]}),),
    "not_equal": (first_with("equal", "logical_not"),),
    "average": (first_with("add", "divide", other=2.0),),
}
"""By family the ways, of which the first is taken whose layers are all there."""


def in_parts(framework: Framework, family: str, values: Values) -> Way:
    """The layers that together compute what one of a family does with these parameters."""
    for make in PARTS.get(family, ()):
        steps = make(values)
        if steps and all(can_say(framework, step) for step in steps):
            return Way(steps=steps)
    return no_way(lacks_layer(framework, family))


def can_say(framework: Framework, step: Step) -> bool:
    """Whether a framework has the layer, with any parameters."""
    return step["type"] in framework.compared - framework.fixed
