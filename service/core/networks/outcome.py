"""What one layer of a network makes of the shapes that arrive, and what it costs.

Networks repeat themselves: most layers are written like another one and get the same shapes. So the outcome of a layer
without diagnostics is cached, by what was written and what arrives.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from service.core.diagnostics import Diagnostic, growth, inspect, malformed, network_graph, placed
from service.core.diagnostics.posted_layer import PostedLayer
from service.core.frameworks import Framework
from service.core.geometry.axes import Axis, Rounding
from service.core.geometry.axis_field import AxisField
from service.core.geometry.lazy_property import lazy_property
from service.core.geometry.shapes import Shape, Size, elements, within_reach
from service.core.layers.base import Site, Source

MOST_CACHED_OUTCOMES = 20_000
"""Outcomes. Chosen: twice the layers of the longest network accepted by default. A full cache is emptied."""
MOST_CACHED_SHAPES = 100_000
"""Shapes that all cached outcomes hold, of inputs and outputs. Chosen: five an outcome; a hundred bytes or two each."""
MOST_SHAPES_KEPT = 100
"""Shapes of an outcome that is cached. Chosen: ten wide layers must not empty the cache for all others."""
NUMBERS = ("none", "one", "two", "three", "four")
"""Numbers of inputs in messages."""
BYTES_PER_ELEMENT = 4
"""Bytes. Activations are counted as 32-bit floats."""
LARGEST_COST = 10**300
"""The largest count of parameters, operations or bytes that is told. Chosen: a float, as JSON has them, holds it."""


@dataclass(frozen=True)
class Outcome:
    """What comes out of a layer, what it costs, and its axes."""

    outputs: tuple[Shape | None, ...] = (None,)
    """The shape of each output."""
    parameters: Size = None
    buffers: Size = None
    macs: Size = None
    activation_bytes: Size = None
    activated_bytes: int = 0
    """Those of `activation_bytes` that the layer's own activation makes of what it computes."""
    axes: tuple[Axis, ...] = ()
    complete: bool = False
    """Whether every parameter could be read, so that costs and axes mean something."""

    @lazy_property
    def output_shape(self) -> Shape | None:
        """The shape of the first output."""
        return self.outputs[0]

    @lazy_property
    def bytes_of_outputs(self) -> list[Size]:
        """The bytes of each output."""
        return [activation_bytes(shape) for shape in self.outputs]

    def output(self, index: int) -> Shape | None:
        """The shape of an output; None where it is unknown, or there is no such output."""
        return self.outputs[index] if index < len(self.outputs) else None

    @lazy_property
    def roundings(self) -> tuple[Rounding | None, ...]:
        """How its output sizes follow from any input size, axis by axis."""
        return tuple(getattr(axis, "rounding", None) for axis in self.axes)

    @lazy_property
    def axis_fields(self) -> tuple[AxisField | None, ...]:
        """Which inputs its outputs see, axis by axis."""
        return tuple(axis.field for axis in self.axes)


UNKNOWN = Outcome()
"""The outcome of a layer of which nothing is known."""


class _Cache:
    """Outcomes by what was written and what arrives; emptied when they are too many, or hold too many shapes."""

    def __init__(self) -> None:
        self.outcomes: dict[tuple[object, ...], Outcome] = {}
        self.shapes = 0
        """How many shapes the outcomes hold, those of their inputs included."""

    def keep(self, key: tuple[object, ...], outcome: Outcome, inputs: int) -> None:
        """Cache the outcome of a layer with so many inputs, unless it holds too many shapes."""
        shapes = inputs + len(outcome.outputs)
        if shapes > MOST_SHAPES_KEPT:
            return
        if len(self.outcomes) >= MOST_CACHED_OUTCOMES or self.shapes + shapes > MOST_CACHED_SHAPES:
            self.outcomes.clear()
            self.shapes = 0
        self.outcomes[key] = outcome
        self.shapes += shapes


_cache = _Cache()


def outcome_of(
    description: PostedLayer,
    framework: Framework,
    shapes: tuple[Shape | None, ...],
    name: str,
    sources: Callable[[], tuple[Source, ...]],
    references: tuple[str, ...] = (),
) -> tuple[Outcome, list[Diagnostic]]:
    """What a layer makes of these shapes, and its diagnostics there; `sources` is called only if nothing is cached.

    The last shapes are those of the layers named in `references`, whose sizes the layer asks for.
    """
    key = (framework.name, framework.opset, description.key, shapes)
    if description.key is not None and (cached := _cache.outcomes.get(key)) is not None:
        return cached, []
    outcome, diagnostics = _inspected(description, framework, shapes, name, sources(), references)
    if description.key is not None and not diagnostics:
        _cache.keep(key, outcome, len(shapes))
    return outcome, diagnostics


