"""Small models of our own in Keras 3: every form that a configuration has for what layers take."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from collections.abc import Callable, Iterator
from typing import Any

import keras
from keras import layers, ops

from tests.golden.record.readers.keras_runs import recorded

PACKAGES = "keras==3.15.1 tensorflow-cpu==2.21.0"
Input = keras.Input


def names() -> list[str]:
    """The models that are recorded."""
    return list(MODELS)


def versions() -> dict[str, str]:
    """What was run."""
    return {"framework": "keras", "keras": keras.__version__, "backend": keras.backend.backend()}


def record(name: str) -> Iterator[dict[str, Any]]:
    """A model in each of its files."""
    keras.utils.clear_session()
    yield from recorded(keras, MODELS[name](), ops.zeros)


def sequential() -> keras.Model:
    """One layer after another, with batch statistics."""
    return keras.Sequential(
        [
            Input((20, 24, 3)),
            layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.Activation("relu"),
            layers.DepthwiseConv2D((3, 2), activation="silu"),
            layers.MaxPooling2D(),
            layers.Dropout(0.2),
            layers.GlobalAveragePooling2D(),
            layers.Dense(5, activation="softmax"),
        ]
    )


def without_input() -> keras.Model:
    """A Sequential model that was built by its first input, so that only `build_config` knows the shape."""
    model = keras.Sequential([layers.Conv1D(4, 3, padding="causal"), layers.Flatten(), layers.Dense(2)])
    model.build((None, 12, 3))
    return model


def branches() -> keras.Model:
    """Two inputs, a skip connection, two outputs."""
    image, mask = Input((16, 16, 3), name="image"), Input((16, 16, 1), name="mask")
    joined = layers.Concatenate()([image, mask])
    first = layers.Conv2D(8, 3, padding="same", activation="relu")(joined)
    second = layers.SeparableConv2D(8, 3, padding="same")(first)
    total = layers.Add()([first, second])
    up = layers.UpSampling2D(2, interpolation="bilinear")(layers.AveragePooling2D(2)(total))
    return keras.Model([image, mask], [up, layers.GlobalMaxPooling2D()(total)])


def nested() -> keras.Model:
    """A model in a model in a model, with several outputs."""
    inside = Input((8, 8, 4))
    half = layers.Conv2D(4, 1)(inside)
    block = keras.Model(inside, [half, layers.ReLU()(half)], name="block")
    stack = keras.Sequential([Input((8, 8, 4)), layers.Conv2D(4, 3, padding="same"), layers.LeakyReLU()], name="stack")
    image = Input((8, 8, 4))
    outer = Input((8, 8, 4))
    left, right = block(stack(outer))
    middle = keras.Model(outer, layers.Multiply()([left, right]), name="middle")
    return keras.Model(image, layers.Flatten()(middle(image)))


def shared() -> keras.Model:
    """A layer without weights and a model of such layers, each called twice."""
    pool = layers.MaxPooling1D(2)
    stage = keras.Sequential([Input((None, 6)), layers.ReLU(), layers.ZeroPadding1D(1)], name="stage")
    first, second = Input((10, 6), name="first"), Input((14, 6), name="second")
    return keras.Model([first, second], [pool(stage(first)), pool(stage(second))])


def operations() -> keras.Model:
    """Functions of `keras.ops` and operators of Python, with numbers on either side."""
    image = Input((12, 10, 6))
    value = 1.0 - image * 2
    value = value / (ops.mean(value, axis=(1, 2), keepdims=True) + 1e-3)
    part = value[:, ::2, 1:, :4]
    left, right = ops.split(part, 2, axis=-1)
    joined = ops.concatenate([left, right, ops.relu(left)], axis=-1)
    where = ops.where(joined > 0, joined, ops.zeros_like(joined))
    flat = ops.reshape(where, (-1, 54, 6))
    product = ops.matmul(flat, ops.transpose(flat, (0, 2, 1)))
    summed = ops.sum(ops.softmax(product, axis=-1), axis=1)
    resized = ops.image.resize(image, (6, 5))
    return keras.Model(image, [ops.expand_dims(summed, 1), ops.maximum(ops.square(resized), 0.5), image[..., 0]])


def sequences() -> keras.Model:
    """Recurrent layers, wrappers, attention with keywords, an embedding."""
    words = Input((9,), dtype="int32")
    value = layers.Embedding(50, 8)(words)
    value = layers.Bidirectional(layers.LSTM(6, return_sequences=True))(value)
    value = layers.TimeDistributed(layers.Dense(8, activation="tanh"))(value)
    attended, scores = layers.MultiHeadAttention(2, 4)(query=value, value=value, return_attention_scores=True)
    value = layers.LayerNormalization()(layers.Add()([value, attended]))
    value = layers.Bidirectional(layers.GRU(3), merge_mode="sum")(value)
    return keras.Model(words, [value, scores])


def frames() -> keras.Model:
    """A model with branches at each frame of a film."""
    frame = Input((16, 12, 3))
    first = layers.Conv2D(4, 3, strides=2, padding="same")(frame)
    second = layers.BatchNormalization()(layers.Conv2D(4, 3, padding="same")(first))
    joined = layers.Concatenate()([layers.Add()([first, second]), first])
    looks = keras.Model(frame, layers.GlobalAveragePooling2D()(layers.ReLU()(joined)), name="looks")
    film = Input((5, 16, 12, 3))
    return keras.Model(film, layers.LSTM(6)(layers.TimeDistributed(looks)(film)))


def first_channels() -> keras.Model:
    """Layers that move the channels for themselves only."""
    image = Input((6, 7, 5))
    value = layers.Permute((3, 1, 2))(image)
    value = layers.Cropping2D(((0, 1), (2, 0)), data_format="channels_first")(value)
    value = layers.GlobalAveragePooling2D(data_format="channels_first", keepdims=True)(value)
    return keras.Model(image, layers.RepeatVector(3)(layers.Flatten(data_format="channels_first")(value)))


def volumes() -> keras.Model:
    """Three axes, norms of groups, preprocessing."""
    volume = Input((8, 9, 10, 4))
    value = layers.Rescaling(1 / 255)(volume)
    value = layers.Conv3D(8, (1, 2, 3), dilation_rate=(1, 2, 1), groups=2)(value)
    value = layers.GroupNormalization(4)(value)
    value = layers.PReLU(shared_axes=[1, 2, 3])(value)
    return keras.Model(volume, layers.Conv3DTranspose(2, 2, strides=2)(value))


MODELS: dict[str, Callable[[], keras.Model]] = {
    builder.__name__: builder
    for builder in (
        *(sequential, without_input, branches, nested, shared, operations, sequences, frames, first_channels, volumes),
    )
}
"""The models, by what is particular about them."""
