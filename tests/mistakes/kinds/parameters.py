"""A wrong number in one parameter of one layer."""

from collections.abc import Sequence
from random import Random

from tests.mistakes.kinds import base
from tests.mistakes.kinds.base import Edit, Make, Mistake, add, drawn, kind, moved, near, spelled
from tests.mistakes.sound import Sound


def counted(types: set[str], parameter: str) -> Make:
    """Makes another count of a parameter, as of channels; counts of other layers are likely ones."""

    def make(sound: Sound, rng: Random) -> Mistake | None:
        index = drawn(sound, rng, types, parameter)
        if index is None:
            return None
        layers = sound.body["layers"]
        name = spelled(layers[index], parameter)
        assert name is not None
        old = layers[index][name]
        others = sorted({layer[name] for layer in layers if type(layer.get(name)) is int})
        return Edit(sound).set(index, name, near(rng, old, others)).mistake() if type(old) is int else None

    return make


def sized(types: set[str], parameter: str, choices: Sequence[int], default: int | None = None) -> Make:
    """Makes another size of a parameter; where it is left out, it is said."""

    def make(sound: Sound, rng: Random) -> Mistake | None:
        index = drawn(sound, rng, types, None if default is not None else parameter)
        if index is None:
            return None
        layer = sound.body["layers"][index]
        name = spelled(layer, parameter) or base.ALIASES.get(parameter, (parameter,))["filters" in layer]
        return Edit(sound).set(index, name, moved(rng, layer.get(name, default), choices)).mistake()

    return make


WINDOWS = base.CONVS | base.TRANSPOSED | base.POOLS

add("wrong_out_channels", counted(base.CONVS | base.TRANSPOSED, "out_channels"))
add("wrong_in_channels", counted(base.CONVS | base.TRANSPOSED, "in_channels"))
add("wrong_num_features", counted(base.NORMS, "num_features"))
add("wrong_in_features", counted(base.LINEAR, "in_features"))
add("wrong_out_features", counted(base.LINEAR, "out_features"))
add("wrong_kernel_of_convolution", sized(base.CONVS, "kernel_size", (1, 2, 3, 4, 5, 7)))
add("wrong_kernel_of_transposed", sized(base.TRANSPOSED, "kernel_size", (2, 3, 4, 5)))
add("wrong_kernel_of_pool", sized(base.POOLS, "kernel_size", (2, 3, 4)))
add("wrong_stride", sized(WINDOWS, "stride", (1, 2, 3, 4), 1))
add("wrong_padding", sized(base.CONVS | base.POOLS, "padding", (0, 1, 2, 3), 0))
add("wrong_padding_of_transposed", sized(base.TRANSPOSED, "padding", (0, 1, 2), 0))
add("wrong_dilation", sized(base.CONVS, "dilation", (1, 2, 3), 1))
add("wrong_num_groups", sized({"groupnorm"}, "num_groups", (3, 5, 7, 12, 24, 48)))
add("wrong_num_channels", counted({"groupnorm"}, "num_channels"))
add("wrong_normalized_shape", counted({"layernorm"}, "normalized_shape"))
add("wrong_embed_dim", counted({"multiheadattention"}, "embed_dim"))
add("wrong_d_model", counted({"transformerencoderlayer"}, "d_model"))
add("wrong_num_heads", sized({"multiheadattention"}, "num_heads", (3, 5, 6, 7, 12)))
add("wrong_nhead", sized({"transformerencoderlayer"}, "nhead", (3, 5, 6, 7, 12)))
add("wrong_input_size_of_recurrent", counted(base.RECURRENT, "input_size"))
add("wrong_hidden_size", counted(base.RECURRENT, "hidden_size"))
add(
    "wrong_scale_factor", sized({"upsample", "upsampling1d", "upsampling2d", "upsampling3d"}, "scale_factor", (2, 3, 4))
)
add("wrong_pixel_shuffle", sized({"pixelshuffle"}, "scale_factor", (2, 3, 4)))
add("wrong_adaptive_size", sized(base.ADAPTIVE, "output_size", (1, 2, 3, 5, 6, 7, 8)))
add("wrong_split_size", counted({"split"}, "split_size"))
add("wrong_chunks", sized({"chunk"}, "chunks", (2, 4)))


@kind()
def wrong_groups(sound: Sound, rng: Random) -> Mistake | None:
    """Groups that do not divide the channels, or those of a depthwise convolution left as they were."""
    index = drawn(sound, rng, base.CONVS)
    if index is None:
        return None
    old = sound.body["layers"][index].get("groups", 1)
    choices = [2, 3, 4, 5, 6, 8, 16, 32, *([near(rng, old)] * 4 if old > 1 else [])]
    return Edit(sound).set(index, "groups", rng.choice(choices)).mistake()


@kind()
def output_padding_left_out(sound: Sound, rng: Random) -> Mistake | None:
    index = drawn(sound, rng, base.TRANSPOSED, "output_padding")
    if index is None or not sound.body["layers"][index]["output_padding"]:
        return None
    return Edit(sound).set(index, "output_padding", None).mistake()


