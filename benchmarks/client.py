"""`make bench-client`: what the Python client costs beyond `requests`, over real HTTP with one gunicorn worker.

An array of 8 MB goes there and back through `Client.convolve`, and through `requests` twice: from and to arrays, as one
writes it by hand, and from bytes that were made before to bytes that nobody reads, which is the least. Then 10,000
sizes are asked for in one call of `Client.batch`, and by `requests` from and to Python objects. Rounds alternate.
"""

import io
import json
import statistics
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

import numpy as np
import requests
from padstride import Client

from benchmarks.batch import ITEMS, layers
from benchmarks.serving import PROJECT, connected, running

ROUNDS = 25
IMAGES, MIX = (1, 2, 1000, 1000), (2, 2, 1, 1)
SERVED_BY = str(PROJECT / ".venv/bin/python")
NPY = "application/x-npy"
JSON = "application/json"


def npy(array: Any) -> bytes:
    """An array as the bytes of a file."""
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


class Exchanges:
    """The same questions, asked in several ways."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client = Client(url)
        self.session = requests.Session()
        numbers = np.random.default_rng(1)
        self.image = numbers.standard_normal(IMAGES).astype("float32")
        self.weight = numbers.standard_normal(MIX).astype("float32")
        self.files = self.parts()
        self.items = layers(ITEMS)

    def parts(self) -> dict[str, Any]:
        """The arrays as the parts of a form."""
        arrays = {"input": self.image, "weight": self.weight}
        parts = {name: (f"{name}.npy", npy(array), NPY) for name, array in arrays.items()}
        return {"request": (None, json.dumps({}), JSON), **parts}

    def posted(self, files: dict[str, Any]) -> bytes:
        """The bytes of the answer to a form."""
        answer = self.session.post(f"{self.url}/v1/convolve", files=files, headers={"Accept": NPY}, timeout=60)
        answer.raise_for_status()
        return answer.content

    def array_by_client(self) -> Any:
        """From arrays to an array."""
        return self.client.convolve(self.image, self.weight)

    def array_by_hand(self) -> Any:
        """The same with `requests` and NumPy."""
        return np.load(io.BytesIO(self.posted(self.parts())))

    def bytes_by_requests(self) -> Any:
        """From bytes to bytes."""
        return self.posted(self.files)

    def sizes_by_client(self) -> Any:
        """From Python objects to answers that were checked."""
        return self.client.batch("output-size", self.items, detail="sizes").results

    def sizes_by_requests(self) -> Any:
        """From Python objects to Python objects."""
        body = {"operation": "output-size", "detail": "sizes", "items": self.items}
        answer = self.session.post(f"{self.url}/v1/batch", json=body, timeout=60)
        answer.raise_for_status()
        return answer.json()["results"]


Ask = Callable[[], Any]


def measured(ways: Sequence[Ask]) -> list[list[float]]:
    """The milliseconds of each way, measured alternately."""
    times: list[list[float]] = [[] for _ in ways]
    for _ in range(ROUNDS):
        for way, taken in zip(ways, times, strict=True):
            began = perf_counter()
            way()
            taken.append(1000 * (perf_counter() - began))
    return times


def print_table(title: str, ways: dict[str, Ask]) -> None:
    """A row a way: minimum, median, and both beyond those of the last, with the ratio of the minima."""
    columns = ("min ms", "median", "beyond", "median", "ratio")
    print(f"{title:<44}{''.join(f'{column:>10}' for column in columns)}")
    times = dict(zip(ways, measured(list(ways.values())), strict=True))
    least = list(times.values())[-1]
    for name, taken in times.items():
        minimum, median = min(taken), statistics.median(taken)
        beyond = minimum - min(least), median - statistics.median(least)
        cells = "".join(f"{cell:>10.1f}" for cell in (minimum, median, *beyond))
        print(f"{name:<44}{cells}{minimum / min(least):>10.2f}", flush=True)


def main() -> None:
    """Print both tables."""
    with running(python=SERVED_BY) as (_, port):
        connected(port).close()
        exchanges = Exchanges(f"http://127.0.0.1:{port}")
        np.testing.assert_array_equal(exchanges.array_by_client(), exchanges.array_by_hand())
        print_table(
            "8 MB there, 8 MB back",
            {
                "padstride, arrays": exchanges.array_by_client,
                "requests and NumPy, arrays": exchanges.array_by_hand,
                "requests, bytes": exchanges.bytes_by_requests,
            },
        )
        print_table(
            f"{ITEMS:,} sizes in one call",
            {"padstride": exchanges.sizes_by_client, "requests": exchanges.sizes_by_requests},
        )


if __name__ == "__main__":
    main()
