"""What the layers refuse that change the structure of a tensor; each layer itself knows what it refuses."""

from collections.abc import Callable, Iterator, Mapping

from service.core.diagnostics.model import Fact, Fix
from service.core.diagnostics.patches import setting
from service.core.diagnostics.registry import DIAGNOSTICS, check, diagnostic
from service.core.layers.base import Site
from service.core.layers.structural import RefusedError, Structural


@diagnostic("S230", traits=("another input may do",))
def axis_size_mismatch(site: Site, refused: RefusedError) -> Iterator[Fact]:
    """The sizes that a layer names do not fit the axis that it works along.

    Parts must add up to the axis that is split, the sizes of an `unflatten` multiply up to it, an axis to `squeeze` has
    one position, and only such an axis can be expanded. A window must fit.
    """
    yield _fact(site, refused)


@diagnostic("S231", traits=("another input may do",))
def index_outside_axis(site: Site, refused: RefusedError) -> Iterator[Fact]:
    """A position is asked for that the axis does not have.

    Positions count from 0, and from -1 backwards. JAX takes the nearest position that there is.
    """
    yield _fact(site, refused)


OWN: Mapping[str, Callable[[Site, RefusedError], Iterator[Fact]]] = {
    "axis-size-mismatch": axis_size_mismatch,
    "index-outside-axis": index_outside_axis,
}
"""The diagnostics of this module; what else is refused is said by those that are there anyway."""


@check(on=(Structural,))
def refused_structure(site: Site) -> Iterator[Fact]:
    """Whatever the layer itself refuses."""
    layer = site.layer
    assert isinstance(layer, Structural)
    refused = layer.refusal(site)
    if refused is None:
        return
    if refused.rule in OWN:
        yield from OWN[refused.rule](site, refused)
    else:
        yield _fact(site, refused)


def _fact(site: Site, refused: RefusedError) -> Fact:
    parameter = refused.at if isinstance(refused.at, str) else str(refused.at[0]) if refused.at else ""
    fixes: tuple[Fix, ...] = ()
    if refused.value is not None:
        spelled = site.spelled(parameter)
        fixes = (Fix(f"set {spelled} to {refused.value}", setting(site, parameter, refused.value)),)
    return Fact(refused.message, refused.at, help=refused.help, fixes=fixes, rule=DIAGNOSTICS[refused.rule])


@diagnostic("W530", "warning", on=(Structural,))
def nothing_left(site: Site) -> Iterator[Fact]:
    """What comes out of a layer holds nothing: one of its sizes is 0.

    That is accepted, and seldom meant: a slice that begins behind its end, a part of size 0, 0 repeats.
    """
    layer = site.layer
    assert isinstance(layer, Structural)
    if any(shape is not None and 0 in shape for shape in site.inputs):
        return
    for number, shape in enumerate(layer.output_shapes(site)):
        if shape is not None and 0 in shape:
            which = f"output {number} of `{site.name}`" if number else "what comes out"
            yield Fact(f"{which} is {list(shape)}: it holds nothing", "type", help="check the bounds of the layer")
            return
