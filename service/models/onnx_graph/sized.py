"""Operators that take a shape which the graph computes: said so that it holds for inputs of other sizes too.

A size that is that of the input's own axis is left to the axis (0 in a Reshape, 1 in an Expand); one that is left over
is -1; the sizes of another tensor are asked of its layer. What cannot be said so is the number that it is now.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from service.core.geometry.shapes import LARGEST, Shape, Size
from service.models.onnx_graph.plain import setting
from service.models.onnx_graph.step import MOST_AXES, Layer, Operator, Step, UnknownSettingError, sayable
from service.models.onnx_graph.values import Numbers, Origin, Value
from service.models.recorder import Tensor

LAST_INT64, LAST_INT32 = 2**63 - 1, 2**31 - 1


def _numbers(step: Step, place: int) -> Numbers | None:
    """The sizes that an input gives; None where there are too many, or none is given.

    Raises:
        UnknownSettingError: The sizes are those of a tensor that is not known.
    """
    value = step.value(place)
    if value is None:
        return None
    if value.numbers is None or value.numbers.values.size > MOST_AXES:
        raise UnknownSettingError
    return value.numbers


def whole_of(origins: Sequence[Origin | None]) -> str | None:
    """The tensor whose sizes these are, from its first axis on; None where they are not those of one tensor."""
    first = origins[0] if origins else None
    if first is None or any(
        origin is None or origin.tensor != first.tensor or origin.axis != axis or origin.factor != 1
        for axis, origin in enumerate(origins)
    ):
        return None
    return first.tensor


def is_axis(origin: Origin | None, name: str, axis: int, shape: Shape, wanted: Size) -> bool:
    """Whether a size is that of an axis of a tensor: by its origin, or that of a tensor with the same size there."""
    if origin is None or origin.factor != 1 or origin.axis != axis:
        return False
    return origin.tensor == name or (wanted == shape[axis] and (wanted is not None or axis == 0))


def reshape(step: Step) -> Layer | None:
    """A shape with 0 for sizes that stay, and -1 for one that is left."""
    numbers, shape, source = _numbers(step, 1), step.shape(), step.value(0)
    if numbers is None or source is None or numbers.is_literal:
        return None
    origins = step.origins_of(1) or []
    if (whole := whole_of(origins)) is not None:
        return Layer("reshape_as", {}, [source, _named(whole, tuple(numbers.listed()))])
    wanted = numbers.listed()
    varies = numbers.origins.ravel().tolist()
    name = source.tensor.name if source.tensor else ""
    keeps = not step.attribute("allowzero", 0)
    said: list[Any] = list(wanted)
    free = []
    for axis, number in enumerate(varies):
        if not number:
            continue
        if (
            keeps
            and shape is not None
            and axis < len(shape)
            and is_axis(origins[axis], name, axis, shape, wanted[axis])
        ):
            said[axis] = 0
        else:
            free.append(axis)
    if free and -1 not in said:
        unknown = [axis for axis in free if wanted[axis] is None]
        said[unknown[0] if len(unknown) == 1 else min(free, key=lambda axis: _from_batch(origins[axis]))] = -1
    said = [size if size is None or -1 <= size <= LARGEST else None for size in said]
    return Layer("Reshape", {"shape": said, "allowzero": step.attribute("allowzero", 0)}, [source])


def _from_batch(origin: Origin | None) -> int:
    """Sizes of a batch come first: they vary most."""
    return 1 if origin is None else min(origin.axis, 1)


def _named(name: str, shape: Shape) -> Value:
    """Another tensor of the network, as an input."""
    return Value(shape=shape, tensor=Tensor(name=name, shape=shape))


def expand(step: Step) -> Layer | None:
    """A shape with 1 for sizes that stay, or another tensor that has the shape."""
    numbers, shape, source = _numbers(step, 1), step.shape(), step.value(0)
    if numbers is None or source is None or numbers.is_literal:
        return None
    origins = step.origins_of(1) or []
    if (whole := whole_of(origins)) is not None and not source.constant:
        return Layer("expand_as", {}, [source, _named(whole, tuple(numbers.listed()))])
    wanted = numbers.listed()
    new = len(wanted) - len(shape or ())
    name = source.tensor.name if source.tensor else ""
    said = [
        1
        if shape is not None
        and axis >= new
        and (origin := origins[axis]) is not None
        and origin == Origin(name, axis - new)
        else _size(size)
        for axis, size in enumerate(wanted)
    ]
    return Layer("Expand", {"shape": said}, [source])


def _size(size: Any) -> Size:
    return size if size is not None and 0 <= size <= LARGEST else None


def constant_of_shape(step: Step) -> Layer | None:
    """A tensor like another one, or in a shape."""
    numbers = _numbers(step, 0)
    if numbers is None:
        return None
    if (whole := whole_of(step.origins_of(0) or [])) is not None:
        return Layer("like", {}, [_named(whole, tuple(numbers.listed()))])
    return Layer("ConstantOfShape", {"shape": [_size(size) for size in numbers.listed()]}, [])


def slice_layer(step: Step) -> Layer | None:
    """Bounds that are the size of the axis itself are left open."""
    starts, ends, source = _numbers(step, 1), _numbers(step, 2), step.value(0)
    if starts is None or ends is None or source is None or (starts.is_literal and ends.is_literal):
        return None
    axes = _listed(step, 3) or list(range(ends.values.size))
    steps = _listed(step, 4) or [1] * ends.values.size
    name, rank = source.tensor.name if source.tensor else "", len(source.shape or ())
    bounds = ends.listed()
    for place, origin in enumerate(step.origins_of(2) or []):
        if rank and origin == Origin(name, int(axes[place]) % rank) and steps[place] > 0:
            bounds[place] = LAST_INT64
    if None in bounds or not starts.known:
        raise UnknownSettingError
    parameters = {"starts": starts.listed(), "ends": bounds, "axes": axes, "steps": steps}
    return Layer("Slice", parameters, [source])


def _listed(step: Step, place: int) -> list[int] | None:
    value = step.value(place)
    if value is None:
        return None
    said = setting(value, "")
    if not isinstance(said, list):
        raise UnknownSettingError
    return said


SPATIAL_FROM = 2
RESIZED_AS_GIVEN = ("mode", "coordinate_transformation_mode", "keep_aspect_ratio_policy")


def resize(step: Step) -> Layer | None:
    """Scales or sizes of every axis, or of those that are named; the spatial sizes of another layer are asked of it."""
    source, shape = step.value(0), step.shape()
    if source is None:
        return None
    at = 1 if step.opset < 11 or step.node.type == "Upsample" else 2
    scales, sizes = _wanted(step, at, "scales"), _wanted(step, 3, "sizes")
    if not scales and not sizes:
        raise UnknownSettingError
    said = {name: step.attribute(name) for name in RESIZED_AS_GIVEN if step.attribute(name) is not None}
    axes = step.attribute("axes")
    ordinary = axes is None and shape is not None and 3 <= len(shape) <= 5
    if sizes and not scales and (found := _scales_of(step, source, sizes)) is not None and ordinary:
        sizes, scales = None, found
    if scales:
        if ordinary and list(scales[:SPATIAL_FROM]) == [1, 1]:
            said.pop("keep_aspect_ratio_policy", None)
            return Layer(step.node.type, {"scales": scales, **said}, [source])
        return Layer("resize", _every_axis(step, {"scales": scales}, axes), [source])
    assert sizes is not None
    if ordinary and shape is not None and len(sizes) == len(shape):
        like = _like(step, shape)
        if like is not None:
            return Layer("upsample", {"size": {"like": like}, "mode": _mode(step, len(shape))}, [source])
        if None not in sizes and all(size in (None, given) for size, given in zip(shape[:2], sizes[:2], strict=True)):
            return Layer(step.node.type, {"sizes": sizes, **said}, [source])
    if None in sizes:
        raise UnknownSettingError
    return Layer("resize", _every_axis(step, {"new_sizes": sizes}, axes), [source])


def _wanted(step: Step, place: int, attribute: str) -> list[Any] | None:
    """Scales or sizes, by an input or an attribute; None where there are none."""
    value = step.value(place)
    if value is None or value.shape == (0,):
        return step.attribute(attribute) if place != 3 else None
    if value.numbers is None or value.numbers.values.size > MOST_AXES:
        raise UnknownSettingError
    listed = value.numbers.listed()
    if attribute == "scales" and None in listed:
        raise UnknownSettingError
    return listed if attribute == "sizes" else [float(str(number)) for number in value.numbers.values.ravel()]


def _scales_of(step: Step, source: Value, sizes: Sequence[Size]) -> list[Any] | None:
    """The scales of sizes that are the input's own, times a factor; None where one is not."""
    name = source.tensor.name if source.tensor else ""
    factors: list[Fraction | int] = []
    for axis, origin in enumerate(step.origins_of(3) or []):
        if origin is None or origin.tensor != name or origin.axis != axis:
            if axis < SPATIAL_FROM:
                factors.append(1)
                continue
            return None
        factors.append(origin.factor)
    if len(factors) != len(sizes) or factors[:SPATIAL_FROM] != [1, 1]:
        return None
    return [int(factor) if factor.denominator == 1 else float(factor) for factor in factors]


