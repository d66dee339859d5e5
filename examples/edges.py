"""Draw the edges of a photograph: the service computes the gradients; the photograph is sent as binary numbers.

    .venv-dev/bin/python examples/edges.py
    .venv-dev/bin/python examples/edges.py --url http://127.0.0.1:8000 --output edges.png photograph.jpg

Writes the photograph and its edges side by side. The default photograph is the one of Grace Hopper (United States Navy,
public domain) in the package matplotlib. Needs a running service, NumPy and Pillow: `make test` installs them.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from http.client import HTTPException
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import uuid4

try:
    import numpy as np
    from PIL import Image
except ImportError as missing:
    sys.exit(f"edges: {missing}; `make test` installs what is needed: .venv-dev/bin/python examples/edges.py")

SOBEL = np.array(
    [
        [[[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]],
        [[[-1, -2, -1], [0, 0, 0], [1, 2, 1]]],
    ],
    dtype=np.float64,
)
"""Two output channels, one input channel: the gradient to the right, and the gradient downwards."""

LAYER = {"type": "conv2d", "padding": 1, "padding_mode": "replicate"}
"""Keeps the size. Zeros around the photograph would make its border an edge; copies of the border do not."""

GRAIN, FULL = 50, 98.5
"""Percentiles of the gradient: below the first it is the grain of the film and drawn white, above the second black."""

GAP = 20
"""Pixels."""

TIMEOUT_SECONDS = 30


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw the edges of the photograph named on the command line; the exit code."""
    parser = argparse.ArgumentParser(description="Draw the edges of a photograph.")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="where the service listens (%(default)s)")
    parser.add_argument("--output", type=Path, default=Path("edges.png"), help="the image to write (%(default)s)")
    parser.add_argument("--width", type=int, default=440, help="width of each half in pixels (%(default)s)")
    parser.add_argument("photograph", nargs="?", type=Path, help="default: Grace Hopper, from matplotlib")
    chosen = parser.parse_args(arguments)
    try:
        grey = greyscale(chosen.photograph or grace_hopper(), chosen.width)
    except (OSError, ValueError) as reason:
        return complain(f"there is no photograph: {reason}")
    try:
        gradients = convolved(chosen.url, grey[np.newaxis], SOBEL)
    except HTTPError as refusal:
        return complain(f"the service refused the request: {refusal.read().decode(errors='replace')}")
    except (OSError, HTTPException, ValueError) as reason:
        return complain(f"no service answers at {chosen.url}: {reason}")
    side_by_side(grey, drawn(np.hypot(*gradients))).save(chosen.output, optimize=True)
    print(f"{chosen.output}: {gradients.shape[2]} x {gradients.shape[1]} pixels, with their edges")
    return 0


def complain(message: str) -> int:
    """Print one line to standard error; the exit code of a failure."""
    print(f"edges: {message}", file=sys.stderr)
    return 1


def grace_hopper() -> Path:
    """The photograph in matplotlib's sample data; matplotlib itself is not imported, which would take a second."""
    package = find_spec("matplotlib")
    if package is None or package.origin is None:
        raise FileNotFoundError("name one, or install matplotlib, which has one")
    return Path(package.origin).parent / "mpl-data" / "sample_data" / "grace_hopper.jpg"


def greyscale(photograph: Path, width: int) -> np.ndarray:
    """The photograph as rows of grey values from 0 to 255, scaled to a width."""
    with Image.open(photograph) as image:
        height = round(image.height * width / image.width)
        return np.asarray(image.convert("L").resize((width, height), Image.Resampling.LANCZOS), dtype=np.float64)


def convolved(url: str, source: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """The service's convolution of the photograph `[channels, height, width]`."""
    content_type, body = form(json.dumps({"layer": LAYER}).encode(), input=source, weight=weight)
    headers = {"Content-Type": content_type, "Accept": "application/x-npy"}
    with urlopen(Request(f"{url.rstrip('/')}/v1/convolve", body, headers), timeout=TIMEOUT_SECONDS) as answer:
        return np.load(BytesIO(answer.read()))


def form(request: bytes, **arrays: np.ndarray) -> tuple[str, bytes]:
    """The request and its arrays as `multipart/form-data`: the content type, and the body."""
    boundary = uuid4().hex
    parts = [("request", "application/json", request)]
    parts += [(name, "application/x-npy", npy(array)) for name, array in arrays.items()]
    lines = []
    for name, content_type, data in parts:
        lines += [f"--{boundary}".encode()]
        lines += [f'Content-Disposition: form-data; name="{name}"; filename="{name}"'.encode()]
        lines += [f"Content-Type: {content_type}".encode(), b"", data]
    return f"multipart/form-data; boundary={boundary}", b"\r\n".join([*lines, f"--{boundary}--".encode(), b""])


def npy(array: np.ndarray) -> bytes:
    """An array as the bytes of a `.npy` file."""
    file = BytesIO()
    np.save(file, array)
    return file.getvalue()


def drawn(gradient: np.ndarray) -> np.ndarray:
    """Gradients as grey values: the steeper, the darker."""
    grain, full = np.percentile(gradient, [GRAIN, FULL])
    ink = (gradient - grain) / max(full - grain, np.finfo(float).tiny)
    return 255 * (1 - np.clip(ink, 0, 1))


def side_by_side(left: np.ndarray, right: np.ndarray) -> Image.Image:
    """Two images with a white gap between them."""
    gap = np.full((len(left), GAP), 255.0)
    return Image.fromarray(np.hstack([left, gap, right]).round().astype(np.uint8))


if __name__ == "__main__":
    sys.exit(main())
