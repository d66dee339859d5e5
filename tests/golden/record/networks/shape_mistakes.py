"""Mistakes of layers that do not fit the shapes of their inputs: channels, features, windows, branches."""

import random
from math import prod

from tests.golden.record.networks.mistakes import (
    CONVOLUTIONS,
    MERGES,
    POOLS,
    TRANSPOSED,
    first_input,
    inputs_of,
    location,
    mistake,
    per_axis,
    places,
    set_entry,
    sizes,
)
from tests.golden.record.networks.random_networks import Drawn

# --- channels and features --------------------------------------------------------------------------------------------


def other_count(rng: random.Random, value: int, *taken: int | None) -> int:
    """Another count than the value, and none of those taken."""
    return rng.choice(
        [other for other in (value - 1, value + 1, value + 2, 2 * value) if other > 0 and other not in taken]
    )


@mistake("channel-mismatch", repair=True)
def in_channels(rng: random.Random, drawn: Drawn) -> str | None:
    """A convolution for another number of channels than its input has."""
    for index, layer in places(rng, drawn, *CONVOLUTIONS, *TRANSPOSED, having="in_channels"):
        if "groups" not in layer:
            channels = layer["in_channels"]
            layer["in_channels"] = other_count(rng, channels, channels, drawn.input_shapes[index][0][-1])
            return location(index, "in_channels")
    return None


@mistake("channel-mismatch", repair=True)
def norm_channels(rng: random.Random, drawn: Drawn) -> str | None:
    """A norm for another number of channels than its input has."""
    for index, layer in places(rng, drawn):
        for name in ("num_features", "num_channels"):
            if name in layer:
                layer[name] = 2 * layer[name] if name == "num_channels" else layer[name] + rng.randint(1, 2)
                return location(index, name) if layer[name] != drawn.input_shapes[index][0][-1] else None
    return None


@mistake("channel-mismatch", repair=True)
def slopes(rng: random.Random, drawn: Drawn) -> str | None:
    """A prelu for another number of channels than its input has."""
    for index, layer in places(rng, drawn, "prelu"):
        layer["num_parameters"] = drawn.input_shapes[index][0][1] + 1
        return location(index, "num_parameters")
    return None


@mistake("feature-mismatch", repair=True)
def in_features(rng: random.Random, drawn: Drawn) -> str | None:
    """A linear layer for another number of features than its input has."""
    for index, layer in places(rng, drawn, "linear", having="in_features"):
        shape = drawn.input_shapes[index][0]
        layer["in_features"] = other_count(rng, shape[-1], prod(shape[1:]), shape[-1])
        return location(index, "in_features")
    return None


@mistake("missing-flatten", repair=True)
def flatten(rng: random.Random, drawn: Drawn) -> str | None:
    """No layer that flattens before a linear layer."""
    layers = drawn.layers
    for index, layer in places(rng, drawn, "flatten", "reshape"):
        users = [i for i, other in enumerate(layers) if drawn.names[index] in inputs_of(other) or i == index + 1]
        user = next((i for i in users if layers[i]["type"] == "linear" and "in_features" in layers[i]), None)
        if user is None or "start_dim" in layer or not all("name" in other for other in layers):
            continue
        if "inputs" in layers[user] or "inputs" in layer:
            layers[user]["inputs"] = layer.get("inputs") or drawn.names[index - 1]
        if drawn.input_shapes[index][0][-1] != layers[user]["in_features"]:
            del layers[index]
            return location(user - (user > index), "in_features")
    return None


@mistake("groups-do-not-divide-channels")
def groups(rng: random.Random, drawn: Drawn) -> str | None:
    """Groups that do not divide the channels."""
    for index, layer in places(rng, drawn, *CONVOLUTIONS, *TRANSPOSED):
        counts = (drawn.input_shapes[index][0][1], layer["out_channels"])
        layer["groups"] = rng.choice([groups for groups in range(2, 10) if any(count % groups for count in counts)])
        return location(index, "groups")
    return None


