"""Matrix products and sums over indices, written in another framework."""

import string
from collections.abc import Sequence
from typing import Any

from service.core.frameworks import Framework
from service.core.geometry.axes import Axis
from service.core.geometry.shapes import Shape
from service.core.layers.base import Site
from service.core.layers.einsum import Einsum
from service.core.layers.products import Product, Tensordot, matrix_product
from service.core.questions.equivalents.way import Way, no_way
from service.core.questions.equivalents.windows import lacks_layer

PLAIN = frozenset({"matmul", "bmm", "mm", "mv", "dot"})
"""Families that are a matrix product of what they take."""
SHAPES_NEEDED = "give `input_shapes`: the shapes of both factors"
OTHER_READING = "equations without an arrow, with `...`, or that stretch sizes of 1, are read otherwise"


def factors(site: Site) -> tuple[Shape, Shape] | None:
    """Both shapes, where all sizes are known."""
    layer = site.layer
    assert isinstance(layer, Product)
    pair = layer.factors(site)
    known = pair is not None and len(site.inputs) == 2 and None not in pair[0] and None not in pair[1]
    return pair if known else None


def multiplied(site: Site) -> list[Any] | None:
    """What kind of product it is; None where nothing is claimed."""
    pair, family = factors(site), site.kind.family
    if pair is None or site.layer.output_shape(site) is None:
        return None
    if isinstance(site.layer, Tensordot):
        pairs = site.layer.pairs(*pair)
        stretched = pairs and any(pair[0][a] != pair[1][b] for a, b in zip(*pairs, strict=True))
        return None if pairs is None or stretched else [pairs]
    if family == "outer":
        return ["outer"] if (len(pair[0]), len(pair[1])) == (1, 1) else None
    if family in PLAIN and (family != "dot" or (max(map(len, pair)) < 3 and all(pair))):
        product = matrix_product(*pair)
        return ["matrix product"] if product is not None and product.shape is not None else None
    return None


def product(site: Site, framework: Framework, axes: Sequence[Axis]) -> Way:
    """The same product, or the plain matrix product; sums over pairs of axes as an equation."""
    meaning, family = multiplied(site), site.kind.family
    if meaning is None:
        return no_way(SHAPES_NEEDED if factors(site) is None else "only plain products were run")
    if isinstance(site.layer, Tensordot) and family in framework.compared:
        return Way(steps=({"type": family, "contracted": tuple(meaning[0])},))
    of_vectors = family == "dot" and framework.operators.dot_of_vectors and factors(site) != _vectors(site)
    if family in framework.compared and not of_vectors:
        return Way(steps=({"type": family},))
    if family in PLAIN and "matmul" in framework.compared:
        return Way(steps=({"type": "matmul"},))
    pair = factors(site)
    if pair is None or "einsum" not in framework.compared:
        return no_way(lacks_layer(framework, family))
    contracted = meaning[0] if isinstance(site.layer, Tensordot) else ((), ())
    return Way(steps=({"type": "einsum", "equation": equation(pair, contracted)},))


def _vectors(site: Site) -> tuple[Shape, Shape] | None:
    """Both factors, if they are vectors."""
    pair = factors(site)
    return pair if pair is not None and {len(shape) for shape in pair} == {1} else None


def equation(pair: tuple[Shape, Shape], contracted: tuple[tuple[int, ...], tuple[int, ...]]) -> str:
    """The sum over pairs of axes with a letter for each axis: `ab,bc->ac`."""
    letters = iter(string.ascii_lowercase)
    left = [next(letters) for _ in pair[0]]
    right = [next(letters) for _ in pair[1]]
    for first, second in zip(*contracted, strict=True):
        right[second] = left[first]
    kept = [letter for axis, letter in enumerate(left) if axis not in contracted[0]]
    kept += [letter for axis, letter in enumerate(right) if axis not in contracted[1]]
    return f"{''.join(left)},{''.join(right)}->{''.join(kept)}"


def equated(site: Site) -> list[Any] | None:
    """The equation without gaps; None where frameworks read it in more than one way."""
    layer = site.layer
    assert isinstance(layer, Einsum)
    plain = layer.equation.replace(" ", "")
    if "->" not in plain or "." in plain or any(shape is None or None in shape for shape in site.inputs):
        return None
    sizes: dict[str, Any] = {}
    terms = plain.partition("->")[0].split(",")
    if len(terms) != len(site.inputs):
        return None
    for term, shape in zip(terms, site.inputs, strict=True):
        for letter, size in zip(term, shape or (), strict=False):
            if sizes.setdefault(letter, size) != size or term.count(letter) > 1:
                return None
    return [plain]


def einsum(site: Site, framework: Framework, axes: Sequence[Axis]) -> Way:
    """The same equation."""
    meaning = equated(site)
    if meaning is None:
        return no_way(OTHER_READING)
    return Way(steps=({"type": "einsum", "equation": meaning[0]},))
