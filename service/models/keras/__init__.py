"""Keras models: configurations as JSON and `.keras` files, Functional and Sequential, of Keras 2 and 3."""

from service.models.formats import Format
from service.models.keras.documents import looks_like_keras

FORMAT = Format(
    name="keras",
    title="Keras configuration or `.keras` file",
    framework="keras",
    recognises=looks_like_keras,
    reader="service.models.keras.reader:read_keras",
    place=30,
)