@mistake("indivisible-channels")
def norm_groups(rng: random.Random, drawn: Drawn) -> str | None:
    """Groups of a norm that do not divide the channels."""
    for index, layer in places(rng, drawn, "group_norm"):
        channels = drawn.input_shapes[index][0][1]
        layer["num_groups"] = rng.choice([groups for groups in range(2, 11) if channels % groups])
        return location(index, "num_groups")
    return None


@mistake("indivisible-channels")
def shuffle(rng: random.Random, drawn: Drawn) -> str | None:
    """A factor whose square does not divide the channels."""
    for index, layer in places(rng, drawn, "pixel_shuffle"):
        channels = drawn.input_shapes[index][0][1]
        layer["upscale_factor"] = rng.choice([factor for factor in (3, 4, 5) if channels % factor**2])
        return location(index, "upscale_factor")
    return None


@mistake("suspected-channels-last", repair=True)
def channels_last(rng: random.Random, drawn: Drawn) -> str | None:
    """The channels of the input are last, as in an image file, before the one layer that says how many it takes."""
    if "inputs" in drawn.body:
        return None
    users = [
        i for i, layer in enumerate(drawn.layers) if "input" in inputs_of(layer) or (i == 0 and "inputs" not in layer)
    ]
    if len(users) != 1 or "in_channels" not in drawn.layers[users[0]]:
        return None
    batch, channels, *rest = drawn.body["input_shape"]
    drawn.body["input_shape"] = [batch, *rest, channels]
    return location(users[0], "in_channels")


# --- windows ----------------------------------------------------------------------------------------------------------


@mistake("kernel-larger-than-input")
def kernel(rng: random.Random, drawn: Drawn) -> str | None:
    """A kernel one or two larger than the padded input."""
    for index, layer in places(rng, drawn, *CONVOLUTIONS, *POOLS):
        if layer.get("padding") == "same":
            continue
        spatial = sizes(drawn, index)
        padding, dilation = (per_axis(layer, name, len(spatial), d) for name, d in (("padding", 0), ("dilation", 1)))
        room = [size + 2 * p for size, p in zip(spatial, padding, strict=True)]
        listed = isinstance(layer["kernel_size"], list)
        axis = rng.randrange(len(spatial)) if listed else room.index(min(room))
        too_large = (room[axis] - 1) // dilation[axis] + 2 + rng.randint(0, 1)
        layer["kernel_size"] = (
            [*layer["kernel_size"][:axis], too_large, *layer["kernel_size"][axis + 1 :]] if listed else too_large
        )
        return location(index, "kernel_size", *([axis] if listed else []))
    return None


@mistake("padding-exceeds-half-kernel")
def pool_padding(rng: random.Random, drawn: Drawn) -> str | None:
    """A padding larger than half the kernel."""
    for index, layer in places(rng, drawn, *POOLS):
        kernels = per_axis(layer, "kernel_size", len(sizes(drawn, index)), 1)
        padding = layer.get("padding", 0)
        if isinstance(padding, int):
            layer["padding"] = min(kernels) // 2 + 1
            return location(index, "padding")
        axis = rng.randrange(len(padding))
        padding[axis] = kernels[axis] // 2 + 1
        return location(index, "padding", axis)
    return None


