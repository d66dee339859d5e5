"""`python -m tests.golden.record.networks --seed 1 --count 520 --out tests/golden/networks`: whole networks in PyTorch.

Sound ones with the figures of each layer, spoilt ones with what PyTorch makes of the mistake, and what outputs see.
"""

import argparse
import random
from pathlib import Path
from typing import Any

from tests.golden.record import network_misfits, network_slips, torch_network
from tests.golden.record.__main__ import write
from tests.golden.record.network_cases import Body, Drawn, draw
from tests.golden.record.network_mistakes import KINDS, spoilt
from tests.golden.record.pytorch import VERSION

Case = dict[str, Any]

KINDS_FROM = (network_misfits, network_slips)
"""Their import fills KINDS."""
FIGURES = ("output", "parameters", "buffers", "macs")
FIELD_SHARE = 0.45
LAYERS_ASKED, OUTPUTS_ASKED = 5, 3


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.golden.record.networks", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=520, help="sound networks, and about as many with a mistake")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    header = {"framework": "pytorch", "version": VERSION, "seed": options.seed}
    options.out.mkdir(parents=True, exist_ok=True)
    files = {"sound": sound, "mistakes": mistakes, "fields": fields}
    for name, recorder in files.items():
        write(options.out / f"{name}.jsonl", header, recorder(options.seed, options.count))


def sound(seed: int, count: int) -> list[Case]:
    """Networks with each layer's figures, in the order listed; executed as well, which must give the same."""
    rng = random.Random(f"{seed} sound")
    drawn = [draw(rng) for _ in range(count)]
    return [{"body": one.body, "figures": [[told[name][figure] for figure in FIGURES] for name in one.names]}
            for one in drawn for told in [figures(one.body)]]  # fmt: skip


def figures(body: Body) -> dict[str, Any]:
    """What the meta device and the CPU both say."""
    told, executed = torch_network.run(body), torch_network.run(body, "cpu")
    if told != executed or "failed" in told:
        raise AssertionError(f"not sound: {body}")
    found: dict[str, Any] = told["layers"]
    return found


def mistakes(seed: int, count: int) -> list[Case]:
    """Networks with one mistake each, as many of every kind."""
    each = -(-count // len(KINDS))
    return [spoilt_case(kind, rng) for kind in KINDS for rng in [random.Random(f"{seed} {kind}")] for _ in range(each)]


def spoilt_case(kind: str, rng: random.Random) -> Case:
    """A mistake beside what PyTorch makes of it, in a network that is sound without it."""
    case, sound_body = spoilt(kind, rng)
    figures(sound_body)
    return {**case, "pytorch": None if KINDS[kind].of_the_graph else reaction(case["body"])}


def reaction(body: Body) -> dict[str, str] | str:
    """The first layer that PyTorch fails at, and what it says; "accepted" where it runs."""
    failed: dict[str, str] | None = torch_network.run(body, "cpu").get("failed")
    return failed or "accepted"


def fields(seed: int, count: int) -> list[Case]:
    """Networks of one input with the input pixels that some outputs of some layers depend on."""
    rng = random.Random(f"{seed} fields")
    return [seen(rng, draw(rng, inputs=1)) for _ in range(round(count * FIELD_SHARE))]


def seen(rng: random.Random, drawn: Drawn) -> Case:
    outputs = {name: told["output"] for name, told in figures(drawn.body).items()}
    asked = rng.sample(sorted(outputs), min(LAYERS_ASKED, len(outputs)))
    questions = [(name, index) for name in asked for index in indices(rng, torch_network.positions(outputs[name]))]
    boxes = torch_network.boxes(drawn.body, questions)
    return {"body": drawn.body, "seen": [[*question, box] for question, box in zip(questions, boxes, strict=True)]}


def indices(rng: random.Random, sizes: list[int]) -> list[list[int]]:
    """The first output, the last, and one anywhere, each once."""
    found = [[0] * len(sizes), [size - 1 for size in sizes], [rng.randrange(size) for size in sizes]]
    return [index for position, index in enumerate(found[:OUTPUTS_ASKED]) if index not in found[:position]]


if __name__ == "__main__":
    main()
