"""Records whole networks in PyTorch: sound ones, ones with a mistake, and what their outputs depend on.

For example: python -m tests.golden.record.networks --seed 1 --count 520 --out tests/golden/networks
"""

import argparse
import random
from pathlib import Path
from typing import Any

from tests.golden.record.frameworks.pytorch import RECORDER
from tests.golden.record.networks import pytorch, shape_mistakes, writing_mistakes
from tests.golden.record.networks.mistakes import Kind, kinds_in, spoilt
from tests.golden.record.networks.random_networks import Body, Drawn, draw
from tests.golden.record.networks.receptive_fields import boxes, position_sizes
from tests.golden.record.recorder import Case
from tests.golden.record.recording import write_cases

KINDS = kinds_in(shape_mistakes, writing_mistakes)
FIGURES = ("output", "parameters", "buffers", "macs")
FIELD_SHARE = 0.45
"""Networks recorded with what their outputs depend on, per sound network."""
LAYERS_ASKED = 5
"""Layers of one network of which some outputs are recorded."""


def main() -> None:
    """Record the three files of networks."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden.record.networks", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=520, help="sound networks, and about as many with a mistake")
    parser.add_argument("--out", type=Path, required=True, help="the directory to write to")
    options = parser.parse_args()
    header = {"framework": "pytorch", "version": RECORDER.version, "seed": options.seed}
    options.out.mkdir(parents=True, exist_ok=True)
    for name, recorder in {"sound": sound, "mistakes": mistakes, "fields": fields}.items():
        write_cases(options.out / f"{name}.jsonl", header, recorder(options.seed, options.count))


def sound(seed: int, count: int) -> list[Case]:
    """Networks with the figures of each layer, in the order listed."""
    rng = random.Random(f"{seed} sound")
    return [sound_case(draw(rng)) for _ in range(count)]


def sound_case(drawn: Drawn) -> Case:
    """A network and the figures of its layers."""
    by_layer = figures(drawn.body)
    return {"body": drawn.body, "figures": [[by_layer[name][figure] for figure in FIGURES] for name in drawn.names]}


def figures(body: Body) -> dict[str, Any]:
    """The figures of each layer, from the meta device; the CPU must say the same."""
    inferred, executed = pytorch.run(body), pytorch.run(body, "cpu")
    if inferred != executed or "failed" in inferred:
        raise AssertionError(f"not sound: {body}")
    by_layer: dict[str, Any] = inferred["layers"]
    return by_layer


def mistakes(seed: int, count: int) -> list[Case]:
    """Networks with one mistake each, as many of every kind."""
    per_kind = -(-count // len(KINDS))
    generators = [(kind, random.Random(f"{seed} {kind.name}")) for kind in KINDS]
    return [spoilt_case(kind, rng) for kind, rng in generators for _ in range(per_kind)]


def spoilt_case(kind: Kind, rng: random.Random) -> Case:
    """A network with a mistake and PyTorch's reaction; without the mistake the network is sound."""
    case, sound_body = spoilt(kind, rng)
    figures(sound_body)
    return {**case, "pytorch": None if kind.of_the_graph else reaction(case["body"])}


def reaction(body: Body) -> dict[str, str] | str:
    """The first layer at which PyTorch fails, and its message; "accepted" where the network runs."""
    failed: dict[str, str] | None = pytorch.run(body, "cpu").get("failed")
    return failed or "accepted"


def fields(seed: int, count: int) -> list[Case]:
    """Networks of one input, with the input pixels that some outputs of some layers depend on."""
    rng = random.Random(f"{seed} fields")
    return [field_case(rng, draw(rng, inputs=1)) for _ in range(round(count * FIELD_SHARE))]


def field_case(rng: random.Random, drawn: Drawn) -> Case:
    """A network, and for some outputs the box of pixels that they depend on."""
    outputs = {name: layer["output"] for name, layer in figures(drawn.body).items()}
    asked = rng.sample(sorted(outputs), min(LAYERS_ASKED, len(outputs)))
    questions = [(name, index) for name in asked for index in indices(rng, position_sizes(outputs[name]))]
    answers = zip(questions, boxes(drawn.body, questions), strict=True)
    return {"body": drawn.body, "seen": [[*question, box] for question, box in answers]}


def indices(rng: random.Random, sizes: list[int]) -> list[list[int]]:
    """The first output, the last, and one anywhere, without repeats."""
    chosen = [[0] * len(sizes), [size - 1 for size in sizes], [rng.randrange(size) for size in sizes]]
    return [index for position, index in enumerate(chosen) if index not in chosen[:position]]


if __name__ == "__main__":
    main()
