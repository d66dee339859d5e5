"""Attention: heads that must divide features, and inputs that must go together."""

from collections.abc import Iterator, Sequence

from service.core.diagnostics.given_weights import differs
from service.core.diagnostics.model import Fact, Fix, Related
from service.core.diagnostics.patches import setting
from service.core.diagnostics.registry import DIAGNOSTICS, check, diagnostic
from service.core.geometry.shapes import Shape, Size, shape_text
from service.core.layers.attention import Attention, ScaledDotProductAttention, UnprojectedAttention, joined
from service.core.layers.base import Site
from service.core.layers.cached_attention import CachedAttention
from service.core.layers.merging import broadcast
from service.core.layers.multihead_attention import GroupQueryAttention, KeyDimAttention, MultiheadAttention
from service.core.layers.transformer import ShiftedWindowAttention, TransformerDecoderLayer, TransformerLayer

SHARED = (MultiheadAttention, TransformerLayer, GroupQueryAttention, ScaledDotProductAttention, ShiftedWindowAttention)
"""Layers whose heads share something."""


@diagnostic("S240", on=SHARED, traits=("sizes survive",))
def heads_do_not_divide(site: Site) -> Iterator[Fact]:
    """A number of heads does not divide what they share.

    The heads of an attention share its features equally. Heads of queries that share heads of keys and values do so in
    groups of equal size.
    """
    for heads, parameter, size, what in _shares(site):
        if heads is not None and size is not None and size % heads:
            yield Fact(
                f"{site.spelled(parameter)} is {heads}, which does not divide {what} {size}",
                parameter,
                help=f"use a number of heads that divides {size}",
            )


def _shares(site: Site) -> Iterator[tuple[Size, str, Size, str]]:
    """The heads, the parameter that says how many, and what they must divide."""
    layer = site.layer
    if isinstance(layer, MultiheadAttention):
        yield layer.num_heads, "num_heads", layer.embed_dim, site.spelled("embed_dim")
    elif isinstance(layer, TransformerLayer):
        yield layer.nhead, "nhead", layer.d_model, site.spelled("d_model")
    elif isinstance(layer, ShiftedWindowAttention):
        yield layer.num_heads, "num_heads", layer.features, site.spelled("features")
    elif isinstance(layer, GroupQueryAttention):
        of = site.spelled("num_query_heads")
        yield layer.num_key_value_heads, "num_key_value_heads", layer.num_query_heads, of
    elif isinstance(layer, ScaledDotProductAttention) and site.shape is not None and len(site.shape) == 3:
        names = ("q_num_heads", "kv_num_heads", "kv_num_heads")
        for name, what, shape in zip(names, ("queries", "keys", "values"), site.inputs, strict=False):
            yield getattr(layer, name), name, shape[-1] if shape else None, f"the features of the {what},"


@check(on=(MultiheadAttention, TransformerLayer, ShiftedWindowAttention))
def attention_features(site: Site) -> Iterator[Fact]:
    """The features that arrive must be those that the projections were made for."""
    for index, parameter, wanted in _features(site):
        shape = site.inputs[index]
        arriving = shape[-1] if shape else None
        if arriving is None or arriving == wanted:
            continue
        title = f"set {site.spelled(parameter)} to {arriving}"
        yield Fact(
            f"{site.spelled(parameter)} is {wanted}, but input {index} has {arriving} features: its shape is"
            f" {shape_text(shape or ())}",
            parameter,
            help=title,
            related=_places(site, [index]),
            fixes=(Fix(title, setting(site, parameter, arriving)),),
            rule=DIAGNOSTICS["feature-mismatch"],
        )


def _features(site: Site) -> list[tuple[int, str, int]]:
    """Inputs, the parameter that says how many features each has, and how many that are."""
    layer, last = site.layer, len(site.inputs) - 1
    if isinstance(layer, MultiheadAttention):
        query, key, value = layer.features()
        kdim, vdim = ("kdim" if layer.kdim else "embed_dim"), ("vdim" if layer.vdim else "embed_dim")
        uses = [(0, "embed_dim", query), (min(1, last), kdim, key), (last, vdim, value)]
        return list({(index, wanted): (index, name, wanted) for index, name, wanted in reversed(uses)}.values())[::-1]
    if isinstance(layer, TransformerLayer):
        return [(index, "d_model", layer.d_model) for index in range(len(site.inputs))]
    return [(0, "features", layer.features)] if isinstance(layer, ShiftedWindowAttention) else []


