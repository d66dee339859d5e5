"""A layer, its input and its parameters differ in their number of axes."""

from collections.abc import Iterator, Sequence

from service.core.diagnostics.model import Fact, Related
from service.core.diagnostics.registry import diagnostic
from service.core.layers.base import Layer, Site

PER_AXIS = frozenset(
    {"kernel_size", "stride", "padding", "dilation", "input_dilation", "output_padding", "output_size", "size"}
)


@diagnostic("S201", on=(Layer,))
def rank_mismatch(site: Site) -> Iterator[Fact]:
    """A layer and its input, or a parameter and its layer, differ in their number of axes.

    A layer of rank r takes an input of r + 2 axes (batch, channels, spatial sizes); PyTorch's take r + 1 too. A
    per-axis parameter is one integer, or exactly one entry per spatial axis.
    """
    accepted = site.dimensions
    if accepted is None or site.shape is None or len(site.shape) in accepted:
        yield from _parameters(site)
    elif site.sizes_only:
        yield Fact(
            f"`{site.type}` has {_axes(site.rank)}, but the size has {len(site.shape) - 2}",
            anchor=site.sources[0].location if site.sources else site.location,
            help=f"give one size, or {site.rank}",
        )
    else:
        yield Fact(
            f"`{site.type}` takes inputs of {_counts(accepted)} axes, but {site.source} has {len(site.shape)}",
            "type",
            help="use a layer of the input's rank, or give the input the axes it lacks",
            related=_source(site),
        )


def _parameters(site: Site) -> Iterator[Fact]:
    """Per-axis parameters with more or fewer entries than there are axes."""
    if site.rank is None:
        return
    for name in site.spelling:
        value = getattr(site.layer, name) if name in PER_AXIS else None
        if isinstance(value, list | tuple) and len(value) not in site.layer.entries(site, name):
            spelled, count = site.spelled(name), _entries(site, name)
            yield Fact(
                f"{spelled} has {count} {'entry' if count == 1 else 'entries'}, but there"
                f" {'is' if site.rank == 1 else 'are'} {_axes(site.rank)}",
                name,
                help=f"give {spelled} one entry per axis",
            )


def _entries(site: Site, parameter: str) -> int:
    """How many entries the author wrote, which in some spellings is not how many we hold."""
    return len(site.posted.get(site.spelling[parameter], ()))


def _counts(accepted: Sequence[int]) -> str:
    """Numbers of axes in words; many that follow each other by the first and the last."""
    if len(accepted) > 2 and list(accepted) == list(range(accepted[0], accepted[-1] + 1)):
        return f"{accepted[0]} to {accepted[-1]}"
    return " or ".join(map(str, accepted))


def _axes(rank: int | None) -> str:
    return "1 spatial axis" if rank == 1 else f"{rank} spatial axes"


def _source(site: Site) -> tuple[Related, ...]:
    return (Related(site.sources[0].location, f"what arrives is {site.arriving}"),) if site.sources else ()
