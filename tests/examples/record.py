"""Records what every layer of every example network gives and costs in PyTorch: `python -m tests.examples.record`.

Needs the environment that `make golden FRAMEWORK=pytorch` makes, 4 GB of memory and a minute or two: the networks are
built and run, since the meta device accepts layers that the CPU refuses.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.golden.record.frameworks.pytorch import RECORDER
from tests.golden.record.networks.pytorch import run

NETWORKS = Path(__file__).parents[2] / "examples" / "networks"
RECORDED = Path(__file__).parent / "recorded" / "layers.jsonl"


def main() -> None:
    networks = sorted(NETWORKS.glob("*.json"))
    rows = [row for path in networks for row in layers(path.stem, json.loads(path.read_text()))]
    header = {"framework": "pytorch", "version": RECORDER.version, "networks": len(networks), "layers": len(rows)}
    RECORDED.parent.mkdir(exist_ok=True)
    RECORDED.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in [header, *rows]))


def layers(network: str, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """One row per layer. Raises SystemExit where PyTorch refuses a layer: the example is wrong then."""
    answer = run(body, "cpu")
    if "failed" in answer:
        raise SystemExit(f"{network}: PyTorch refuses {answer['failed']['layer']}: {answer['failed']['message']}")
    for name, figures in answer["layers"].items():
        yield {"network": network, "layer": name, **figures}


if __name__ == "__main__":
    main()
