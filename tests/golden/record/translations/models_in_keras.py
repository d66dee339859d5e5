"""Networks in Keras that are translated and run: what people build, and what frameworks do differently."""

from collections.abc import Mapping

HEAD = """\
import keras
from keras import layers, ops

"""

MODELS: Mapping[str, tuple[list[list[int]], str]] = {
    "mnist": ([[2, 28, 28, 1]], """
model = keras.Sequential([
    keras.Input((28, 28, 1)),
    layers.Conv2D(8, 3, activation="relu"),
    layers.MaxPooling2D(2),
    layers.Conv2D(16, 3, activation="relu"),
    layers.MaxPooling2D(2),
    layers.Flatten(),
    layers.Dropout(0.5),
    layers.Dense(10, activation="softmax"),
])
"""),
    "mobilenet": ([[1, 33, 32, 3]], """
inputs = keras.Input((33, 32, 3))
x = layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False)(inputs)
x = layers.BatchNormalization()(x)
x = layers.ReLU(6.0)(x)
for width, strides in ((12, 1), (16, 2), (16, 1)):
    x = layers.DepthwiseConv2D(3, strides=strides, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU(6.0)(x)
    x = layers.Conv2D(width, 1, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU(6.0)(x)
x = layers.GlobalAveragePooling2D()(x)
model = keras.Model(inputs, layers.Dense(10)(x))
"""),
    "resnet": ([[1, 32, 30, 3]], """
def block(x, width, strides):
    shortcut = x
    if strides > 1 or x.shape[-1] != width:
        shortcut = layers.Conv2D(width, 1, strides=strides)(x)
        shortcut = layers.BatchNormalization(epsilon=1.001e-5)(shortcut)
    x = layers.Conv2D(width, 3, strides=strides, padding="same")(x)
    x = layers.BatchNormalization(epsilon=1.001e-5)(x)
    x = layers.Activation("relu")(x)
    x = layers.Conv2D(width, 3, padding="same")(x)
    x = layers.BatchNormalization(epsilon=1.001e-5)(x)
    return layers.Activation("relu")(layers.Add()([shortcut, x]))


inputs = keras.Input((32, 30, 3))
x = layers.ZeroPadding2D(3)(inputs)
x = layers.Conv2D(8, 7, strides=2)(x)
x = layers.Activation("relu")(x)
x = layers.ZeroPadding2D(1)(x)
x = layers.MaxPooling2D(3, strides=2)(x)
x = block(block(x, 8, 1), 16, 2)
x = layers.GlobalAveragePooling2D()(x)
model = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
"""),
    "unet": ([[1, 32, 48, 2]], """
def double(x, width):
    x = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
    return layers.Conv2D(width, 3, padding="same", activation="relu")(x)


inputs = keras.Input((32, 48, 2))
a = double(inputs, 8)
b = double(layers.MaxPooling2D()(a), 16)
c = double(layers.MaxPooling2D()(b), 32)
x = layers.Conv2DTranspose(16, 3, strides=2, padding="same")(c)
x = double(layers.Concatenate()([x, b]), 16)
x = layers.Conv2DTranspose(8, 2, strides=2)(x)
x = double(layers.concatenate([x, a]), 8)
model = keras.Model(inputs, layers.Conv2D(3, 1, activation="sigmoid")(x))
"""),
    "inception": ([[1, 17, 20, 4]], """
inputs = keras.Input((17, 20, 4))
one = layers.Conv2D(6, 1)(inputs)
three = layers.Conv2D(8, (1, 3), padding="same")(inputs)
three = layers.Conv2D(8, (3, 1), strides=2, padding="same")(three)
one = layers.MaxPooling2D(3, strides=2, padding="same")(one)
pooled = layers.AveragePooling2D(3, strides=2, padding="same")(inputs)
x = layers.Concatenate()([one, three, pooled])
model = keras.Model(inputs, layers.LeakyReLU()(x))
"""),
    "temporal": ([[2, 40, 6]], """
inputs = keras.Input((40, 6))
x = layers.Conv1D(8, 3, padding="causal", activation="relu")(inputs)
x = layers.Conv1D(8, 3, padding="causal", dilation_rate=2, activation="relu")(x)
x = layers.BatchNormalization()(x)
x = layers.Add()([x, layers.Conv1D(8, 1)(inputs)])
x = layers.MaxPooling1D(2)(x)
x = layers.LayerNormalization()(x)
x = layers.GlobalMaxPooling1D()(x)
model = keras.Model(inputs, layers.Dense(5)(x))
"""),
    "volumes": ([[1, 9, 10, 11, 2]], """
inputs = keras.Input((9, 10, 11, 2))
x = layers.Conv3D(4, 3, padding="same", activation="relu")(inputs)
x = layers.MaxPooling3D(2, padding="same")(x)
x = layers.Conv3D(6, 3, strides=2, padding="same")(x)
x = layers.Flatten()(x)
model = keras.Model(inputs, layers.Dense(3)(x))
"""),
    "separable": ([[1, 20, 18, 3]], """
inputs = keras.Input((20, 18, 3))
x = layers.SeparableConv2D(8, 3, padding="same", depth_multiplier=2)(inputs)
x = layers.BatchNormalization(scale=True)(x)
x = layers.SeparableConv2D(12, 3, strides=2, padding="same", activation="swish")(x)
residual = layers.Conv2D(12, 1, strides=2, padding="same")(inputs)
model = keras.Model(inputs, layers.add([x, residual]))
"""),
    "autoencoder": ([[1, 24, 16, 3]], """
inputs = keras.Input((24, 16, 3))
x = layers.Conv2D(8, 3, strides=2, padding="same", activation="elu")(inputs)
x = layers.Conv2D(4, 3, strides=2, padding="same", activation="leaky_relu")(x)
x = layers.Flatten()(x)
x = layers.Dense(12, activation="tanh")(x)
x = layers.Dense(96, activation="gelu")(x)
x = layers.Reshape((6, 4, 4))(x)
x = layers.UpSampling2D(2, interpolation="bilinear")(x)
x = layers.Conv2D(8, 3, padding="same", activation="silu")(x)
x = layers.UpSampling2D()(x)
model = keras.Model(inputs, layers.Conv2D(3, 3, padding="same")(x))
"""),
    "squeeze_excite": ([[2, 16, 18, 3]], """
inputs = keras.Input((16, 18, 3))
x = layers.Conv2D(16, 3, padding="same", activation="hard_silu")(inputs)
s = layers.GlobalAveragePooling2D()(x)
s = layers.Reshape((1, 1, 16))(s)
s = layers.Conv2D(4, 1, activation="relu")(s)
s = layers.Conv2D(16, 1, activation="hard_sigmoid")(s)
x = layers.Multiply()([x, s])
x = x * 0.5 - 1
model = keras.Model(inputs, ops.mean(x, axis=(1, 2)))
"""),
    "shared": ([[2, 12, 16, 3], [2, 12, 16, 3]], """
left, right = keras.Input((12, 16, 3)), keras.Input((12, 16, 3))
trunk = layers.Conv2D(8, 3, padding="same", activation="relu")
a, b = trunk(left), trunk(right)
d = ops.abs(layers.Subtract()([a, b]))
scores = layers.Dense(5)(layers.GlobalAveragePooling2D()(d))
boxes = layers.Conv2D(4, 1)(layers.Concatenate()([a, b]))
model = keras.Model([left, right], [scores, boxes])
"""),
    "permuted": ([[2, 6, 10, 4]], """
inputs = keras.Input((6, 10, 4))
x = layers.Conv2D(8, 3)(inputs)
x = layers.Permute((2, 1, 3))(x)
x = layers.Reshape((8, 32))(x)
x = layers.Dense(6, activation="relu")(x)
x = layers.Softmax(axis=1)(x)
x = layers.Conv1D(4, 3)(x)
model = keras.Model(inputs, layers.Cropping1D((1, 2))(x))
"""),
    "activations": ([[2, 9, 8, 6]], """
inputs = keras.Input((9, 8, 6))
x = inputs
for name in ("relu6", "selu", "softplus", "softsign", "mish", "hard_sigmoid", "leaky_relu", "gelu", "log_sigmoid"):
    x = layers.Conv2D(6, 1, activation=name)(x)
x = layers.PReLU(shared_axes=[1, 2])(x)
x = layers.ELU(0.5)(layers.Conv2D(6, 1)(x))
x = ops.gelu(layers.GroupNormalization(3)(x))
x = ops.leaky_relu(layers.Conv2D(6, 1)(x))
model = keras.Model(inputs, layers.Activation("softmax")(x))
"""),
    "padded_arrays": ([[1, 9, 10, 3]], """
inputs = keras.Input((9, 10, 3))
x = ops.pad(inputs, ((0, 0), (2, 3), (1, 0), (0, 0)), mode="REFLECT")
x = layers.Conv2D(6, 3, activation="relu")(x)
x = ops.pad(x, ((0, 0), (1, 1), (0, 2), (0, 0)), constant_values=0.5)
model = keras.Model(inputs, layers.Conv2D(4, 3)(x))
"""),
}  # fmt: skip
"""By name the shapes of the inputs and the source."""
