"""A real photograph through the engine, compared with sums of shifted copies computed here."""

import subprocess
import sys
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.conftest import PostForm
from tests.examples.conftest import REPOSITORY, Run

Array = NDArray[Any]

LAPLACIAN = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])
UNEVEN = np.array([[1, -2, 3, 0], [0, 5, -7, 2], [-1, 0, 4, -3]])
"""Neither symmetric nor square, so that a flipped or transposed kernel would be noticed."""


@pytest.fixture(scope="module")
def photograph() -> Array:
    """Grace Hopper in 8-bit grey, 600 rows of 512: United States Navy, public domain, in matplotlib's sample data."""
    package = find_spec("matplotlib")
    assert package is not None
    assert package.origin is not None
    with Image.open(Path(package.origin).parent / "mpl-data" / "sample_data" / "grace_hopper.jpg") as image:
        return np.asarray(image.convert("L"))


def shifted_sums(image: Array, kernel: Array, row_stride: int = 1, column_stride: int = 1) -> Array:
    """`out[y, x] = sum over i, j of kernel[i, j] * image[y*row_stride + i, x*column_stride + j]`."""
    rows = image.shape[0] - kernel.shape[0] + 1
    columns = image.shape[1] - kernel.shape[1] + 1
    total = np.zeros((rows, columns), np.result_type(image, kernel))
    for (i, j), weight in np.ndenumerate(kernel):
        total += weight * image[i : i + rows, j : j + columns].astype(total.dtype)
    return total[::row_stride, ::column_stride]


def convolved(post_form: PostForm, layer: dict[str, Any], **arrays: Array) -> Array:
    """The service's answer; request and answer are binary."""
    answer = post_form({"layer": layer}, "application/x-npy", **arrays)
    assert answer.status_code == 200, answer.data[:500]
    assert answer.content_type == "application/x-npy"
    return np.load(BytesIO(answer.data))


@pytest.mark.parametrize("kernel", [LAPLACIAN, UNEVEN], ids=["laplacian", "uneven"])
def test_the_edges_of_a_photograph_are_the_sums_of_shifted_copies(
    photograph: Array, kernel: Array, post_form: PostForm
) -> None:
    grey = photograph / 255
    edges = convolved(post_form, {}, input=grey, weight=kernel / 10)
    assert edges.dtype == np.float64
    assert edges.shape == (600 - kernel.shape[0] + 1, 512 - kernel.shape[1] + 1)
    np.testing.assert_allclose(edges, shifted_sums(grey, kernel / 10), rtol=0, atol=1e-14)


def test_single_precision_stays_single(photograph: Array, post_form: PostForm) -> None:
    grey = (photograph / 255).astype(np.float32)
    edges = convolved(post_form, {}, input=grey, weight=LAPLACIAN.astype(np.float32))
    assert edges.dtype == np.float32
    np.testing.assert_allclose(edges, shifted_sums(grey, LAPLACIAN.astype(np.float32)), rtol=0, atol=1e-6)


@pytest.mark.parametrize("kernel", [LAPLACIAN, UNEVEN], ids=["laplacian", "uneven"])
@pytest.mark.parametrize("integer", [np.int8, np.int16, np.int64])
def test_eight_bit_pixels_through_an_integer_kernel_are_exact(
    photograph: Array, kernel: Array, integer: type[np.signedinteger[Any]], post_form: PostForm
) -> None:
    """Sums are negative and larger than 8 bits, which pixels cannot hold."""
    edges = convolved(post_form, {}, input=photograph, weight=kernel.astype(integer))
    assert edges.dtype == np.int64
    assert np.array_equal(edges, shifted_sums(photograph.astype(np.int64), kernel))
    assert edges.min() < -255
    assert edges.max() > 255


def test_strides_and_padding_differ_by_axis(photograph: Array, post_form: PostForm) -> None:
    layer = {"type": "conv2d", "stride": [3, 2], "padding": [4, 1]}
    edges = convolved(post_form, layer, input=photograph[np.newaxis], weight=UNEVEN[np.newaxis, np.newaxis])
    framed = np.pad(photograph.astype(np.int64), [(4, 4), (1, 1)])
    assert np.array_equal(edges, shifted_sums(framed, UNEVEN, 3, 2)[np.newaxis])


def test_every_output_channel_is_its_own_kernel(photograph: Array, post_form: PostForm) -> None:
    kernels = np.stack([LAPLACIAN, LAPLACIAN.cumsum(axis=0), LAPLACIAN.cumsum(axis=1)])
    layer = {"type": "conv2d", "padding": 1, "padding_mode": "replicate"}
    edges = convolved(post_form, layer, input=photograph[np.newaxis], weight=kernels[:, np.newaxis])
    framed = np.pad(photograph.astype(np.int64), 1, mode="edge")
    assert edges.shape == (3, 600, 512)
    assert np.array_equal(edges, np.stack([shifted_sums(framed, kernel) for kernel in kernels]))


def test_the_picture_in_the_documentation_is_what_the_script_draws(run: Run, url: str, tmp_path: Path) -> None:
    """As exactly as JPEG decoders agree: they may differ by one or two grey levels."""
    done = run("edges.py", "--url", url)
    assert (done.returncode, done.stderr) == (0, "")
    documented = REPOSITORY / "docs" / "images" / "edges.png"
    assert documented.stat().st_size < 300_000
    with Image.open(tmp_path / "edges.png") as made, Image.open(documented) as shown:
        assert made.size == shown.size == (900, 516)
        difference = np.abs(np.asarray(made, dtype=float) - np.asarray(shown, dtype=float))
    assert difference.mean() < 1
    assert np.percentile(difference, 99) < 8


def test_where_pillow_is_missing_one_line_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "PIL.py").write_text("raise ImportError('No module named PIL')")
    script = REPOSITORY / "examples" / "edges.py"
    done = subprocess.run(
        [sys.executable, script], env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert ".venv-dev/bin/python examples/edges.py" in line


def test_the_readme_names_the_python_that_has_what_it_needs() -> None:
    """That of the tests: the one that runs the script here, as the README says."""
    command = "`.venv-dev/bin/python examples/edges.py`"
    assert command in (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert "test: .venv-dev/.installed" in (REPOSITORY / "Makefile").read_text(encoding="utf-8")