@kind()
def padding_for_output_padding(sound: Sound, rng: Random) -> Mistake | None:
    """`output_padding` said as more padding: its own is gone, and the padding is one more."""
    index = drawn(sound, rng, base.TRANSPOSED, "output_padding")
    if index is None:
        return None
    layer = sound.body["layers"][index]
    extra, padding = layer["output_padding"], layer.get("padding", 0)
    if type(extra) is not int or type(padding) is not int or not extra:
        return None
    if rng.random() < 0.5 and extra != padding:
        edit = Edit(sound).set(index, "output_padding", padding).set(index, "padding", extra)
    else:
        edit = Edit(sound).set(index, "output_padding", None).set(index, "padding", padding + extra)
    return edit.mistake()


def exchanged(types: set[str], first: str, second: str) -> Make:
    """Makes two parameters of a layer change places."""

    def make(sound: Sound, rng: Random) -> Mistake | None:
        index = drawn(sound, rng, types, first)
        if index is None:
            return None
        layer = sound.body["layers"][index]
        one, two = spelled(layer, first), spelled(layer, second)
        if one is None or two is None or type(layer[one]) is not type(layer[two]):
            return None
        return Edit(sound).set(index, one, layer[two]).set(index, two, layer[one]).mistake()

    return make


add("kernel_and_padding_exchanged", exchanged(base.CONVS | base.TRANSPOSED, "kernel_size", "padding"))
add("kernel_and_stride_exchanged", exchanged(base.CONVS | base.TRANSPOSED | base.POOLS, "kernel_size", "stride"))
add("stride_and_padding_exchanged", exchanged(base.CONVS | base.TRANSPOSED | base.POOLS, "stride", "padding"))
add("channels_exchanged", exchanged(base.CONVS | base.TRANSPOSED, "in_channels", "out_channels"))
add("features_exchanged", exchanged(base.LINEAR, "in_features", "out_features"))


@kind()
def wrong_permute(sound: Sound, rng: Random) -> Mistake | None:
    index = drawn(sound, rng, {"permute"}, "dims")
    if index is None:
        return None
    old = sound.body["layers"][index]["dims"]
    if not isinstance(old, list) or len(old) < 3:
        return None
    new = [old[0], *rng.sample(old[1:], len(old) - 1)] if rng.random() < 0.7 else rng.sample(old, len(old))
    return Edit(sound).set(index, "dims", new).mistake()


@kind()
def wrong_reshape(sound: Sound, rng: Random) -> Mistake | None:
    """One size of a reshape or view that is another."""
    index = drawn(sound, rng, {"reshape", "view"}, "shape")
    if index is None:
        return None
    old = sound.body["layers"][index]["shape"]
    places = [place for place, size in enumerate(old) if place and type(size) is int and size > 1]
    if not places:
        return None
    place = rng.choice(places)
    return Edit(sound).set(index, "shape", [*old[:place], near(rng, old[place]), *old[place + 1 :]]).mistake()


def wrong_pair(types: set[str]) -> Make:
    """Makes one amount of a pad or crop another."""

    def make(sound: Sound, rng: Random) -> Mistake | None:
        index = drawn(sound, rng, types, "padding")
        if index is None:
            return None
        old = sound.body["layers"][index]["padding"]
        if not (isinstance(old, list) and all(isinstance(pair, list) for pair in old)):
            return None
        axis, end = rng.randrange(len(old)), rng.randrange(2)
        new = [list(pair) for pair in old]
        new[axis][end] = max(0, new[axis][end] + rng.choice([-2, -1, 1, 2]))
        return Edit(sound).set(index, "padding", new).mistake()

    return make


add("wrong_pad", wrong_pair({"pad"}))
add("wrong_crop", wrong_pair({"crop"}))


@kind()
def wrong_concat_dim(sound: Sound, rng: Random) -> Mistake | None:
    """Concatenated along a wrong axis, though not the batch."""
    index = drawn(sound, rng, base.CONCAT)
    if index is None:
        return None
    layer, rank = sound.body["layers"][index], len(sound.shapes[index] or [])
    name = spelled(layer, "dim") or ("axis" if sound.style.framework == "keras" else "dim")
    old = layer.get(name, -1)
    axes = [axis for axis in range(1, rank) if axis != old % rank]
    return Edit(sound).set(index, name, rng.choice([*axes, axes[-1] - rank])).mistake() if axes else None


@kind(symptomless=True)
def concat_along_batch(sound: Sound, rng: Random) -> Mistake | None:
    """`dim` 0, or left out where the default is 0."""
    index = drawn(sound, rng, base.CONCAT)
    if index is None:
        return None
    layer = sound.body["layers"][index]
    name = spelled(layer, "dim") or ("axis" if sound.style.framework == "keras" else "dim")
    left_out = layer["type"] == "torch.cat" and rng.random() < 0.5
    return Edit(sound).set(index, name, None if left_out else 0).mistake()


@kind(symptomless=True)
def flatten_from_the_batch(sound: Sound, rng: Random) -> Mistake | None:
    index = drawn(sound, rng, {"flatten"}, "start_dim")
    return None if index is None else Edit(sound).set(index, "start_dim", 0).mistake()


@kind()
def flatten_too_late(sound: Sound, rng: Random) -> Mistake | None:
    """`start_dim` one too many."""
    index = drawn(sound, rng, {"flatten"}, "start_dim")
    if index is None:
        return None
    return Edit(sound).set(index, "start_dim", sound.body["layers"][index]["start_dim"] + 1).mistake()
