"""Keras' own source of its applications, posted as it stands: `KERAS_APPLICATIONS=DIRECTORY` in the environment says
where it is (`keras/src/applications` of an installed Keras). It is no part of the project."""

import os
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from service.models import keras_source
from service.models.posted import PostedModel
from tests.golden.test_models import figures_of, recorded
from tests.models.files import Document, errors_of, judged
from tests.models.keras_library.sources import JUDGE

FOLDER = os.environ.get("KERAS_APPLICATIONS")
WITH = ("imagenet_utils", "resnet")
"""Files that others import."""
ARGUMENTS: dict[str, dict[str, Any]] = {
    "NASNetLarge": {"input_shape": [331, 331, 3]},
    "MobileNetV3Large": {"input_shape": [224, 224, 3]},
    "MobileNetV3Small": {"input_shape": [224, 224, 3]},
}


def files() -> dict[str, str]:
    """The source by path."""
    found = sorted(Path(FOLDER or "").glob("*.py")) if FOLDER else []
    return {path.name: path.read_text(encoding="utf-8") for path in found if "test" not in path.name}


def file_of(function: str, sources: dict[str, str]) -> str:
    """The file that defines a model."""
    return next(name for name, text in sources.items() if re.search(rf"^def {function}\(", text, re.MULTILINE))


Weighted = Counter[tuple[str, int, int]]


def weighted(rows: Any) -> Weighted:
    """What comes out of the layers that have weights, and how many they have."""
    return Counter((str(shapes), parameters, buffers) for shapes, parameters, buffers in rows if parameters or buffers)


def differing(document: Document, theirs: Weighted) -> Weighted:
    """The layers of Keras that are told otherwise. A layer with a weight of its own is told as the weight, and what
    is done with it."""
    ours = weighted(figures_of(layer) for layer in document["layers"] if layer["type"] != "parameter")
    own = Counter(layer["parameters"] for layer in document["layers"] if layer["type"] == "parameter")
    left = theirs - ours
    return ours - theirs or (left if Counter(count for _, count, _ in left.elements()) != own else Counter())


@pytest.mark.skipif(FOLDER is None, reason="KERAS_APPLICATIONS names no directory")
def test_every_model_is_read_whole_with_all_its_weights() -> None:
    sources = files()
    wrong: dict[str, Any] = {}
    header, *models = recorded("keras")
    assert header["models"] == len(models) == 40
    for model in models:
        function = model["model"]
        own = file_of(function, sources)
        posted = PostedModel(
            files={f"keras/src/applications/{name}": sources[name] for name in {own, *(f"{one}.py" for one in WITH)}},
            entry=f"keras.src.applications.{own.removesuffix('.py')}:{function}",
            arguments={"weights": None, **ARGUMENTS.get(function, {})},
        )
        reading = keras_source.FORMAT.read(posted, JUDGE)
        document = judged(reading)
        others = differing(document, weighted(model["figures"]))
        if others or reading.mistakes or reading.not_understood or errors_of(document):
            wrong[function] = [*reading.mistakes, *reading.not_understood, *errors_of(document), others]
    assert not wrong
