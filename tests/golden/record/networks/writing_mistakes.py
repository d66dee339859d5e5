"""Mistakes in how a network is written: words that do not exist, impossible values, omissions, wrong connections."""

import random
from typing import Any

from tests.golden.record.layers.drafts import NOT_PARAMETERS
from tests.golden.record.networks.mistakes import (
    CONVOLUTIONS,
    POOLS,
    TRANSPOSED,
    first_input,
    inputs_of,
    is_referred_to,
    location,
    may_change_type,
    mistake,
    places,
    set_entry,
)
from tests.golden.record.networks.random_networks import Drawn

KNOWN_WORDS = ("elu", "selu", "celu", "relu", "pad", "add", "strides", "dims", "dim", "size")
"""Words that a misspelling may become; they would mean something else."""
REQUIRED = ("out_channels", "out_features", "kernel_size", "num_groups", "output_size", "scale_factor", "padding",
            "dims", "shape", "upscale_factor")  # fmt: skip
SECOND_SPELLINGS = {
    "stride": "strides", "dilation": "dilations", "out_channels": "filters", "kernel_size": "kernel_shape",
    "groups": "group", "bias": "use_bias", "out_features": "units", "upscale_factor": "scale_factor", "dim": "axis",
}  # fmt: skip
LEAST = {
    "kernel_size": 1, "stride": 1, "dilation": 1, "padding": 0, "groups": 1, "in_channels": 1, "out_channels": 1,
    "num_features": 1, "num_groups": 1, "in_features": 1, "out_features": 1, "upscale_factor": 1, "output_padding": 0,
}  # fmt: skip
WHOLE = (*LEAST, "num_channels", "output_size", "normalized_shape", "start_dim", "dim", "dims", "shape")


def misspelt(rng: random.Random, word: str) -> str:
    """The word with one letter doubled or, in a longer word, left out; never a digit."""
    index = rng.choice([index for index, letter in enumerate(word) if letter.isalpha()])
    if len(word) > 4 and index and rng.random() < 0.5:
        return word[:index] + word[index + 1 :]
    return word[: index + 1] + word[index:]


# --- words ------------------------------------------------------------------------------------------------------------


@mistake("unknown-layer-type", repair=True)
def layer_type(rng: random.Random, drawn: Drawn) -> str | None:
    """A misspelling, a rank without its `d`, or words run together."""
    for index, layer in places(rng, drawn):
        word = layer["type"]
        misspellings = [misspelt(rng, word), *([word[:-1]] if word.endswith("d") and word[-2].isdigit() else [])]
        misspelling = rng.choice([*misspellings, *([word.replace("_", "")] if "_" in word else [])])
        if may_change_type(drawn, index) and misspelling not in KNOWN_WORDS:
            layer["type"] = misspelling
            return location(index, "type")
    return None


@mistake("unknown-parameter", repair=True)
def parameter(rng: random.Random, drawn: Drawn) -> str | None:
    """A misspelt parameter."""
    for index, layer in places(rng, drawn):
        words = [word for word in layer if word not in NOT_PARAMETERS]
        if not words:
            continue
        word = rng.choice(words)
        misspelling = misspelt(rng, word)
        if misspelling not in KNOWN_WORDS:
            layer[misspelling] = layer.pop(word)
            return location(index, misspelling)
    return None


@mistake("conflicting-parameters", repair=True)
def said_twice(rng: random.Random, drawn: Drawn) -> str | None:
    """The same parameter as two frameworks spell it, with the same value."""
    for index, layer in places(rng, drawn):
        words = [word for word in layer if word in SECOND_SPELLINGS]
        if words:
            word = rng.choice(words)
            layer[SECOND_SPELLINGS[word]] = layer[word]
            return location(index, SECOND_SPELLINGS[word])
    return None


@mistake("missing-parameter")
def left_out(rng: random.Random, drawn: Drawn) -> str | None:
    """A required parameter is left out."""
    for index, layer in places(rng, drawn):
        words = [word for word in layer if word in REQUIRED and (word != "padding" or layer["type"] == "pad")]
        words = [word for word in words if word != "output_size" or layer["type"] not in TRANSPOSED]
        if words:
            del layer[rng.choice(words)]
            return location(index)
    return None


@mistake("rank-mismatch")
def other_rank(rng: random.Random, drawn: Drawn) -> str | None:
    """A layer for fewer spatial axes, or for three where there is one, so that no input is taken as unbatched."""
    for index, layer in places(rng, drawn, *CONVOLUTIONS, *TRANSPOSED, *POOLS, "batch_norm2d", "batch_norm3d"):
        rank = int(layer["type"][-2])
        others = {1: [3], 2: [1], 3: [1, 2]}[rank]
        if may_change_type(drawn, index) and not any(
            isinstance(layer[word], list) for word in layer if word != "inputs"
        ):
            layer["type"] = f"{layer['type'][:-2]}{rng.choice(others)}d"
            return location(index, "type")
    return None