@mistake("padding-not-supported")
def same_with_stride(rng: random.Random, drawn: Drawn) -> str | None:
    """Padding "same" with a stride, where the sizes are those that it would give."""
    for index, layer in places(rng, drawn, *CONVOLUTIONS, having="stride"):
        spatial = sizes(drawn, index)
        parameters = [
            per_axis(layer, name, len(spatial), d)
            for name, d in (("kernel_size", 1), ("padding", 0), ("dilation", 1), ("stride", 1))
        ]
        axes = zip(spatial, *parameters, strict=True)
        if all((i + 2 * p - d * (k - 1) - 1) // s == (i - 1) // s for i, k, p, d, s in axes):
            layer["padding"] = "same"
            return location(index, "padding")
    return None


@mistake("padding-not-supported")
def pool_padding_by_name(rng: random.Random, drawn: Drawn) -> str | None:
    """Padding "same" in a pool, where the sizes are those that it would give."""
    for index, layer in places(rng, drawn, *POOLS):
        if layer.get("stride") == 1 and layer.get("padding") == 1 and layer["kernel_size"] == 3:
            layer["padding"] = "same"
            return location(index, "padding")
    return None


@mistake("padding-exceeds-input")
def reflected(rng: random.Random, drawn: Drawn) -> str | None:
    """Mirrored or repeated padding that is larger than the input."""
    for index, layer in places(rng, drawn, *CONVOLUTIONS, "pad"):
        if layer["type"] == "pad":
            axis, end = rng.randrange(len(layer["padding"])), rng.randrange(2)
            layer["mode"] = rng.choice(("reflect", "circular"))
            layer["padding"][axis][end] = sizes(drawn, index)[axis] + rng.randint(1, 2)
            return location(index, "padding", axis, end)
        if layer.get("padding") != "same":
            layer["padding"] = min(sizes(drawn, index)) + rng.randint(1, 2)
            layer["padding_mode"] = rng.choice(("reflect", "circular"))
            return location(index, "padding")
    return None


@mistake("output-padding-out-of-range")
def output_padding(rng: random.Random, drawn: Drawn) -> str | None:
    """An output padding that is not below the stride or the dilation."""
    for index, layer in places(rng, drawn, *TRANSPOSED):
        if "output_size" not in layer:
            rank = len(sizes(drawn, index))
            limit = max(*per_axis(layer, "stride", rank, 1), *per_axis(layer, "dilation", rank, 1))
            return location(index, *set_entry(rng, layer, "output_padding", limit + rng.randint(0, 1)))
    return None


@mistake("empty-output")
def cropped_away(rng: random.Random, drawn: Drawn) -> str | None:
    """A padding that crops the whole output."""
    for index, layer in places(rng, drawn, *TRANSPOSED):
        if "output_size" not in layer:
            spatial = sizes(drawn, index)
            parameters = (per_axis(layer, name, len(spatial), 1) for name in ("stride", "kernel_size", "dilation"))
            longest = max((i - 1) * s + (k - 1) * d + 1 for i, s, k, d in zip(spatial, *parameters, strict=True))
            layer["padding"] = (longest + 3) // 2 + rng.randint(0, 1)
            return location(index, "padding")
    return None


# --- branches ---------------------------------------------------------------------------------------------------------


def resize_branch(rng: random.Random, drawn: Drawn, *merges: str) -> str | None:
    """Change the size of one branch: by its stride, or by its kernel where it is a transposed convolution."""
    for index, layer in places(rng, drawn, *CONVOLUTIONS, *TRANSPOSED):
        merge = drawn.merges.get(index)
        if merge is None or drawn.layers[merge]["type"] not in merges or min(sizes(drawn, index)) < 3:
            continue
        if layer["type"] in TRANSPOSED:
            layer["kernel_size"] = 3
        elif "stride" in layer:
            continue
        else:
            layer["stride"] = 2
        return location(merge, "inputs")
    return None


@mistake("branch-shape-mismatch")
def branches_added(rng: random.Random, drawn: Drawn) -> str | None:
    """Branches of different sizes are added."""
    return resize_branch(rng, drawn, "add")


@mistake("branch-shape-mismatch")
def branches_concatenated(rng: random.Random, drawn: Drawn) -> str | None:
    """Branches of different sizes are concatenated."""
    return resize_branch(rng, drawn, "concat")


@mistake("wrong-number-of-inputs")
def unnamed_branches(rng: random.Random, drawn: Drawn) -> str | None:
    """A layer that brings branches together names none."""
    for index, layer in places(rng, drawn, *MERGES):
        if drawn.listed_in_order:
            del layer["inputs"]
            return location(index)
    return None


@mistake("wrong-number-of-inputs")
def two_inputs(rng: random.Random, drawn: Drawn) -> str | None:
    """Two inputs of a layer that takes one."""
    for index, layer in places(rng, drawn):
        if layer["type"] not in MERGES:
            before = inputs_of(layer) or [drawn.names[index - 1] if index else first_input(drawn)]
            layer["inputs"] = [*before, first_input(drawn)]
            return location(index, "inputs")
    return None
