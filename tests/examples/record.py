"""`python -m tests.examples.record`: what every layer of every example network gives and costs in PyTorch.

Wants the environment that `make golden FRAMEWORK=pytorch` makes, 4 GB of memory and a minute or two: the networks are
built and run, since the meta device accepts what the CPU refuses.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.golden.record.pytorch import VERSION
from tests.golden.record.torch_network import run

NETWORKS = Path(__file__).parents[2] / "examples" / "networks"
RECORDED = Path(__file__).parent / "recorded" / "layers.jsonl"


def main() -> None:
    networks = sorted(NETWORKS.glob("*.json"))
    rows = [row for path in networks for row in layers(path.stem, json.loads(path.read_text()))]
    header = {"framework": "pytorch", "version": VERSION, "networks": len(networks), "layers": len(rows)}
    RECORDED.parent.mkdir(exist_ok=True)
    RECORDED.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in [header, *rows]))


def layers(network: str, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """One row a layer; whatever PyTorch refuses is a mistake of the example."""
    answer = run(body, "cpu")
    if "failed" in answer:
        raise SystemExit(f"{network}: PyTorch refuses {answer['failed']['layer']}: {answer['failed']['message']}")
    for name, figures in answer["layers"].items():
        yield {"network": network, "layer": name, **figures}


if __name__ == "__main__":
    main()
