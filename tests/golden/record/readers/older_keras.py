"""Small models of our own in Keras 2, whose configurations have another form, and TensorFlow's functions in them."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from collections.abc import Callable, Iterator
from typing import Any

import tensorflow as tf
import tf_keras as keras
from tf_keras import layers

from tests.golden.record.readers.keras_runs import recorded

PACKAGES = "tf_keras==2.21.0 tensorflow-cpu==2.21.0"


def names() -> list[str]:
    """The models that are recorded."""
    return list(MODELS)


def versions() -> dict[str, str]:
    """What was run."""
    return {"framework": "keras", "tf_keras": keras.__version__, "tensorflow": tf.__version__}


def record(name: str) -> Iterator[dict[str, Any]]:
    """A model as JSON; the `.keras` files of Keras 2 hold the same configuration as those of Keras 3."""
    keras.backend.clear_session()
    yield from (line for line in recorded(keras, MODELS[name](), tf.zeros) if line["form"] != "config")


def sequential() -> keras.Model:
    """One layer after another; the first has the shape of the input."""
    return keras.Sequential(
        [
            layers.Conv2D(8, 3, padding="same", input_shape=(16, 18, 3)),
            layers.BatchNormalization(),
            layers.LeakyReLU(0.1),
            layers.MaxPool2D(),
            layers.Flatten(),
            layers.Dense(4),
        ]
    )


def nested() -> keras.Model:
    """Models in a model, each with what they need for themselves."""
    inside = keras.Input((8, 8, 4))
    half = layers.Conv2D(4, 1)(inside)
    block = keras.Model(inside, [half, layers.ReLU()(half)], name="block")
    stack = keras.Sequential([keras.Input((8, 8, 4)), layers.Conv2D(4, 3, padding="same")], name="stack")
    image = keras.Input((8, 8, 4))
    left, right = block(stack(image))
    return keras.Model(image, layers.Flatten()(layers.Add()([left, right])))


def functions() -> keras.Model:
    """TensorFlow's functions, with numbers on either side, constants, and sizes that are asked for."""
    image = keras.Input((12, 10, 6))
    value = 1.0 - image * 2
    value = value / (tf.reduce_mean(value, axis=[1, 2], keepdims=True) + 1e-3)
    part = value[:, ::2, 1:, :4]
    left, right = tf.split(part, [1, 3], axis=-1)
    joined = tf.concat([left, right, tf.nn.relu(left)], axis=-1)
    joined = joined + tf.constant([1.0, 2.0, 3.0, 4.0, 5.0])
    flat = tf.reshape(joined, (-1, 54, 5))
    product = tf.matmul(flat, tf.transpose(flat, perm=[0, 2, 1]))
    summed = tf.reduce_sum(tf.nn.softmax(product), axis=1)
    return keras.Model(image, [tf.expand_dims(summed, 1), tf.image.resize(image, (6, 5)), image[:, :, :, 0]])


def sequences() -> keras.Model:
    """Recurrent layers, wrappers, attention with keywords."""
    words = keras.Input((9, 8))
    value = layers.Bidirectional(layers.LSTM(4, return_sequences=True))(words)
    attended = layers.MultiHeadAttention(2, 4)(query=value, value=words, key=words)
    value = layers.TimeDistributed(layers.Dense(3))(attended)
    return keras.Model(words, layers.GlobalAveragePooling1D()(value))


MODELS: dict[str, Callable[[], keras.Model]] = {
    builder.__name__: builder for builder in (sequential, nested, functions, sequences)
}
"""The models, by what is particular about them."""
