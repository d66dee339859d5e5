"""Sound networks: drawn from the families, or recorded from real models."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from random import Random
from typing import Any

from tests.golden.reader import HERE
from tests.mistakes.families import FAMILIES
from tests.mistakes.families.net import Net
from tests.mistakes.service import ask, errors_of
from tests.mistakes.spelling import Style, Unspeakable, body_of, draw_style

Document = dict[str, Any]


@dataclass(frozen=True)
class Sound:
    """A sound network."""

    family: str
    body: Document
    style: Style = field(default_factory=Style)

    @cached_property
    def answer(self) -> Document:
        """What the service says of it."""
        return ask(self.body)

    @property
    def valid(self) -> bool:
        return not errors_of(self.answer)

    @cached_property
    def names(self) -> list[str]:
        """The name of each layer, given or not."""
        return [layer["name"] for layer in self.answer["layers"]]

    @cached_property
    def shapes(self) -> list[list[int | None]]:
        """What leaves each layer."""
        return [layer["output_shape"] for layer in self.answer["layers"]]

    @cached_property
    def taken(self) -> list[list[str]]:
        """The names of each layer's inputs, said or not."""
        first = "input" if "input_shape" in self.body else next(iter(self.body["inputs"]))
        before = [first, *self.names]
        sourceless = ("parameter", "buffer", "constant")
        return [
            layer.get("inputs") or ([] if layer["type"] in sourceless else [before[index]])
            for index, layer in enumerate(self.body["layers"])
        ]

    def shape_of(self, name: str) -> list[int | None]:
        """What an input or a layer gives."""
        bare = name.split(":")[0]
        if bare in self.names:
            return self.shapes[self.names.index(bare)]
        return list(self.body["input_shape"] if "input_shape" in self.body else self.body["inputs"][bare])

    def consumers(self, index: int) -> list[int]:
        """Which layers take what a layer gives."""
        name = self.names[index]
        return [i for i, taken in enumerate(self.taken) if name in {each.split(":")[0] for each in taken}]


def draw(rng: Random, name: str | None = None, style: Style | None = None) -> Sound:
    """A network of a family, of any by default, in a style, drawn by default."""
    chosen = name or rng.choice(sorted(FAMILIES))
    while True:
        written_as = style or draw_style(rng)
        batch = rng.choice([1, 2, 2, 4, 8, 16, None]) if written_as.framework != "keras" else rng.choice([None, 2, 8])
        net = Net(rng, batch)
        FAMILIES[chosen](net)
        try:
            sound = Sound(chosen, body_of(net, written_as, rng), written_as)
        except Unspeakable:
            assert style is None, f"{chosen} cannot be said in {style}"
            continue
        if written_as.framework == "pytorch" or not any(
            error["name"] == "not-supported-by-framework" for error in errors_of(sound.answer)
        ):
            return sound


def recorded(collection: str, most_layers: int = 10_000) -> Iterator[Sound]:
    """Real models: those of a collection in tests/golden/models with at most so many layers."""
    with gzip.open(HERE / "models" / f"{collection}.jsonl.gz", "rt", encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            model = json.loads(line)
            if len(model["body"]["layers"]) <= most_layers:
                yield Sound(f"{collection}/{model['model']}", model["body"], Style(model["body"]["framework"]))
