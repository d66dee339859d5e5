"""Padding in a form that the framework's layer does not take: a name, amounts, uneven amounts, negative ones."""

from collections.abc import Iterator, Sequence
from typing import Any

from service.core.diagnostics.malformed import parameter_out_of_range
from service.core.diagnostics.model import Fact, Fix
from service.core.diagnostics.patches import inserting_before, one_or_list, removing, setting
from service.core.diagnostics.registry import check, diagnostic
from service.core.frameworks.window_rules import WindowRules
from service.core.geometry.axes import WindowAxis
from service.core.geometry.padding_pairs import Pair, named_pair, read_padding, shortest_spelling
from service.core.layers.base import Site
from service.core.layers.convolution import Convolution, Convolving
from service.core.layers.pools import Pool
from service.core.layers.separable import DepthwiseConvolution
from service.core.layers.spatial import SpatialLayer


@check(on=(SpatialLayer,))
def negative_padding(site: Site) -> Iterator[Fact]:
    """Padding below 0 crops, which only some frameworks' layers do."""
    if has_refused_negative_padding(site):
        yield from first_negative(site)


def has_refused_negative_padding(site: Site) -> bool:
    """Whether the padding is below 0 where the framework's layer does not take that."""
    padding = getattr(site.layer, "padding", 0) or 0
    if isinstance(padding, str) or (type(padding) is int and padding >= 0) or site.rules is None:
        return False
    mode = getattr(site.layer, "padding_mode", "zeros")
    return not all(site.rules.takes_negative(amount, amount, mode) for _, amount in _amounts(padding))


def first_negative(site: Site) -> Iterator[Fact]:
    """The first amount of a layer's padding that is below 0, as out of range."""
    for path, amount in _amounts(getattr(site.layer, "padding", 0) or 0):
        if amount < 0:
            spelled, at = site.spelling.get("padding", "padding"), site.locate(("padding", *path))
            yield from parameter_out_of_range(spelled, amount, "below 0", "amounts of at least 0", at)
            return


def _amounts(value: Any, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], int]]:
    """Every amount of a padding, with the way to it."""
    if isinstance(value, int):
        yield path, value
    else:
        for index, entry in enumerate(value):
            yield from _amounts(entry, (*path, index))


@diagnostic(
    "F302",
    on=(Convolving, DepthwiseConvolution, Pool),
    traits=("about padding", "about unknowns", "sizes survive"),
)
def padding_not_supported(site: Site) -> Iterator[Fact]:
    """The framework's layer cannot express this padding.

    PyTorch's convolutions take the same amount on both ends of an axis, and "same" with stride 1 only; its pools
    and transposed convolutions take no names. Keras takes names only. An explicit `pad` layer before the layer
    expresses any padding.
    """
    rules, padding = site.rules, getattr(site.layer, "padding", 0)
    if rules is None or has_refused_negative_padding(site):
        return
    message = _refused_name(site, rules, padding) if isinstance(padding, str) else _refused_amounts(site, rules)
    if message:
        fixes = tuple(_other_forms(site, rules))
        help_text = fixes[0].title if fixes else _pad_before(site)
        message = f"{site.framework.title}'s {rules.name} {message}"
        yield Fact(message, "padding", help=help_text, fixes=fixes)


def _refused_name(site: Site, rules: WindowRules, name: str) -> str | None:
    """Why a padding name is refused."""
    spelled = site.spelled("padding")
    strides = [getattr(axis, "stride", 1) for axis in site.axes] or [1]
    dilations = (site.per_axis("input_dilation") if isinstance(site.layer, Convolving) else None) or (1,)
    if not rules.takes_name_with_input_dilation(max(dilations)):
        return f"takes {spelled} by name without {site.spelled('input_dilation')} only"
    if name not in rules.named:
        return f'takes no {spelled} "{name}"'
    if not rules.takes_name_with_stride(name, max(strides)):
        return f'takes {spelled} "{name}" with stride 1 only, but {site.spelled("stride")} is {one_or_list(strides)}'
    return None


def _refused_amounts(site: Site, rules: WindowRules) -> str | None:
    """Why padding in amounts is refused."""
    pairs = read_padding(getattr(site.layer, "padding", 0), site.rank or 0)
    if not pairs or isinstance(pairs, str):
        return None
    if not rules.numbers and "padding" in site.spelling:
        return f"takes {site.spelled('padding')} by name only, not {shortest_spelling(pairs)}"
    for axis, (before, after) in enumerate(pairs):
        if not rules.takes_uneven(before, after):
            return f"pads both ends alike, but axis {axis} has {before} before and {after} after"
    return None


# --- the same padding in another form ---------------------------------------------------------------------------------


def _resolved(site: Site) -> list[Pair] | None:
    """The pairs that the padding comes to, where every axis' is known."""
    pairs = [axis.padding for axis in site.axes if isinstance(axis, WindowAxis)]
    known = [pair for pair in pairs if pair is not None]
    return known if known and len(known) == len(pairs) else None


def _other_forms(site: Site, rules: WindowRules) -> Iterator[Fix]:
    """Ways to write the padding: as numbers, as a name that means the same, or in a layer of its own before."""
    pairs, spelled = _resolved(site), site.spelled("padding")
    if pairs is None:
        return
    axes = [axis for axis in site.axes if isinstance(axis, WindowAxis)]
    if rules.numbers and all(rules.takes_uneven(*pair) for pair in pairs):
        text = shortest_spelling(pairs)
        yield Fix(f"set {spelled} to {text}", setting(site, "padding", text), "safe")
        return
    if "valid" in rules.named and all(pair == (0, 0) for pair in pairs):
        yield Fix(f'set {spelled} to "valid"', setting(site, "padding", "valid"), "safe")
        return
    if "same" in rules.named - rules.unit_stride_names and _equals_same(axes):
        yield Fix(f'set {spelled} to "same"', setting(site, "padding", "same"), "safe")
    if isinstance(site.layer, Convolution):
        insertion = inserting_before(site, {"type": "pad", "padding": shortest_spelling(pairs)})
        if insertion and "padding" in site.spelling:
            title = f"put a `pad` layer with padding {shortest_spelling(pairs)} before and remove {spelled}"
            yield Fix(title, (*removing(site, "padding"), *insertion), "safe")
    if rules.numbers and all(axis.effective_kernel % 2 for axis in axes):
        half = one_or_list([axis.effective_kernel // 2 for axis in axes])
        title = f"set {spelled} to {half}: the same size from windows placed otherwise"
        yield Fix(title, setting(site, "padding", half))


def _equals_same(axes: Sequence[WindowAxis]) -> bool:
    """Whether explicit padding is exactly what "same" would put."""
    return all(axis.padding == named_pair("same", axis.size, axis.kernel, axis.stride, axis.dilation) for axis in axes)


def _pad_before(site: Site) -> str:
    pairs = _resolved(site)
    return f"put a `pad` layer with padding {shortest_spelling(pairs)} before" if pairs else "put a `pad` layer before"
