"""A small U-Net in Keras, as one writes it in an evening; with one mistake, which the service finds."""

import keras
from keras import layers


def double_conv(x, filters):
    """Two convolutions, each normalised."""
    x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    x = layers.BatchNormalization()(x)
    x = layers.Conv2D(filters, 3, activation="relu")(x)
    return layers.BatchNormalization()(x)


image = keras.Input((64, 96, 3))
first = double_conv(image, 16)
second = double_conv(layers.MaxPooling2D()(first), 32)
up = layers.Conv2DTranspose(16, 2, strides=2, padding="same")(second)
joined = double_conv(layers.Concatenate()([first, up]), 16)
model = keras.Model(image, layers.Conv2D(4, 1, activation="softmax")(joined))
