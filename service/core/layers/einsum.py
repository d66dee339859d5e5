"""Sums over named indices of any number of branches."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, ClassVar

from annotated_types import Len

from service.core.frameworks.axis_rules import EquationRules
from service.core.geometry.shapes import Shape, Size
from service.core.layers.base import InputCounts, Layer, Site
from service.core.layers.merging import broadcast
from service.core.layers.products import known_product
from service.core.layers.registry import layer_kind

LONGEST_EQUATION = 500
"""Letters."""
ELLIPSIS = "..."
TERM = re.compile(r"[A-Za-z]*(\.\.\.)?[A-Za-z]*")


@dataclass(frozen=True, slots=True)
class Equation:
    """The letters of each input and of the output; `...` stands for any other axes."""

    terms: tuple[str, ...]
    output: str


@lru_cache(maxsize=1000)
def read_equation(text: str, rules: EquationRules) -> Equation | None:
    """An equation taken apart; None where it is none. Without an arrow the letters that stand once come out."""
    inputs, arrow, output = text.replace(" ", "").partition("->")
    terms = tuple(inputs.split(","))
    if not all(TERM.fullmatch(term) for term in (*terms, output)):
        return None
    letters = Counter(letter for term in terms for letter in term if letter != ".")
    if not arrow:
        once = [letter for letter, count in letters.items() if count == 1]
        if not rules.unwritten_capitals and any(letter.isupper() for letter in once):
            return None
        dots = 0 < sum(ELLIPSIS in term for term in terms) <= (rules.most_unwritten_ellipses or len(terms))
        output = ELLIPSIS * dots + "".join(sorted(once) if rules.unwritten_order == "alphabet" else once)
    own = output.replace(ELLIPSIS, "")
    if len(set(own)) < len(own) or set(own) - letters.keys():
        return None
    if ELLIPSIS in output and not any(ELLIPSIS in term for term in terms):
        return None
    return Equation(terms, output)


def sizes_of_letters(equation: Equation, shapes: Sequence[Shape]) -> Mapping[str, list[Size]] | None:
    """For each letter the sizes of its axes, and the rest of each input under `...`; None where axes are too few."""
    sizes: dict[str, list[Size]] = {}
    for term, shape in zip(equation.terms, shapes, strict=True):
        before, dots, after = term.partition(ELLIPSIS)
        spare = len(shape) - len(before) - len(after)
        if spare < 0 or (spare and not dots):
            return None
        for letter, size in zip(before + after, (*shape[: len(before)], *shape[len(before) + spare :]), strict=True):
            sizes.setdefault(letter, []).append(size)
    return sizes


def rest_of_inputs(equation: Equation, shapes: Sequence[Shape]) -> list[Shape]:
    """The axes of each input for which its `...` stands."""
    rests = []
    for term, shape in zip(equation.terms, shapes, strict=True):
        before, dots, after = term.partition(ELLIPSIS)
        if dots:
            rests.append(shape[len(before) : len(shape) - len(after)])
    return rests


def size_of(sizes: Sequence[Size]) -> Size:
    """The size of a letter: that above 1 if there is one; unknown if none is known."""
    known = [size for size in sizes if size is not None]
    above_one = [size for size in known if size > 1]
    return above_one[0] if above_one else 1 if len(known) == len(sizes) else None


@layer_kind("einsum")
@dataclass(frozen=True, kw_only=True)
class Einsum(Layer):
    """A product of branches summed over the letters that the output lacks: `bij,bjk->bik` is a product of matrices."""

    mixes_positions: ClassVar[bool] = True
    passes_channels_on: ClassVar[bool] = False
    takes_inputs: ClassVar[InputCounts] = (1, None)

    equation: Annotated[str, Len(0, LONGEST_EQUATION)]

    def read(self, site: Site) -> Equation | None:
        """The equation taken apart as the framework reads it."""
        return read_equation(self.equation, site.framework.operators.equations)

    def sizes(self, site: Site) -> Mapping[str, Size] | None:
        """The size of each letter; None where equation and inputs do not go together."""
        known, equation = self.known(site), self.read(site)
        if known is None or equation is None or len(equation.terms) != len(known):
            return None
        letters = sizes_of_letters(equation, known)
        return None if letters is None else {letter: size_of(sizes) for letter, sizes in letters.items()}

    def known(self, site: Site) -> list[Shape] | None:
        """The shapes of all inputs; None while one is unknown."""
        known = [shape for shape in site.inputs if shape is not None]
        return known if len(known) == len(site.inputs) else None

    def rest(self, site: Site) -> Shape | None:
        """What the axes under `...` broadcast to."""
        equation, known = self.read(site), self.known(site)
        if equation is None or known is None or len(equation.terms) != len(known):
            return None
        rests = rest_of_inputs(equation, known)
        return broadcast(rests) if rests else ()

    def output_shape(self, site: Site) -> Shape | None:
        """The sizes of the output's letters."""
        equation, sizes = self.read(site), self.sizes(site)
        if equation is None:
            return None
        if sizes is None:
            return None if ELLIPSIS in equation.output else (None,) * len(equation.output)
        rest = self.rest(site)
        if rest is None:
            return None
        before, dots, after = equation.output.partition(ELLIPSIS)
        middle = rest if dots else ()
        return (*(sizes[letter] for letter in before), *middle, *(sizes[letter] for letter in after))

    def declared_shape(self, site: Site) -> Shape | None:
        """As many axes as the output has letters."""
        equation = self.read(site)
        return None if equation is None or ELLIPSIS in equation.output else (None,) * len(equation.output)

    def macs(self, site: Site, output: Shape) -> Size:
        """The product of the sizes of all letters; nothing of one input, which is only summed or turned."""
        sizes, rest = self.sizes(site), self.rest(site)
        if len(site.inputs) == 1:
            return 0
        if sizes is None or rest is None:
            return None
        first = output[0] if output else 1
        values = [1 if size is None and first is None else size for size in (*sizes.values(), *rest)]
        return known_product(values)