def shapes_of(
    description: PostedLayer,
    framework: Framework,
    shapes: tuple[Shape | None, ...],
    name: str,
    sources: Callable[[], tuple[Source, ...]],
    references: tuple[str, ...] = (),
) -> tuple[Outcome, list[Diagnostic]]:
    """As `outcome_of` without costs and warnings, in half the time: for layers that are tried, not answered."""
    key = (framework.name, framework.opset, description.key, shapes)
    if description.key is not None and (cached := _cache.outcomes.get(key)) is not None:
        return cached, []
    return _inspected(description, framework, shapes, name, sources(), references, full=False)


def _inspected(
    description: PostedLayer,
    framework: Framework,
    shapes: tuple[Shape | None, ...],
    name: str,
    sources: tuple[Source, ...],
    references: tuple[str, ...],
    *,
    full: bool = True,
) -> tuple[Outcome, list[Diagnostic]]:
    diagnostics = list(description.diagnostics)
    count = len(shapes) - len(references)
    site = description.site(framework, shapes[:count], name=name, sources=sources[:count], in_network=True)
    if site is None:
        return UNKNOWN, diagnostics
    if references:
        site = replace(site, references=dict(zip(references, shapes[count:], strict=True)))
    site = site.layer.informed(site)
    diagnostics += _missing_parameters(site)
    wrong_number = _wrong_number_of_inputs(site, count)
    if wrong_number:
        return UNKNOWN, [*diagnostics, *wrong_number]
    diagnostics += inspect(site, warnings=full)
    sizes_survive = all(diagnostic.has("sizes survive") for diagnostic in diagnostics if diagnostic.is_error)
    outputs = site.layer.output_shapes(site) if sizes_survive else site.layer.declared_shapes(site)
    if (reachable := tuple([within_reach(shape) for shape in outputs])) != outputs:
        diagnostics += placed(growth.size_overflow(outputs, site.location))
        outputs = reachable
    return _with_costs(site, outputs) if full and not site.unreadable else Outcome(outputs), diagnostics


def _missing_parameters(site: Site) -> list[Diagnostic]:
    """A diagnostic for each parameter without a default that the layer does not give."""
    return [
        diagnostic
        for name in site.layer.lacking(site)
        if name not in site.unreadable or name in site.absent
        for diagnostic in placed(malformed.missing_parameter(f"`{site.type}`", name, site.location))
    ]


def _wrong_number_of_inputs(site: Site, count: int) -> list[Diagnostic]:
    """The diagnostic of a layer with too few or too many inputs."""
    least, most = site.layer.input_counts(site)
    if least <= count and (most is None or count <= most):
        return []
    location = (*site.location, "inputs") if "inputs" in site.posted else site.location
    return placed(network_graph.wrong_number_of_inputs(f"`{site.name}`", count, _range_text(least, most), location))


def _range_text(least: int, most: int | None) -> str:
    """Numbers of inputs in words."""
    words = [NUMBERS[number] if number < len(NUMBERS) else str(number) for number in (least, most or least)]
    if most is None:
        return f"{words[0]} or more"
    return words[0] if least == most else f"{words[0]} {'or' if most == least + 1 else 'to'} {words[1]}"


def _with_costs(site: Site, outputs: tuple[Shape | None, ...]) -> Outcome:
    layer, shape = site.layer, outputs[0]
    sizes = [activation_bytes(output) for output in outputs]
    made, activated = sizes[0] if len(sizes) == 1 else sum_of(sizes), (sizes[0] or 0) * site.activates
    return Outcome(
        outputs=outputs,
        parameters=_told(layer.parameters(site)),
        buffers=_told(layer.buffers(site)),
        macs=None if shape is None else _told(layer.macs(site, shape)),
        activation_bytes=None if made is None else made + activated,
        activated_bytes=activated,
        axes=site.layer.position_axes(site),
        complete=True,
    )


def _told(cost: Size) -> Size:
    """A cost; None where it is so large that no one can use it."""
    return None if cost is None or cost > LARGEST_COST else cost


def activation_bytes(shape: Shape | None) -> Size:
    """The bytes of a tensor of this shape; None while a size of it is unknown."""
    size = elements(shape)
    return None if size is None else _told(size * BYTES_PER_ELEMENT)


def sum_of(sizes: Sequence[Size]) -> Size:
    """The sum; None while a part of it is unknown."""
    known = [size for size in sizes if size is not None]
    return sum(known) if len(known) == len(sizes) else None
