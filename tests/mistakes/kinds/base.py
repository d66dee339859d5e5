"""What a mistake is, where kinds of mistakes register, and how one is put into a network."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from tests.mistakes.sound import Document, Sound


@dataclass(frozen=True)
class Mistake:
    """A sound network with one thing wrong."""

    body: Document
    places: tuple[str, ...]
    """JSON Pointers into `body`, one of which has to be named: what was changed, or what stands beside what is gone."""
    told: str
    """What was changed, for people."""
    sources: Sequence[int | None]
    """For each layer of `body`, which layer of the sound network it is."""
    edits: int = 1
    """How many parameters, or layers, have to be changed back."""
    kind: str = ""
    knowable: bool = True
    """Whether the network still tells what was there; what a layer was that is gone, it does not."""
    whole: bool = False
    """Whether it makes everything else uncertain, so that no second mistake can be asked for beside it."""
    symptomless: bool = False
    """Whether it has to be named as what it is: the first repair undoes it, and nothing bakes its symptom in before."""


Make = Callable[[Sound, Random], Mistake | None]


@dataclass(frozen=True)
class Kind:
    """One kind of mistake: `make` puts it into a sound network, or gives None where it does not apply."""

    name: str
    make: Make
    knowable: bool = True
    whole: bool = False
    symptomless: bool = False

    def __call__(self, sound: Sound, rng: Random) -> Mistake | None:
        mistake = self.make(sound, rng)
        if mistake is None or mistake.body == sound.body:
            return None
        return replace(mistake, kind=self.name, knowable=self.knowable, whole=self.whole, symptomless=self.symptomless)


KINDS: dict[str, Kind] = {}
"""Every kind of mistake by its name."""


def add(name: str, make: Make, **traits: bool) -> None:
    """Registers a kind."""
    assert name not in KINDS, name
    KINDS[name] = Kind(name, make, **traits)


def kind(**traits: bool) -> Callable[[Make], Make]:
    """Registers a function under its name."""

    def register(make: Make) -> Make:
        add(make.__name__, make, **traits)
        return make

    return register


ALIASES = {
    "out_channels": ("out_channels", "filters"),
    "out_features": ("out_features", "units"),
    "kernel_size": ("kernel_size", "pool_size"),
    "stride": ("stride", "strides"),
    "dilation": ("dilation", "dilation_rate"),
    "dim": ("dim", "axis"),
    "scale_factor": ("scale_factor", "size", "upscale_factor"),
    "dims": ("dims",),
}
"""How a parameter may be spelled; one that is not here is spelled as it is called."""
CONVS = {f"conv{rank}d" for rank in (1, 2, 3)}
TRANSPOSED = {f"convtranspose{rank}d" for rank in (1, 2, 3)} | {f"conv{rank}dtranspose" for rank in (1, 2, 3)}
POOLS = {f"{kind}pool{word}{rank}d" for kind in ("max", "avg", "average") for word in ("", "ing") for rank in (1, 2, 3)}
ADAPTIVE = {f"adaptive{kind}pool{rank}d" for kind in ("avg", "max") for rank in (1, 2, 3)}
NORMS = {f"{kind}norm{rank}d" for kind in ("batch", "instance") for rank in (1, 2, 3)}
LINEAR = {"linear", "dense"}
CONCAT = {"concat", "cat", "concatenate"}
JOINS = {"add", "iadd", "subtract", "multiply", "mul"}
PASSING = {"relu", "leakyrelu", "silu", "gelu", "sigmoid", "tanh", "dropout", "activation", "batchnormalization"}
RECURRENT = {"lstm", "gru", "rnn"}


def simple(layer: Document) -> str:
    """The type without its module, case and underscores: `conv2d` for `torch.nn.Conv2d`."""
    return str(layer["type"]).rsplit(".", 1)[-1].lower().replace("_", "")


def spelled(layer: Document, parameter: str) -> str | None:
    """How a layer spells a parameter; None where it does not have it."""
    return next((name for name in ALIASES.get(parameter, (parameter,)) if layer.get(name) is not None), None)


def places_of(sound: Sound, types: set[str], parameter: str | None = None) -> list[int]:
    """The layers of some types that have a parameter."""
    return [
        index
        for index, layer in enumerate(sound.body["layers"])
        if simple(layer) in types and (parameter is None or spelled(layer, parameter))
    ]


def drawn(sound: Sound, rng: Random, types: set[str], parameter: str | None = None) -> int | None:
    """One of these layers, or None where there is none."""
    return rng.choice(places_of(sound, types, parameter) or [None])  # type: ignore[list-item]  # none to choose from


@dataclass
class Edit:
    """A network that is being changed."""

    sound: Sound
    body: Document = field(init=False)
    sources: list[int | None] = field(init=False)
    places: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.body = deepcopy(self.sound.body)
        self.sources = list(range(len(self.body["layers"])))

    def set(self, index: int, name: str, value: Any) -> "Edit":
        """Another value of a parameter, as the layer spells it; None takes it away."""
        layer = self.body["layers"][index]
        old = layer.get(name)
        if value is None:
            layer.pop(name, None)
        else:
            layer[name] = value
        return self.note(f"/layers/{index}", f"layers/{index} ({self.sound.names[index]}) {name}: {old} -> {value}")

    def note(self, place: str, told: str) -> "Edit":
        if place not in self.places:
            self.places.append(place)
        self.told.append(told)
        return self

    def insert(self, index: int, layer: Document) -> "Edit":
        """A layer between a layer and all that take it."""
        name, layers = self.sound.names[index], self.body["layers"]
        if "name" in layers[index]:
            layer = {"name": f"{name}_again", **layer}
            for other in layers:
                other_inputs = other.get("inputs")
                if other_inputs and name in other_inputs:
                    other["inputs"] = [f"{name}_again" if each == name else each for each in other_inputs]
            if name in self.body.get("outputs", []):
                self.body["outputs"] = [f"{name}_again" if each == name else each for each in self.body["outputs"]]
        layers.insert(index + 1, layer)
        self.sources.insert(index + 1, None)
        return self.note(f"/layers/{index + 1}", f"inserted at layers/{index + 1}: {layer}")

    def delete(self, index: int) -> "Edit | None":
        """A layer of one input left out; None where the network does not end so simply."""
        name, layers, taken = self.sound.names[index], self.body["layers"], self.sound.taken[index]
        consumers = self.sound.consumers(index)
        if len(taken) != 1 or not consumers or name in self.body.get("outputs", []):
            return None
        implicit = index + 1 in consumers and "inputs" not in layers[index + 1]
        gone = layers.pop(index)
        self.sources.pop(index)
        for consumer in consumers:
            other = layers[consumer - 1]
            if "inputs" in other:
                other["inputs"] = [taken[0] if each == name else each for each in other["inputs"]]
        if implicit and "inputs" in gone:
            layers[index]["inputs"] = list(taken)
        for consumer in consumers:
            self.note(f"/layers/{consumer - 1}", f"deleted layers/{index} ({name}): {gone}")
        self.after(consumers)
        bare = taken[0].split(":")[0]
        if bare in self.sound.names:
            self.note(f"/layers/{self.sound.names.index(bare)}", "")
        else:
            self.note("/input_shape" if "input_shape" in self.body else f"/inputs/{bare}", "")
        return self

    def after(self, consumers: Sequence[int]) -> None:
        """Behind layers that pass on what they get, the next ones are beside the gap too."""
        for consumer in consumers:
            if simple(self.sound.body["layers"][consumer]) in PASSING:
                beyond = self.sound.consumers(consumer)
                for each in beyond:
                    self.note(f"/layers/{each - 1}", "")
                self.after(beyond)

    def mistake(self, edits: int | None = None) -> Mistake:
        told = list(dict.fromkeys(told for told in self.told if told))
        return Mistake(self.body, tuple(self.places), "; ".join(told), tuple(self.sources), edits or len(told))


def near(rng: Random, old: int, others: Sequence[int] = ()) -> int:
    """A count that someone might write in the place of another: of elsewhere, half, double, one off, or mistyped."""
    digits = str(old)
    choices = {2 * old, old // 2, old + 1, old - 1, int(digits[::-1]), int(digits + "0"), *others, *others}
    return rng.choice(sorted(choice for choice in choices if choice > 0 and choice != old) or [old + 1])


def moved(rng: Random, value: Any, choices: Sequence[int]) -> Any:
    """A value per axis, or one for all, changed to another; of several, one of them or all."""
    if isinstance(value, list) and value and all(type(each) is int for each in value):
        new = list(value)
        if len(set(value)) == 1 and rng.random() < 0.7:
            other = rng.choice([choice for choice in choices if choice != value[0]] or [value[0] + 1])
            return [other] * len(value)
        place = rng.randrange(len(value))
        new[place] = rng.choice([choice for choice in choices if choice != value[place]] or [value[place] + 1])
        return new
    if type(value) is int:
        return rng.choice([choice for choice in choices if choice != value] or [value + 1])
    return value
