"""Layers per second: `/v1/batch` with lean answers, and PyTorch with the same layers on its meta device.

One gunicorn worker answers over real HTTP, the client's own time included. Where PyTorch is installed, it is measured
in the same run, alternately (`make golden` installs it into an environment of its own).
"""

import http.client
import json
import random
import statistics
from time import perf_counter
from typing import Any

from benchmarks.serving import serving

ITEMS = 10_000
PYTORCH_ITEMS = 1_000
"""Fewer, since PyTorch takes longer for each."""
ROUNDS = 7


def layers(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Random convolutions of images, all valid."""
    rng = random.Random(seed)
    return [
        {
            "input_size": [rng.randint(16, 300), rng.randint(16, 300)],
            "layer": {
                "type": "conv2d",
                "kernel_size": [rng.randint(1, 7), rng.randint(1, 7)],
                "stride": rng.randint(1, 4),
                "padding": rng.randint(0, 3),
                "dilation": rng.randint(1, 2),
            },
        }
        for _ in range(count)
    ]


def ours(items: list[dict[str, Any]], connection: http.client.HTTPConnection) -> float:
    """Seconds from the questions as Python objects to the answers as Python objects."""
    began = perf_counter()
    body = json.dumps({"operation": "output-size", "detail": "sizes", "items": items})
    connection.request("POST", "/v1/batch", body, {"Content-Type": "application/json"})
    results = json.loads(connection.getresponse().read())["results"]
    seconds = perf_counter() - began
    if any(result["status"] != 200 for result in results):
        raise SystemExit("a layer was refused")
    return seconds


def pytorchs(items: list[dict[str, Any]]) -> float | None:
    """Seconds to build and run the same layers on the meta device; None without PyTorch."""
    try:
        import torch
    except ImportError:
        return None
    began = perf_counter()
    for item in items:
        arguments = {name: value for name, value in item["layer"].items() if name != "type"}
        layer = torch.nn.Conv2d(1, 1, **arguments, device="meta")
        layer(torch.empty(1, 1, *item["input_size"], device="meta"))
    return perf_counter() - began


def main() -> None:
    """Print layers per second: medians of several rounds."""
    items = layers(ITEMS)
    our_seconds, pytorch_seconds = [], []
    with serving() as connection:
        ours(items[:100], connection)
        for _ in range(ROUNDS):
            our_seconds.append(ours(items, connection))
            pytorch_seconds.append(pytorchs(items[:PYTORCH_ITEMS]))
    rate = ITEMS / statistics.median(our_seconds)
    print(f"{'/v1/batch, one worker':<32}{rate:>12,.0f} layers/s")
    measured = [seconds for seconds in pytorch_seconds if seconds is not None]
    if measured:
        theirs = PYTORCH_ITEMS / statistics.median(measured)
        print(f"{'PyTorch, meta device':<32}{theirs:>12,.0f} layers/s{rate / theirs:>12.1f} times as many here")


if __name__ == "__main__":
    main()