@mistake("not-supported-by-framework", repair=True)
def lacking(rng: random.Random, drawn: Drawn) -> str | None:
    """A parameter that other layers have, and this one does not."""
    for index, layer in places(rng, drawn, *TRANSPOSED, "avg_pool1d", "avg_pool2d", "avg_pool3d"):
        name, value = ("padding_mode", "reflect") if layer["type"] in TRANSPOSED else ("dilation", 2)
        if layer["type"] == "avg_pool1d" and rng.random() < 0.5:
            name, value = "divisor_override", 2
        layer[name] = value
        return location(index, name)
    return None


# --- values -----------------------------------------------------------------------------------------------------------


@mistake("parameter-out-of-range")
def below_least(rng: random.Random, drawn: Drawn) -> str | None:
    """A number below the least one allowed."""
    for index, layer in places(rng, drawn):
        words = [word for word in layer if word in LEAST and layer["type"] != "pad" and layer[word] != "same"]
        if words:
            word = rng.choice(words)
            return location(index, *set_entry(rng, layer, word, LEAST[word] - rng.randint(1, 2)))
    return None


@mistake("wrong-type")
def another_type(rng: random.Random, drawn: Drawn) -> str | None:
    """A number as text or as a float."""
    for index, layer in places(rng, drawn):
        words = [word for word in layer if word in WHOLE and is_whole(layer[word])]
        if words:
            word = rng.choice(words)
            value = layer[word][0] if isinstance(layer[word], list) else layer[word]
            wrong = float(value) if word == "padding" or rng.random() < 0.4 else str(value)
            return location(index, *set_entry(rng, layer, word, wrong))
    return None


def is_whole(value: Any) -> bool:
    return isinstance(value, int) or (isinstance(value, list) and all(isinstance(entry, int) for entry in value))


@mistake("parameter-out-of-range")
def axis_index(rng: random.Random, drawn: Drawn) -> str | None:
    """An axis that the input does not have, or that is named twice."""
    for index, layer in places(rng, drawn, "flatten", "concat", "permute"):
        if layer["type"] == "permute":
            layer["dims"] = [0, 2, 2]
            return location(index, "dims")
        name = "start_dim" if layer["type"] == "flatten" else "dim"
        layer[name] = rng.choice((len(drawn.input_shapes[index][0]), -len(drawn.input_shapes[index][0]) - 1))
        return location(index, name)
    return None


@mistake("parameter-out-of-range", repair=True)
def normalized_shape(rng: random.Random, drawn: Drawn) -> str | None:
    """A layer norm for another number of features than its input has."""
    for index, layer in places(rng, drawn, "layer_norm"):
        layer["normalized_shape"] = drawn.input_shapes[index][0][-1] + rng.randint(1, 2)
        return location(index, "normalized_shape")
    return None


@mistake("element-count-mismatch")
def elements(rng: random.Random, drawn: Drawn) -> str | None:
    """A shape with another number of elements than the input has."""
    for index, layer in places(rng, drawn, "reshape"):
        features = [size for size in layer["shape"] if size != -1]
        if len(features) == len(layer["shape"]):
            layer["shape"] = [layer["shape"][0], layer["shape"][1] + rng.choice((-1, 1))]
            return location(index, "shape")
    return None


# --- connections ------------------------------------------------------------------------------------------------------


@mistake("unknown-input", repair=True, of_the_graph=True)
def input_name(rng: random.Random, drawn: Drawn) -> str | None:
    """A misspelt input."""
    for index, layer in places(rng, drawn, having="inputs"):
        names = inputs_of(layer)
        position = rng.randrange(len(names))
        misspelling = misspelt(rng, names[position])
        if misspelling in drawn.names:
            continue
        if isinstance(layer["inputs"], str):
            layer["inputs"] = misspelling
            return location(index, "inputs")
        layer["inputs"] = [*names[:position], misspelling, *names[position + 1 :]]
        return location(index, "inputs", position)
    return None


@mistake("duplicate-name", of_the_graph=True)
def name_taken(rng: random.Random, drawn: Drawn) -> str | None:
    """The name of an earlier layer or of the network's input, for a layer that no other layer refers to."""
    for index, layer in places(rng, drawn, having="name"):
        if index and not is_referred_to(drawn, index):
            layer["name"] = rng.choice((drawn.names[rng.randrange(index)], first_input(drawn)))
            return location(index, "name")
    return None


@mistake("cycle", name="circle", of_the_graph=True)
def cycle(rng: random.Random, drawn: Drawn) -> str | None:
    """A layer whose input is itself, or a layer that depends on it."""
    if not drawn.listed_in_order:
        return None
    for index, layer in places(rng, drawn):
        later = rng.choice([index, *dependents_of(drawn, index)])
        names = inputs_of(layer)
        layer["inputs"] = [*names[:-1], drawn.names[later]] if len(names) > 1 else drawn.names[later]
        return location(index, "inputs")
    return None


def dependents_of(drawn: Drawn, start: int) -> list[int]:
    """The layers that depend on this one, directly or not, where all are listed in order."""
    dependents = [start]
    for index, layer in enumerate(drawn.layers[start + 1 :], start + 1):
        before = [drawn.names.index(name) for name in inputs_of(layer) if name in drawn.names]
        if set(dependents).intersection(before if "inputs" in layer else [index - 1]):
            dependents.append(index)
    return dependents[1:]