@check(on=(Attention, MultiheadAttention, KeyDimAttention, GroupQueryAttention, TransformerDecoderLayer))
def attention_inputs(site: Site) -> Iterator[Fact]:
    """Queries, keys, values and a mask must go together."""
    if not site.fits or any(shape is None for shape in site.inputs):
        return
    layer = site.layer
    if isinstance(layer, ScaledDotProductAttention):
        message = _dot_product_mismatch(site, layer)
    elif isinstance(layer, Attention):
        message = _unprojected_mismatch(site, layer)
    elif isinstance(layer, MultiheadAttention | TransformerDecoderLayer):
        message = _module_mismatch(site, layer)
    else:
        assert isinstance(layer, KeyDimAttention | GroupQueryAttention)
        message = _projected_mismatch(site, layer)
    if message:
        yield Fact(
            message,
            "inputs",
            help="change what leads to one of the inputs",
            related=_places(site, range(len(site.inputs))),
            rule=DIAGNOSTICS["branch-shape-mismatch"],
        )


def _places(site: Site, indices: Sequence[int]) -> tuple[Related, ...]:
    """Where inputs come from, and what they are."""
    return tuple(
        Related(site.sources[index].location, f"input {index} is {shape_text(site.inputs[index] or ())}")
        for index in indices
        if index < len(site.sources)
    )


def _unequal(first: Size, second: Size) -> bool:
    return first is not None and second is not None and first != second


def _dot_product_mismatch(site: Site, layer: ScaledDotProductAttention) -> str | None:
    """What does not go together in a product of queries and keys, and of the scores and values."""
    given = [shape or () for shape in site.inputs[:3]]
    if not site.framework.attention_broadcasts and (mismatch := _strict_mismatch(site, layer, given)):
        return mismatch
    if min(map(len, given)) < 2:
        return "an input has fewer than two axes"
    if layer.enable_gqa and min(map(len, given)) < 3:
        return "heads cannot be shared where an input has no axis of heads"
    parts = layer.tensors(site)
    if parts is None:
        return None
    message = _products(parts)
    if message:
        return message
    if isinstance(layer, CachedAttention) and (mismatch := _carried_mismatch(site, layer)):
        return mismatch
    mask = layer.mask(site)
    if mask is not None:
        if layer.is_causal and site.framework.attention_broadcasts and not _fused(site, parts):
            return f"there is a mask, and {site.spelled('is_causal')} is true"
        return _mask_mismatch(site, parts, mask)
    return None


def _carried_mismatch(site: Site, layer: CachedAttention) -> str | None:
    """Earlier keys and values must be as the new ones are, but for their positions."""
    past, carried = layer.earlier(site), layer.carried(site)
    if past is None or carried is None:
        return None
    for what, before, whole in zip(("keys", "values"), past, carried, strict=True):
        wanted = (*whole[:2], None, whole[3])
        if differs(before, wanted):
            return f"the earlier {what} are {shape_text(before or ())}, not {shape_text(wanted)}"
    return None


def _fused(site: Site, parts: tuple[Shape, Shape, Shape]) -> bool:
    """Whether PyTorch computes it in one kernel, which takes a causal mask beside another: of four equal axes."""
    query, key, value = parts
    mask = site.inputs[3] or ()
    alike = query[:-2] == key[:-2] == value[:-2] and query[-1] == value[-1]
    return len(query) == len(key) == len(value) == 4 and alike and len(mask) in (2, 4)


def _strict_mismatch(site: Site, layer: ScaledDotProductAttention, given: Sequence[Shape]) -> str | None:
    """What ONNX refuses beside: inputs of different rank or batch, and heads that do not divide or are not said."""
    axes = len(given[0])
    if any(len(shape) != axes for shape in given):
        return f"the inputs have {' and '.join(str(len(shape)) for shape in given)} axes"
    if any(_unequal(given[0][0], shape[0]) for shape in given):
        return f"the batches {' and '.join(str(shape[0]) for shape in given)} differ"
    if axes == 3 and (layer.q_num_heads is None or layer.kv_num_heads is None):
        return "the inputs have three axes, but the numbers of heads are not said"
    query, key, value = (
        layer.heads_apart(shape, heads)
        for shape, heads in zip(given, (layer.q_num_heads, layer.kv_num_heads, layer.kv_num_heads), strict=True)
    )
    said = [(query[1], layer.q_num_heads), (key[1], layer.kv_num_heads), (value[1], layer.kv_num_heads)]
    if any(_unequal(size, heads) for size, heads in said):
        return "the inputs do not have the numbers of heads that are said"
    if _unequal(key[1], value[1]):
        return f"keys have {key[1]} heads, but values {value[1]}"
    if query[1] is not None and key[1] is not None and query[1] % key[1]:
        return f"{key[1]} heads of keys do not divide {query[1]} heads of queries"
    return None


