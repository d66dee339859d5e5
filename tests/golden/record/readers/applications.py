"""All of keras.applications, as JSON and as `.keras` files. The files are not committed: they are Keras' own work."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from collections.abc import Iterator
from typing import Any

import keras
from keras import applications, ops

from tests.golden.record.readers.keras import versions
from tests.golden.record.readers.keras_runs import recorded

SIZE = (224, 224, 3)

__all__ = ["names", "record", "versions"]


def names() -> list[str]:
    """The models that are recorded."""
    return sorted(name for name in dir(applications) if name[0].isupper())


def record(name: str) -> Iterator[dict[str, Any]]:
    """A model that has not been trained, at the input size that it has by itself, or else at `SIZE`."""
    keras.utils.clear_session()
    build = getattr(applications, name)
    model = build(weights=None)
    model = build(weights=None, input_shape=SIZE) if None in model.input_shape[1:] else model
    yield from recorded(keras, model, ops.zeros)
