"""A layer too many, a layer missing, a layer of another kind, and wires to wrong places."""

from random import Random

from tests.mistakes.kinds import base
from tests.mistakes.kinds.base import Edit, Mistake, drawn, kind, simple
from tests.mistakes.sound import Sound


def spatial_rank(sound: Sound, index: int) -> int:
    """How many spatial axes leave a layer, if it is one that works on images."""
    return len(sound.shapes[index] or []) - 2


IMAGES = base.CONVS | base.TRANSPOSED | base.POOLS | base.NORMS | {"relu", "silu", "leakyrelu"}


@kind()
def pool_too_many(sound: Sound, rng: Random) -> Mistake | None:
    index = drawn(sound, rng, IMAGES)
    if index is None:
        return None
    rank = spatial_rank(sound, index)
    if rank not in (1, 2, 3):
        return None
    if sound.style.framework == "keras":
        return Edit(sound).insert(index, {"type": f"MaxPooling{rank}D", "pool_size": 2}).mistake()
    word = f"nn.MaxPool{rank}d" if "nn." in sound.body["layers"][index]["type"] else f"max_pool{rank}d"
    return Edit(sound).insert(index, {"type": word, "kernel_size": 2, "stride": 2}).mistake()


@kind(knowable=False)
def pool_missing(sound: Sound, rng: Random) -> Mistake | None:
    index = drawn(sound, rng, base.POOLS)
    edit = None if index is None else Edit(sound).delete(index)
    return edit and edit.mistake()


@kind()
def convolution_twice(sound: Sound, rng: Random) -> Mistake | None:
    index = drawn(sound, rng, base.CONVS | base.TRANSPOSED)
    if index is None:
        return None
    layer = {name: value for name, value in sound.body["layers"][index].items() if name not in ("name", "inputs")}
    if "name" in sound.body["layers"][index]:
        layer["inputs"] = [sound.names[index]]
    edit = Edit(sound)
    edit.insert(index, dict(layer))
    if "inputs" in layer:
        edit.body["layers"][index + 1]["inputs"] = [sound.names[index]]
    return edit.note(f"/layers/{index}", "").mistake()


@kind(knowable=False)
def convolution_missing(sound: Sound, rng: Random) -> Mistake | None:
    index = drawn(sound, rng, base.CONVS | base.TRANSPOSED)
    edit = None if index is None else Edit(sound).delete(index)
    return edit and edit.mistake()


@kind()
def flatten_forgotten(sound: Sound, rng: Random) -> Mistake | None:
    index = drawn(sound, rng, {"flatten"})
    edit = None if index is None else Edit(sound).delete(index)
    return edit and edit.mistake()


@kind(knowable=False)
def upsample_missing(sound: Sound, rng: Random) -> Mistake | None:
    index = drawn(sound, rng, {"upsample", "upsampling2d"})
    edit = None if index is None else Edit(sound).delete(index)
    return edit and edit.mistake()


@kind(knowable=False)
def permute_missing(sound: Sound, rng: Random) -> Mistake | None:
    index = drawn(sound, rng, {"permute"})
    edit = None if index is None else Edit(sound).delete(index)
    return edit and edit.mistake()


@kind()
def flatten_too_many(sound: Sound, rng: Random) -> Mistake | None:
    index = drawn(sound, rng, IMAGES)
    if index is None or spatial_rank(sound, index) < 1:
        return None
    word = {"keras": "Flatten"}.get(sound.style.framework, "flatten")
    return Edit(sound).insert(index, {"type": word}).mistake()


@kind()
def other_rank(sound: Sound, rng: Random) -> Mistake | None:
    """One convolution, pool or norm of another rank than all others."""
    index = drawn(sound, rng, base.CONVS | base.TRANSPOSED | base.POOLS | base.NORMS | base.ADAPTIVE)
    if index is None:
        return None
    layer = sound.body["layers"][index]
    if any(isinstance(value, list) for name, value in layer.items() if name != "inputs"):
        return None
    word = layer["type"]
    place = max(place for place, letter in enumerate(word) if letter in "123")
    other = rng.choice([rank for rank in "123" if rank != word[place]])
    return Edit(sound).set(index, "type", f"{word[:place]}{other}{word[place + 1 :]}").mistake()


@kind()
def shortcut_stride(sound: Sound, rng: Random) -> Mistake | None:
    """The convolution of 1 beside a block does not stride as the block does."""
    found = []
    for index in base.places_of(sound, base.CONVS, "kernel_size"):
        layer = sound.body["layers"][index]
        if layer["kernel_size"] in (1, [1, 1]) and reaches_join(sound, index):
            found.append(index)
    if not found:
        return None
    index = rng.choice(found)
    layer = sound.body["layers"][index]
    name = base.spelled(layer, "stride") or ("strides" if "filters" in layer else "stride")
    old = layer.get(name, 1)
    wide = old if isinstance(old, int) else old[0]
    new = 1 if wide == 2 else 2
    return Edit(sound).set(index, name, new if isinstance(old, int) else [new] * len(old)).mistake()


