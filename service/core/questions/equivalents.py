"""How a layer with a given padding is written in each framework."""

from collections.abc import Sequence
from typing import Any

from service.core.frameworks import FRAMEWORKS, Framework
from service.core.frameworks.crops import TransposedCrop
from service.core.frameworks.window_rules import WindowRules
from service.core.geometry.axes import TransposedAxis, WindowAxis
from service.core.geometry.padding import NAMES, resolve, simplest
from service.core.layers.base import Kind, Site
from service.core.layers.pools import AveragePool, Pool

Equivalent = dict[str, Any] | list[dict[str, Any]] | None
"""Parameters to give; or layers to use in place of the one; or None where it cannot be written."""


def equivalents(site: Site, axes: Sequence[WindowAxis] | Sequence[TransposedAxis]) -> dict[str, Equivalent]:
    """For each framework how its user gets exactly the padding of these axes."""
    return {
        name: _equivalent(site, framework, rules, axes)
        if (rules := framework.rules_for(site.kind.name, site.kind.family))
        else None
        for name, framework in FRAMEWORKS.items()
    }


def equivalent_in(framework: Framework, site: Site) -> Equivalent:
    """How a framework's user gets exactly what a layer computes at a site; None where there is no way."""
    rules = framework.rules_for(site.kind.name, site.kind.family)
    axes = [axis for axis in site.axes if isinstance(axis, WindowAxis | TransposedAxis)]
    return _equivalent(site, framework, rules, axes) if rules and axes else None  # type: ignore[arg-type]


def _equivalent(
    site: Site, framework: Framework, rules: WindowRules, axes: Sequence[WindowAxis] | Sequence[TransposedAxis]
) -> Equivalent:
    windows = [axis for axis in axes if isinstance(axis, WindowAxis)]
    if windows:
        return (
            _window_by_name(rules, windows)
            or _window_by_number(framework, rules, windows)
            or _pad_first(site, rules, windows)
        )
    return _transposed(site.kind, framework, rules, [axis for axis in axes if isinstance(axis, TransposedAxis)])


def _pairs(axes: Sequence[WindowAxis]) -> list[tuple[int, int]]:
    return [(axis.before or 0, axis.after or 0) for axis in axes]


def _window_by_number(framework: Framework, rules: WindowRules, axes: Sequence[WindowAxis]) -> Equivalent:
    pairs = _pairs(axes)
    even = all(before == after for before, after in pairs)
    too_much = any(max(pair) > rules.most_padding(axis.kernel) for axis, pair in zip(axes, pairs, strict=True))
    if not rules.numbers or too_much or not (even or rules.uneven):
        return None
    return framework.spell_padding(pairs)


def _window_by_name(rules: WindowRules, axes: Sequence[WindowAxis]) -> Equivalent:
    """A name, for a framework that takes nothing else."""
    if rules.numbers:
        return None
    for name in ("valid", "same", "causal"):
        if name in rules.named and all(
            (axis.before, axis.after) == resolve(name, axis.size, axis.kernel, axis.stride, axis.dilation)
            for axis in axes
        ):
            return {"padding": name}
    return None


def _pad_first(site: Site, rules: WindowRules, axes: Sequence[WindowAxis]) -> Equivalent:
    """An explicit pad and the layer without padding; not for a pool, unless it counts the padded zeros."""
    counted = isinstance(site.layer, AveragePool) and site.layer.counts_padding(site)
    if isinstance(site.layer, Pool) and not counted:
        return None
    bare = {"padding": 0} if rules.numbers else {"padding": "valid"}
    return [{"type": "pad", "padding": simplest(_pairs(axes))}, {"type": site.kind.name, **bare}]


def _transposed(kind: Kind, framework: Framework, rules: WindowRules, axes: Sequence[TransposedAxis]) -> Equivalent:
    crops = [TransposedCrop(axis.before, axis.after, axis.output_padding) for axis in axes]
    extras = [crop.output_padding for crop in crops]
    pairs = [(crop.before, crop.after) for crop in crops]
    for name in sorted(rules.named & NAMES) if not rules.numbers else ():
        if [rules.crop(name, a.size or 1, a.kernel, a.stride, a.dilation, None) for a in axes] == crops:
            return {"padding": name}
    if "output_padding" in rules.lacks:
        literal = [
            [a.effective_kernel - 1 - a.before, a.effective_kernel - 1 - a.after + a.output_padding] for a in axes
        ]
        return {"padding": literal}
    extra = {"output_padding": extras[0] if len(set(extras)) == 1 else extras}
    if rules.numbers and (rules.uneven or all(before == after for before, after in pairs)):
        return {**framework.spell_padding(pairs), **(extra if any(extras) else {})}
    bare = {"padding": 0} if rules.numbers else {"padding": "valid"}
    return [{"type": kind.name, **bare, **extra}, {"type": "crop", "padding": simplest(pairs)}]
