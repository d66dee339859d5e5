"""What is written for a framework is what the service takes under that framework, and gives the same size."""

import random
from typing import Any

import pytest

from service.core.frameworks import FRAMEWORKS
from service.core.questions.equivalents.way import Equivalent
from service.core.questions.padding import solve_padding
from service.core.questions.sizes import shaped_site, sized_site, sizes_at
from service.schemas.read_layer import describe
from tests.golden.record.equivalents.draw import KINDS, cases

NAMES = sorted(FRAMEWORKS)
COUNT = 12
"""Layers of a kind and a framework."""
OF_PADDING = ("padding", "output_padding", "count_include_pad")


Sizes = tuple[int | None, ...]


def through(framework: str, steps: list[dict[str, Any]], *shapes: Sizes) -> Sizes:
    """The shape behind layers one after another, each of which the framework must take; the first takes all inputs."""
    row, current = FRAMEWORKS[framework], shapes[0]
    for place, step in enumerate(steps):
        described = describe(step, ("layer",), framework=row)
        assert not described.diagnostics, (step, [diagnostic.message for diagnostic in described.diagnostics])
        site = shaped_site(described, row, current, *(() if place else shapes[1:]))
        assert site is not None
        sizes = sizes_at(site)
        errors = [diagnostic.message for diagnostic in sizes.diagnostics if diagnostic.is_error]
        assert not errors, (framework, step, current, errors)
        assert sizes.output_shape is not None
        current = sizes.output_shape
    return current


def moved(shape: list[int], origin: str, name: str, *, moves: bool) -> tuple[int, ...]:
    """A shape in the other framework's order of axes."""
    ours, theirs = FRAMEWORKS[origin].layout.channels_last, FRAMEWORKS[name].layout.channels_last
    if not moves or ours == theirs or len(shape) < 3:
        return tuple(shape)
    return (shape[0], *shape[2:], shape[1]) if theirs else (shape[0], shape[-1], *shape[1:-1])


@pytest.mark.parametrize("origin", NAMES)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_is_taken_and_gives_the_same_shape(kind: str, origin: str) -> None:
    for drawn in cases(origin, kind, random.Random(f"law {kind} {origin}"), COUNT):
        shapes = [drawn["input"], *drawn.get("others", [])]
        expected = list(through(origin, [drawn["layer"]], *map(tuple, shapes)))
        for name, answer in drawn["to"].items():
            if answer["written"]:
                inputs = [moved(shape, origin, name, moves=drawn["moves"]) for shape in shapes]
                there = through(name, answer["written"], *inputs)
                moves = drawn["moves"] and kind != "flatten" and len(expected) == len(drawn["input"])
                assert there == moved(expected, origin, name, moves=moves), (name, drawn["layer"], answer["written"])


@pytest.mark.parametrize("origin", NAMES)
@pytest.mark.parametrize("kind", ["conv", "conv_transpose", "max_pool", "avg_pool", "lp_pool", "depthwise_conv"])
def test_a_written_padding_is_taken_and_gives_the_size_asked_for(kind: str, origin: str) -> None:
    """Parameters take the place of the layer's own about padding; layers take the place of the layer."""
    row = FRAMEWORKS[origin]
    for drawn in cases(origin, kind, random.Random(f"padding {kind} {origin}"), COUNT):
        described = describe(drawn["layer"], ("layer",), framework=row)
        spatial = list(row.layout.spatial(tuple(drawn["input"]), len(drawn["input"]) - 2))
        site = sized_site(described, row, spatial)
        assert site is not None
        solved = solve_padding(site, "same", ("output_size",))
        for name, written in (solved.equivalents or {}).items():
            if written is not None:
                sizes = sized(name, steps_of(drawn["layer"], described.spelling, written), spatial)
                assert sizes == [axis.output for axis in solved.axes], (name, drawn["layer"], written)


def steps_of(layer: dict[str, Any], spelling: Any, written: Equivalent) -> list[dict[str, Any]]:
    """The layer with the parameters that are written, or the layers that are."""
    if not isinstance(written, dict):
        return written or []
    strides = {spelling.get("stride")} if "strid" in str(written) else set()
    replaced = {spelling.get(name) for name in OF_PADDING} | strides
    return [{**{name: value for name, value in layer.items() if name not in replaced}, **written}]


def sized(framework: str, steps: list[dict[str, Any]], spatial: list[int | None]) -> list[int | None]:
    """The spatial sizes behind layers one after another."""
    row = FRAMEWORKS[framework]
    for step in steps:
        described = describe(step, ("layer",), framework=row)
        assert not described.diagnostics, (step, [diagnostic.message for diagnostic in described.diagnostics])
        site = sized_site(described, row, [size or 0 for size in spatial])
        assert site is not None
        sizes = sizes_at(site)
        errors = [diagnostic.message for diagnostic in sizes.diagnostics if diagnostic.is_error]
        assert not errors, (framework, step, spatial, errors)
        spatial = sizes.output_size
    return spatial