def _products(parts: tuple[Shape, Shape, Shape]) -> str | None:
    """What does not go together in queries, keys and values."""
    query, key, value = parts
    if _unequal(query[-1], key[-1]):
        return f"queries have {query[-1]} features, but keys {key[-1]}"
    if _unequal(key[-2], value[-2]):
        return f"there are {key[-2]} keys, but {value[-2]} values"
    if joined(parts) is None:
        return f"the inputs {' and '.join(map(shape_text, parts))} do not broadcast before their last two axes"
    return None


FUSED_AXES = 4
"""Axes at which PyTorch has one kernel for the whole, whose mask has two axes at least."""


def _mask_mismatch(site: Site, parts: tuple[Shape, Shape, Shape], mask: Shape) -> str | None:
    """A mask must broadcast to the scores and not beyond them."""
    query, key, _ = parts
    scores = broadcast([query[:-2], key[:-2]])
    if scores is None:
        return None
    scores = (*scores, query[-2], key[-2])
    least = 2 if len(scores) == FUSED_AXES or not site.framework.attention_broadcasts else 0
    exact = () if site.framework.attention_broadcasts else (-2, -1)
    together = broadcast([scores, mask])
    wider = len(mask) > len(scores) or together is None or differs(together, scores)
    if len(mask) < least or wider or any(_unequal(mask[axis], scores[axis]) for axis in exact):
        return f"the mask {shape_text(mask)} does not broadcast to the scores {shape_text(scores)}"
    return None


def _unprojected_mismatch(site: Site, layer: Attention) -> str | None:
    """What does not go together in Keras' attention; where scores are sums, one feature stretches to many."""
    parts = layer.tensors(site)
    if parts is None:
        return "an input has fewer than two axes"
    query, key, value = parts
    if isinstance(layer, UnprojectedAttention) and layer.sums(site) and 1 in (query[-1], key[-1]):
        return _products(((*query[:-1], None), key, value))
    return _products(parts)


def _module_mismatch(site: Site, layer: MultiheadAttention | TransformerDecoderLayer) -> str | None:
    """What does not go together in PyTorch's modules: batches, and the positions of keys and values."""
    shapes = [shape or () for shape in site.inputs]
    if len({len(shape) for shape in shapes}) > 1:
        return f"the inputs have {' and '.join(str(len(shape)) for shape in shapes)} axes"
    placed = [layer.positions(shape) for shape in shapes]
    batches = [batch[0] if batch else None for batch, _ in placed]
    if any(_unequal(batches[0], batch) for batch in batches):
        return f"the batches {' and '.join(map(str, batches))} differ"
    if len(shapes) > 2 and _unequal(placed[1][1], placed[2][1]):
        return f"there are {placed[1][1]} keys, but {placed[2][1]} values"
    return None


def _projected_mismatch(site: Site, layer: KeyDimAttention | GroupQueryAttention) -> str | None:
    """What does not go together in Keras' layers: all but the attended axes, and all of keys and values."""
    query, key, value = (shape or () for shape in layer.roles(site))
    if len({len(query), len(key), len(value)}) > 1:
        return f"the inputs have {len(query)} and {len(value)} and {len(key)} axes"
    if differs(key[:-1], value[:-1]):
        return f"keys {shape_text(key)} and values {shape_text(value)} differ before their features"
    axes = layer.attended_axes(len(query)) if isinstance(layer, KeyDimAttention) else (1,)
    others = [axis for axis in range(len(query) - 1) if axis not in (axes or ())]
    for axis in others:
        if _unequal(query[axis], key[axis]):
            return f"axis {axis} has {query[axis]} in the queries, but {key[axis]} in the keys"
    return None
