"""Matrix products and sums over indices: the shapes that go together."""

from collections.abc import Iterator, Sequence

from service.core.diagnostics.model import Fact, Related
from service.core.diagnostics.registry import DIAGNOSTICS, check, diagnostic
from service.core.geometry.shapes import Shape, Size, shape_text
from service.core.layers.base import Site
from service.core.layers.einsum import ELLIPSIS, Einsum, Equation, rest_of_inputs, sizes_of_letters
from service.core.layers.merging import broadcast
from service.core.layers.products import AddedProduct, Gemm, Product, Tensordot

HOW_MANY_AXES = {
    "bmm": "inputs of 3 axes",
    "baddbmm": "factors of 3 axes",
    "mm": "matrices",
    "gemm": "matrices",
    "addmm": "matrices as factors",
    "mv": "a matrix and a vector",
    "addmv": "a matrix and a vector as factors",
    "dot": "vectors",
    "outer": "vectors",
    "tensordot": "axes to sum over that both inputs have, as many of each",
    "batch_dot": "an axis of each input that exists and is not the batch",
}
"""What the factors of a product must be, in words."""


@diagnostic("S221", on=(Product,), traits=("another input may do",))
def inner_size_mismatch(site: Site) -> Iterator[Fact]:
    """A product sums over an axis of both inputs, and they differ there.

    `[..., n, k] x [..., k, m]` is `[..., n, m]`: the last axis of the first and the last but one of the second are the
    one that is summed over. `linear` has its weight the other way round, `[out, in]`.
    """
    layer = site.layer
    assert isinstance(layer, Product)
    factors, multiplied = layer.factors(site), layer.multiplied(site)
    if factors is None or multiplied is None:
        return
    stretches = isinstance(layer, Tensordot) and site.framework.operators.contracted_stretch
    for left, right in multiplied.contracted:
        if left is not None and right is not None and left != right and not (stretches and 1 in (left, right)):
            yield Fact(
                f"the product sums over {left} of the first and {right} of the second:"
                f" {shape_text(factors[0])} and {shape_text(factors[1])}",
                "inputs",
                help=_help(factors, left),
                related=branches(site),
            )
            return


def _help(factors: tuple[Shape, Shape], inner: Size) -> str:
    """What would make the inner sizes equal."""
    first, second = factors
    if len(second) > 1 and second[-1] == inner:
        return "transpose the last two axes of the second input"
    if len(first) > 1 and len(second) > 1 and first[-2] == second[-2]:
        return "transpose the last two axes of the first input"
    return "make the sizes that are summed over equal"


@check(on=(Product,))
def factors(site: Site) -> Iterator[Fact]:
    """The factors must have the axes that the product takes, and broadcast before them."""
    layer = site.layer
    assert isinstance(layer, Product)
    shapes, multiplied = layer.factors(site), layer.multiplied(site)
    if shapes is None:
        return
    texts = f"{shape_text(shapes[0])} and {shape_text(shapes[1])}"
    if multiplied is None:
        wanted = HOW_MANY_AXES.get(site.kind.family, "inputs of one axis or more")
        yield Fact(
            f"`{site.kind.name}` takes {wanted}, but the inputs are {texts}",
            "inputs",
            help="use a product for these axes, or reshape the inputs",
            related=branches(site),
            rule=DIAGNOSTICS["rank-mismatch"],
        )
    elif multiplied.shape is None:
        yield _mismatch(site, f"the axes before the matrices do not go together: {texts}")
    elif isinstance(layer, AddedProduct | Gemm):
        yield from _added(site, layer, multiplied.shape)


def _added(site: Site, layer: Product, product: Shape) -> Iterator[Fact]:
    """What is added to a product must stretch to it."""
    at = 0 if layer.factors_from else 2
    added = site.inputs[at] if len(site.inputs) > at else None
    if added is not None and not stretches_to(added, product):
        yield _mismatch(site, f"{shape_text(added)} is added to a product of shape {shape_text(product)}")


def stretches_to(shape: Shape, target: Shape) -> bool:
    """Whether a shape broadcasts to another without changing that."""
    if len(shape) > len(target):
        return False
    pairs = zip(shape[::-1], target[::-1], strict=False)
    return all(None in pair or pair[0] in (1, pair[1]) for pair in pairs)


def branches(site: Site) -> tuple[Related, ...]:
    """The inputs and their shapes."""
    known = [(source, shape) for source, shape in zip(site.sources, site.inputs, strict=False) if shape is not None]
    return tuple(Related(source.location, f"`{source.name}` is {shape_text(shape)}") for source, shape in known)


def _mismatch(site: Site, message: str) -> Fact:
    return Fact(
        message,
        "inputs",
        help="change the shape of one of the inputs",
        related=branches(site),
        rule=DIAGNOSTICS["branch-shape-mismatch"],
    )


@diagnostic("S222", on=(Einsum,), traits=("another input may do",))
def equation_mismatch(site: Site) -> Iterator[Fact]:
    """An equation is none, or does not go together with the inputs.

    `bij,bjk->bik` has letters for the axes of each input and, behind the arrow, of the output. A letter stands for one
    size wherever it stands; `...` stands for any axes, which broadcast.
    """
    layer = site.layer
    assert isinstance(layer, Einsum)
    equation = layer.read(site)
    if equation is None:
        yield Fact(
            f"`{layer.equation}` is no equation",
            "equation",
            help='write letters for the axes of each input, an arrow, and letters of them: "bij,bjk->bik"',
        )
        return
    if len(equation.terms) != len(site.inputs):
        yield Fact(
            f"`{layer.equation}` has {len(equation.terms)} inputs, and the layer has {len(site.inputs)}",
            "equation",
            help="write letters for each input, with commas between them",
        )
        return
    shapes = layer.known(site)
    if shapes is not None:
        yield from _sizes(site, layer.equation, equation, shapes)


def _sizes(site: Site, text: str, equation: Equation, shapes: Sequence[Shape]) -> Iterator[Fact]:
    """Each input must have the axes that are written, and each letter one size."""
    rules = site.framework.operators.equations
    letters = sizes_of_letters(equation, shapes)
    if letters is None:
        texts = " and ".join(map(shape_text, shapes))
        yield Fact(
            f"`{text}` has other axes than its inputs, which are {texts}",
            "equation",
            help="write one letter for each axis, or `...` for several",
            related=branches(site),
        )
        return
    for letter, sizes in letters.items():
        known = {size for size in sizes if size is not None}
        if len(known - {1} if rules.stretches else known) > 1:
            yield Fact(
                f"`{letter}` is {' and '.join(map(str, sorted(known)))}",
                "equation",
                help=f"give all axes called `{letter}` one size",
                related=branches(site),
            )
            return
    rests = rest_of_inputs(equation, shapes)
    unlike = rules.ellipsis_keeps_rank and len({len(rest) for rest in rests}) > 1
    if rests and (unlike or broadcast(rests) is None):
        yield Fact(
            f"the axes under `{ELLIPSIS}` do not broadcast: {' and '.join(map(shape_text, rests))}",
            "equation",
            help="change the shape of one of the inputs",
            related=branches(site),
        )
    elif any(rests) and ELLIPSIS not in equation.output and not rules.sums_ellipsis:
        yield Fact(
            f"`{text}` has `{ELLIPSIS}` and no such axes in its output: {site.framework.title} sums over letters only",
            "equation",
            help=f"write `{ELLIPSIS}` behind the arrow, or letters for these axes",
        )
