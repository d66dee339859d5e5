"""Adaptive and global pools, whose windows together cover every axis."""

from collections.abc import Sequence

from service.core.frameworks import Framework
from service.core.geometry.axes import AdaptiveAxis
from service.core.layers.base import Site
from service.core.layers.pools import GlobalPool
from service.core.questions.equivalents.way import Step, Way, no_way
from service.core.questions.equivalents.windows import lacks_layer, unpadded

AXES_GO = "without `keepdims` the spatial axes go; the numbers are the same"
NOT_EVEN = "no plain pool computes it: its windows are not all of one size at one distance"


def covering_pool(site: Site, framework: Framework, axes: Sequence[AdaptiveAxis]) -> Way:
    """The same kind of pool, a global one, or a plain one where all windows are of one size at one distance."""
    rank, kept = len(axes), _keeps_axes(site)
    kind = "max" if "max" in site.kind.family else "avg"
    step = _one_position(framework, kind, rank) if all(axis.output == 1 for axis in axes) else None
    if step is None:
        return _several_positions(site, framework, kind, axes)
    rules = framework.rules_for(step["type"], step["type"][:-2])
    if rules is not None and not rules.keepdims:
        return Way(steps=({**step, "keepdims": kept or None},), notes=(AXES_GO,) if kept else ())
    return Way(steps=(step,) if kept else (step, {"type": "flatten"}))


def _keeps_axes(site: Site) -> bool:
    return site.layer.keeps_axes(site) if isinstance(site.layer, GlobalPool) else True


def _one_position(framework: Framework, kind: str, rank: int) -> Step | None:
    """The layer that pools all positions of each channel."""
    if framework.global_pools and framework.rules_for(f"global_{kind}_pool{rank}d", f"global_{kind}_pool"):
        return {"type": f"global_{kind}_pool{rank}d"}
    if framework.rules_for(f"adaptive_{kind}_pool{rank}d", f"adaptive_{kind}_pool"):
        return {"type": f"adaptive_{kind}_pool{rank}d", "output_size": (1,) * rank}
    return None


def _several_positions(site: Site, framework: Framework, kind: str, axes: Sequence[AdaptiveAxis]) -> Way:
    """An adaptive pool, or a plain one."""
    rank = len(axes)
    adaptive = f"adaptive_{kind}_pool{rank}d"
    own = framework.rules_for(adaptive, adaptive[:-2])
    if own is not None and own.takes_adaptive([axis.output for axis in axes]):
        return Way(steps=({"type": adaptive, "output_size": tuple(axis.output for axis in axes)},))
    rules = framework.rules_for(f"{kind}_pool{rank}d", f"{kind}_pool")
    windows = [even_windows(axis) for axis in axes]
    if rules is None or None in windows:
        return no_way(lacks_layer(framework, site.kind.name), NOT_EVEN)
    kernels, strides = zip(*(window for window in windows if window is not None), strict=True)
    plain = {"type": f"{kind}_pool{rank}d", "kernel_size": kernels, "stride": strides}
    return Way(steps=({**plain, **unpadded(rules, rank)},))


def even_windows(axis: AdaptiveAxis) -> tuple[int, int] | None:
    """Kernel and stride of the plain pool with the same windows; None where they differ in size or distance.

    Window j covers `[floor(j*i/o), ceil((j + 1)*i/o))`. All are alike if the first and the last one are, because what
    they start late or are longer by never falls with j.
    """
    size, output = axis.size, axis.output
    if not size or not output or size < output:
        return None
    kernel, stride = -(-size // output), size // output
    even = (output - 1) * size // output == (output - 1) * stride and (output - 1) * stride + kernel == size
    return (kernel, stride) if even else None
