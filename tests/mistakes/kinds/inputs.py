"""Mistakes in what the network is given, or in all of its layers at once."""

from copy import deepcopy
from random import Random
from typing import Any

from tests.mistakes.kinds import base
from tests.mistakes.kinds.base import Edit, Mistake, kind, simple
from tests.mistakes.sound import Sound


def inputs_of(sound: Sound) -> dict[str, tuple[str, list[int | None]]]:
    """Each input's pointer and shape, by name."""
    if "input_shape" in sound.body:
        return {"input": ("/input_shape", sound.body["input_shape"])}
    return {name: (f"/inputs/{name}", shape) for name, shape in sound.body["inputs"].items()}


def with_input(sound: Sound, rng: Random, change: Any) -> Mistake | None:
    """One input, drawn, with another shape; `change` gives it, or None."""
    name, (pointer, shape) = rng.choice(list(inputs_of(sound).items()))
    new = change(list(shape))
    if new is None:
        return None
    edit = Edit(sound)
    if "input_shape" in edit.body:
        edit.body["input_shape"] = new
    else:
        edit.body["inputs"][name] = new
    return edit.note(pointer, f"{pointer}: {shape} -> {new}").mistake()


def axes(sound: Sound, shape: list[Any]) -> tuple[int, list[int]]:
    """The axis of the channels, and the spatial ones."""
    last = len(shape) - 1
    return (last, list(range(1, last))) if sound.style.framework == "keras" else (1, list(range(2, last + 1)))


@kind(whole=True, symptomless=True)
def missing_batch_axis(sound: Sound, rng: Random) -> Mistake | None:
    """What batch it was, nobody knows: any undoes it."""
    return with_input(sound, rng, lambda shape: shape[1:] if len(shape) > 2 else None)


@kind(whole=True, symptomless=True)
def missing_channel_axis(sound: Sound, rng: Random) -> Mistake | None:
    """A grey image given without its channel."""

    def change(shape: list[Any]) -> list[Any] | None:
        channel, spatial = axes(sound, shape)
        if not spatial or shape[channel] != 1:
            return None
        return [size for axis, size in enumerate(shape) if axis != channel]

    return with_input(sound, rng, change)


@kind(whole=True, symptomless=True)
def channels_on_the_other_end(sound: Sound, rng: Random) -> Mistake | None:
    """Channels last where they have to be first, or first where last."""

    def change(shape: list[Any]) -> list[Any] | None:
        channel, spatial = axes(sound, shape)
        if not spatial:
            return None
        moved = [shape[axis] for axis in spatial]
        return [shape[0], *([*moved, shape[1]] if channel == 1 else [shape[channel], *moved])]

    return with_input(sound, rng, change)


@kind(whole=True)
def wrong_channels_of_input(sound: Sound, rng: Random) -> Mistake | None:
    """A grey image, one with an alpha channel, and so on."""

    def change(shape: list[Any]) -> list[Any] | None:
        channel, spatial = axes(sound, shape)
        if shape[channel] is None:
            return None
        shape[channel] = rng.choice([count for count in (1, 3, 4) if count != shape[channel]])
        return shape if spatial else None

    return with_input(sound, rng, change)


@kind(whole=True)
def other_input_size(sound: Sound, rng: Random) -> Mistake | None:
    """Another size than the head was made for."""

    def change(shape: list[Any]) -> list[Any] | None:
        _, spatial = axes(sound, shape)
        if not spatial or any(shape[axis] is None for axis in spatial):
            return None
        known = [28, 32, 64, 96, 128, 192, 224, 256, 299, 320, 384, 512]
        other = rng.choice([size for size in known if size != shape[spatial[0]]])
        for axis in spatial:
            shape[axis] = other
        return shape

    return with_input(sound, rng, change)


@kind(whole=True)
def odd_input_size(sound: Sound, rng: Random) -> Mistake | None:
    """A size that a network of skips does not bring back, by little."""
    if not any(simple(layer) in base.CONCAT | base.JOINS for layer in sound.body["layers"]):
        return None

    def change(shape: list[Any]) -> list[Any] | None:
        _, spatial = axes(sound, shape)
        if not spatial:
            return None
        more = rng.choice([-3, -2, -1, 1, 2, 3])
        for axis in spatial if rng.random() < 0.6 else [rng.choice(spatial)]:
            if shape[axis] is None or shape[axis] < 8:
                return None
            shape[axis] += more
        return shape

    return with_input(sound, rng, change)


@kind(whole=True, symptomless=True)
def batch_taken_for_channels(sound: Sound, rng: Random) -> Mistake | None:
    """Layers of the next rank for a batch of images: `conv3d` on `[8, 3, 32, 32]`."""
    edit = Edit(sound)
    ranked = base.CONVS | base.TRANSPOSED | base.POOLS | base.NORMS | base.ADAPTIVE
    changed = 0
    for layer in edit.body["layers"]:
        if simple(layer) not in ranked:
            continue
        members = {name: value for name, value in layer.items() if name not in ("inputs", "type", "name")}
        place = max(place for place, letter in enumerate(layer["type"]) if letter in "123")
        rank = int(layer["type"][place]) + 1
        if rank > 3 or any(isinstance(value, list) for value in members.values()):
            return None
        layer["type"] = f"{layer['type'][:place]}{rank}{layer['type'][place + 1 :]}"
        changed += 1
    if not changed or "input_shape" not in edit.body:
        return None
    for index, layer in enumerate(edit.body["layers"]):
        if layer != sound.body["layers"][index]:
            edit.note(f"/layers/{index}", "every layer is of the next rank")
    return edit.note("/input_shape", "").mistake(changed)


@kind(whole=True)
def flattened_input(sound: Sound, rng: Random) -> Mistake | None:
    """Images given as rows: `[8, 784]`."""

    def change(shape: list[Any]) -> list[Any] | None:
        _, spatial = axes(sound, shape)
        if not spatial or any(size is None for size in shape[1:]):
            return None
        product = 1
        for size in shape[1:]:
            product *= size
        return [shape[0], product]

    return with_input(sound, rng, change)


@kind(whole=True)
def axis_too_many(sound: Sound, rng: Random) -> Mistake | None:
    """Batched twice: `[1, 8, 3, 32, 32]`."""
    return with_input(sound, rng, lambda shape: [1, *deepcopy(shape)])
