"""Layers a second: `/v1/batch` with lean answers, beside PyTorch running the same layers on its meta device.

One gunicorn worker answers over real HTTP, the client's own time included. PyTorch is measured in the same run, in
turn, where it is installed (`make golden` installs it into an environment of its own).
"""

import http.client
import json
import random
import statistics
import subprocess
import sys
from contextlib import contextmanager
from time import perf_counter, sleep
from typing import Any

ITEMS = 10_000
ROUNDS = 7
PORT = 8_123


def layers(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Random convolutions of images, every one of them accepted."""
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


@contextmanager
def server() -> Any:
    """One worker of the service, as it is deployed."""
    command = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "-w", "1", "-b", f"127.0.0.1:{PORT}"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                http.client.HTTPConnection("127.0.0.1", PORT, timeout=1).request("GET", "/healthz")
                break
            except OSError:
                sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait()


def ours(items: list[dict[str, Any]]) -> float:
    """Seconds from the question as objects to the answers as objects."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    began = perf_counter()
    body = json.dumps({"operation": "output-size", "detail": "sizes", "items": items})
    connection.request("POST", "/v1/batch", body, {"Content-Type": "application/json"})
    results = json.loads(connection.getresponse().read())["results"]
    seconds = perf_counter() - began
    if any(one["status"] != 200 for one in results):
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
    """Print layers a second, medians of several rounds in turn."""
    items = layers(ITEMS)
    own, other = [], []
    with server():
        ours(items[:100])
        for _ in range(ROUNDS):
            own.append(ours(items))
            other.append(pytorchs(items[:1000]))
    rate = ITEMS / statistics.median(own)
    print(f"{'/v1/batch, one worker':<32}{rate:>12,.0f} layers/s")
    known = [seconds for seconds in other if seconds is not None]
    if known:
        theirs = 1000 / statistics.median(known)
        print(f"{'PyTorch, meta device':<32}{theirs:>12,.0f} layers/s{rate / theirs:>12.1f} times as many here")


if __name__ == "__main__":
    main()
