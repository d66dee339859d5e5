"""Networks that are to be written for another framework."""

from collections.abc import Iterator

from service.core.diagnostics.model import Fact
from service.core.diagnostics.registry import diagnostic
from service.core.layers.pointers import Pointer


@diagnostic("T901")
def no_equivalent(layer: str, type_name: str, title: str, reasons: tuple[str, ...], at: Pointer) -> Iterator[Fact]:
    """A layer cannot be written in the framework that the network is translated to.

    The framework has no layer that computes the same, or none that was run and compared. A network with such a layer
    has no translation: source that computes something else would be worse than none.
    """
    why = f": {'; '.join(reasons)}" if reasons else ""
    yield Fact(
        f"`{layer}` (`{type_name}`) cannot be written in {title}{why}",
        anchor=at,
        help="use another layer, or write this one by hand",
    )


@diagnostic("T902")
def translation_differs(layer: str, written: str, wanted: str, at: Pointer) -> Iterator[Fact]:
    """What was written was read back and judged, and it is not the network that was asked for.

    A translation is given only if every layer of it has the shape that it has in the network, and if both have as many
    trained parameters. This one has not, so it is held back.
    """
    yield Fact(
        f"`{layer}` has {wanted}, but {written} in the translation",
        anchor=at,
        help="report the network: this is a mistake of the translation, not of the network",
    )
