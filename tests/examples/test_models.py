"""The example files are what their script writes, and ONNX itself finds nothing wrong with the one that is broken."""

from pathlib import Path

from examples.models.make import segmenter

MODELS = Path(__file__).parents[2] / "examples" / "models"


def test_the_onnx_file_is_what_the_script_writes_after_onnx_has_checked_it() -> None:
    assert (MODELS / "segmenter.onnx").read_bytes() == segmenter()
