"""How a layer with a given padding is written in each framework, so that it computes the same."""

from collections.abc import Sequence
from typing import Any

from service.core.frameworks import FRAMEWORKS, Framework
from service.core.frameworks.crops import TransposedCrop
from service.core.frameworks.window_rules import WindowRules
from service.core.geometry.axes import Axis, TransposedAxis, WindowAxis
from service.core.geometry.padding_pairs import NAMES, Pair, named_pair, shortest_spelling
from service.core.layers.base import Kind, Site
from service.core.layers.pools import AveragePool, Pool

Equivalent = dict[str, Any] | list[dict[str, Any]] | None
"""Parameters to give; or layers to use in place of the layer; or None where there is no way."""


def equivalents(site: Site, axes: Sequence[Axis]) -> dict[str, Equivalent]:
    """For each framework how its user gets exactly the padding of these axes."""
    return {name: _equivalent(site, framework, axes) for name, framework in FRAMEWORKS.items()}


def equivalent_in(framework: Framework, site: Site) -> Equivalent:
    """How a framework's user gets exactly what a layer computes at a site; None where there is no way."""
    return _equivalent(site, framework, site.axes)


def _equivalent(site: Site, framework: Framework, axes: Sequence[Axis]) -> Equivalent:
    rules = framework.rules_for(site.kind.name, site.kind.family)
    windows = [axis for axis in axes if isinstance(axis, WindowAxis)]
    transposed = [axis for axis in axes if isinstance(axis, TransposedAxis)]
    if rules is None or not (windows or transposed):
        return None
    if transposed:
        return _transposed(site.kind, framework, rules, transposed)
    own, counting = _by_name(rules, windows) or _in_amounts(framework, rules, windows), _counting(site, rules, windows)
    if own is None or counting is None:
        return _pad_before(site, rules, windows)
    return {**own, **counting}


def _no_padding(rules: WindowRules) -> dict[str, Any]:
    return {"padding": 0} if rules.numbers else {"padding": "valid"}


# --- windows ----------------------------------------------------------------------------------------------------------


def _pairs(axes: Sequence[WindowAxis]) -> list[Pair]:
    return [axis.padding or (0, 0) for axis in axes]


def _counting(site: Site, rules: WindowRules, axes: Sequence[WindowAxis]) -> dict[str, Any] | None:
    """What an average has to be given so that it counts padding, or does not; None where it cannot be given that."""
    padded = any(pair != (0, 0) for pair in _pairs(axes))
    if not isinstance(site.layer, AveragePool) or not padded:
        return {}
    counts = site.layer.counts_padding(site)
    if counts == rules.count_include_pad:
        return {}
    return None if "count_include_pad" in rules.lacks else {"count_include_pad": counts}


def _by_name(rules: WindowRules, axes: Sequence[WindowAxis]) -> dict[str, Any] | None:
    """A name, for a framework that takes nothing else."""
    if rules.numbers:
        return None
    for name in ("valid", "same", "causal"):
        if name in rules.named and all(
            axis.padding == named_pair(name, axis.size, axis.kernel, axis.stride, axis.dilation) for axis in axes
        ):
            return {"padding": name}
    return None


def _in_amounts(framework: Framework, rules: WindowRules, axes: Sequence[WindowAxis]) -> dict[str, Any] | None:
    """Amounts, where the framework's layer takes them."""
    pairs = _pairs(axes)
    taken = all(
        rules.takes_uneven(*pair) and rules.takes_padding_of(*pair, axis.kernel)
        for axis, pair in zip(axes, pairs, strict=True)
    )
    return framework.spell_padding(pairs) if rules.numbers and taken else None


def _pad_before(site: Site, rules: WindowRules, axes: Sequence[WindowAxis]) -> Equivalent:
    """An explicit pad and the layer without padding; not for a pool, unless it counts the padded zeros."""
    counted = isinstance(site.layer, AveragePool) and site.layer.counts_padding(site)
    if isinstance(site.layer, Pool) and not counted:
        return None
    return [{"type": "pad", "padding": shortest_spelling(_pairs(axes))}, {"type": site.kind.name, **_no_padding(rules)}]


# --- transposed convolutions ------------------------------------------------------------------------------------------


def _transposed(kind: Kind, framework: Framework, rules: WindowRules, axes: Sequence[TransposedAxis]) -> Equivalent:
    """A name, literal pads of the dilated input, amounts with `output_padding`, or a crop behind the layer."""
    name = _crop_by_name(rules, axes)
    if name is not None:
        return {"padding": name}
    if "output_padding" in rules.lacks:
        reaches = [axis.effective_kernel - 1 for axis in axes]
        along = zip(reaches, axes, strict=True)
        return {"padding": [[reach - axis.before, reach - axis.after + axis.output_padding] for reach, axis in along]}
    extras, pairs = [axis.output_padding for axis in axes], [axis.padding for axis in axes]
    alike = len(set(extras)) == 1 and not framework.writes_lists
    extra = {"output_padding": extras[0] if alike else extras}
    if rules.numbers and all(rules.takes_uneven(*pair) for pair in pairs):
        return {**framework.spell_padding(pairs), **(extra if any(extras) else {})}
    return [{"type": kind.name, **_no_padding(rules), **extra}, {"type": "crop", "padding": shortest_spelling(pairs)}]


def _crop_by_name(rules: WindowRules, axes: Sequence[TransposedAxis]) -> str | None:
    """The name that crops the same, for a framework that takes nothing else."""
    crops = [TransposedCrop(axis.before, axis.after, axis.output_padding) for axis in axes]
    for name in sorted(rules.named & NAMES) if not rules.numbers else ():
        named = [rules.crop(name, axis.size or 1, axis.kernel, axis.stride, axis.dilation, None) for axis in axes]
        if named == crops:
            return name
    return None