def _like(step: Step, shape: Shape) -> str | None:
    """The tensor whose spatial sizes are wanted."""
    origins = (step.origins_of(3) or [])[SPATIAL_FROM:]
    first = origins[0] if origins else None
    if first is None or any(origin != Origin(first.tensor, axis) for axis, origin in enumerate(origins, SPATIAL_FROM)):
        return None
    return first.tensor


def _mode(step: Step, axes: int) -> str:
    """How positions are interpolated, in our words."""
    mode = step.attribute("mode", "nearest")
    names = {"linear": {4: "bilinear", 5: "trilinear"}.get(axes, "linear"), "cubic": "bicubic"}
    return names.get(mode, "nearest")


def _every_axis(step: Step, parameters: dict[str, Any], axes: list[int] | None) -> dict[str, Any]:
    mode = step.attribute("mode", "nearest")
    policy = step.attribute("keep_aspect_ratio_policy")
    return {
        **parameters,
        **({} if axes is None else {"dims": axes}),
        **({} if policy is None or "scales" in parameters else {"policy": policy}),
        "mode": mode if mode in ("nearest", "linear", "cubic") else "nearest",
    }


def pad(step: Step) -> Layer | None:
    """Amounts that are not known leave only the axes that are not padded."""
    numbers = step.numbers(1)
    if numbers is None or numbers.known or step.value(3) is not None:
        return None
    shape, amounts = step.shape(), numbers.listed()
    if shape is None or len(amounts) != 2 * len(shape):
        raise UnknownSettingError
    pairs = zip(shape, amounts[: len(shape)], amounts[len(shape) :], strict=True)
    padded = [None if None in pair else sum(pair) for pair in pairs]
    said = sayable(tuple(padded))
    return Layer("opaque", {} if said is None else {"output_shape": said}, step.given[:1])


SIZED: Mapping[str, Operator] = {
    "Reshape": reshape,
    "Expand": expand,
    "ConstantOfShape": constant_of_shape,
    "Slice": slice_layer,
    "Resize": resize,
    "Upsample": resize,
    "Pad": pad,
}
"""By operator, the layer with sizes that are computed."""