def reaches_join(sound: Sound, index: int) -> bool:
    """Whether a layer goes to a sum, a norm at most between."""
    for consumer in sound.consumers(index):
        layer = sound.body["layers"][consumer]
        if simple(layer) in {"add", "iadd"}:
            return True
        if simple(layer) in base.NORMS | {"batchnormalization"} and any(
            simple(sound.body["layers"][after]) in {"add", "iadd"} for after in sound.consumers(consumer)
        ):
            return True
    return False


@kind()
def misspelled_input(sound: Sound, rng: Random) -> Mistake | None:
    found = [index for index, layer in enumerate(sound.body["layers"]) if layer.get("inputs")]
    if not found:
        return None
    index = rng.choice(found)
    inputs = list(sound.body["layers"][index]["inputs"])
    place = rng.randrange(len(inputs))
    name = inputs[place]
    at = rng.randrange(len(name))
    inputs[place] = rng.choice([name[:at] + name[at + 1 :], name[:at] + name[at] + name[at:], name.upper(), name + "_"])
    return Edit(sound).set(index, "inputs", inputs).mistake()


@kind()
def input_of_another_layer(sound: Sound, rng: Random) -> Mistake | None:
    """One of several inputs is the output of a layer shortly before the right one."""
    found = [index for index, layer in enumerate(sound.body["layers"]) if len(layer.get("inputs") or ()) > 1]
    if not found:
        return None
    index = rng.choice(found)
    inputs = list(sound.body["layers"][index]["inputs"])
    place = rng.randrange(len(inputs))
    named = [
        layer["name"]
        for layer in sound.body["layers"][max(0, index - 12) : index]
        if "name" in layer and layer["name"] not in inputs
    ]
    if not named:
        return None
    inputs[place] = rng.choice(named)
    return Edit(sound).set(index, "inputs", inputs).mistake()


@kind()
def input_left_out(sound: Sound, rng: Random) -> Mistake | None:
    """One of the parts of a concatenation is forgotten."""
    index = drawn(sound, rng, base.CONCAT)
    if index is None or len(sound.taken[index]) < 3:
        return None
    inputs = list(sound.body["layers"][index]["inputs"])
    inputs.pop(rng.randrange(len(inputs)))
    return Edit(sound).set(index, "inputs", inputs).mistake()


@kind()
def name_twice(sound: Sound, rng: Random) -> Mistake | None:
    """Two layers of one name."""
    named = [index for index, layer in enumerate(sound.body["layers"]) if "name" in layer]
    if len(named) < 3:
        return None
    index = rng.choice(named[1:])
    other = rng.choice([each for each in named if each < index])
    edit = Edit(sound).set(index, "name", sound.names[other]).note(f"/layers/{other}", "")
    for layer in edit.body["layers"]:
        if sound.names[index] in (layer.get("inputs") or ()):
            return None
    return edit.mistake()


@kind()
def misspelled_parameter(sound: Sound, rng: Random) -> Mistake | None:
    index = drawn(sound, rng, base.CONVS | base.TRANSPOSED | base.POOLS, "kernel_size")
    if index is None:
        return None
    edit = Edit(sound)
    layer = edit.body["layers"][index]
    name = rng.choice([name for name in layer if name not in ("name", "type", "inputs") and len(name) > 4] or ["type"])
    if name == "type":
        return None
    wrong = name.replace("ker", "kre").replace("padd", "pad").replace("channels", "chanels").replace("stri", "srti")
    wrong = wrong if wrong != name else name[:-1]
    edit.body["layers"][index] = {wrong if each == name else each: value for each, value in layer.items()}
    return edit.note(f"/layers/{index}", f"layers/{index} {name} spelled {wrong}").mistake(2)


@kind()
def misspelled_type(sound: Sound, rng: Random) -> Mistake | None:
    index = rng.randrange(len(sound.body["layers"]))
    word = sound.body["layers"][index]["type"]
    at = rng.randrange(1, len(word))
    return Edit(sound).set(index, "type", word[:at] + word[at + 1 :]).mistake()


@kind(knowable=False)
def kernel_left_out(sound: Sound, rng: Random) -> Mistake | None:
    index = drawn(sound, rng, base.CONVS | base.TRANSPOSED, "kernel_size")
    if index is None:
        return None
    return Edit(sound).set(index, str(base.spelled(sound.body["layers"][index], "kernel_size")), None).mistake()
