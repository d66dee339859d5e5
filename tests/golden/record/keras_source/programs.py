"""The small programs of `tests/golden/keras_source/programs.txt`, and what is changed in them to make mistakes."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parents[2] / "keras_source"
BEGINS = "### "
MAKERS = {
    "unet": "build_unet",
    "resnet": "make_resnet",
    "mobile": "MobileNet",
    "gan": "make_generator_model",
    "subclassed": "Net",
    "configured": "build",
}
"""What makes the model, where the program itself makes none."""
SHAPES = {"subclassed": [2, 16, 20, 3], "tried": [2, 10]}
"""The shape of the input, where the program does not say it."""


@dataclass(frozen=True)
class Change:
    """One mistake: other text in place of what stands in a program once, or in all places."""

    program: str
    old: str
    new: str
    title: str

    def text(self) -> str:
        """The program with the mistake."""
        return programs()[self.program].replace(self.old, self.new, 1)

    def lines(self) -> list[int]:
        """The lines that are changed."""
        before = programs()[self.program]
        start = before[: before.index(self.old)].count("\n") + 1
        return list(range(start, start + max(self.old.count("\n"), self.new.count("\n")) + 1))


def programs() -> dict[str, str]:
    """The programs by name."""
    return dict(_programs())


def _programs() -> Iterator[tuple[str, str]]:
    for part in (HERE / "programs.txt").read_text(encoding="utf-8").split(BEGINS)[1:]:
        name, _, text = part.partition("\n")
        yield name, text.rstrip("\n") + "\n"


NORM = "    x = layers.BatchNormalization(momentum=0.9)(x)\n    if"
CHANGES = (
    Change("added", "Conv2D(64, (3, 3), strides", "Conv2D(64, (3, 3), stride", "a keyword of another framework"),
    Change("lenet", "kernel_size=5", "kernal_size=5", "a keyword that is misspelled"),
    Change("lenet", 'Dense(120, activation="tanh")', 'Dense(120, activation="tahn")', "an activation misspelled"),
    Change("lenet", "AveragePooling2D(2),\n    layers.Flatten", "AveragePooling2d(2),\n    layers.Flatten", "a class"),
    Change("lenet", "layers.Conv2D(16, kernel_size=5", "layers.Conv2D(16, kernel_size=15", "a kernel too large"),
    Change("added", 'strides=(2, 1), padding="same"', 'strides=(2, 1), padding="some"', "a padding"),
    Change(
        "added",
        "from keras.layers import Conv2D, MaxPooling2D",
        "from keras.layers import Conv2d as Conv2D, MaxPooling2D",
        "an import",
    ),
    Change("added", "Dropout(0.5)", "Dropout(5)", "a rate above 1"),
    Change(
        "vgg_in_loops", "layers.MaxPooling2D(2, strides=2", "layers.MaxPooling2D(3, strides=5", "a pool too large later"
    ),
    Change(
        "vgg_in_loops",
        'layers.Conv2D(filters, 3, padding="same"',
        'layers.Conv2D(filters, 3, pading="same"',
        "a keyword in a loop",
    ),
    Change(
        "unet",
        'layers.Conv2DTranspose(base * 2 ** i, 2, strides=2, padding="same")',
        'layers.Conv2DTranspose(base * 2 ** i, 2, strides=3, padding="same")',
        "an upsampling that does not fit",
    ),
    Change(
        "unet",
        "x = layers.MaxPooling2D()(x)",
        "x = layers.MaxPooling2D(3)(x)",
        "a pool that does not fit the upsampling",
    ),
    Change(
        "resnet",
        "shortcut = layers.Conv2D(filters, 1, strides=stride",
        "shortcut = layers.Conv2D(filters, 1, strides=1",
        "a shortcut without its stride",
    ),
    Change(
        "resnet",
        f'x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)\n{NORM}',
        f"x = layers.Conv2D(filters, 3, use_bias=False)(x)\n{NORM}",
        "a convolution without its padding",
    ),
    Change("autoencoder", "y = Reshape(before)(y)", "y = Reshape((7, 7, 33))(y)", "a reshape of another size"),
    Change("autoencoder", "code = Input((latent,))", "code = Input((latent + 1,))", "a decoder of another code"),
    Change("audio", "Conv1D(16, 80, strides=4", "Conv1D(16, 80, strides=0", "a stride of 0"),
    Change("volumes", "Cropping3D(((1, 0), (0, 1), (0, 0)))", "Cropping3D(((1, 0), (0, 1)))", "a crop of two axes"),
    Change("volumes", "UpSampling3D((2, 2, 1))", "UpSampling3D((2, 2))", "a size of two axes"),
    Change("causal", 'padding="causal"', 'padding="casual"', "a padding misspelled"),
    Change("causal", "layers.Conv1D(12, 2,", "layers.Conv1D(13, 2,", "a branch of other channels"),
    Change("several_inputs", "inputs=[image, tabular]", "inputs=[image]", "an input that is left out"),
    Change(
        "shared", "layers.GlobalAveragePooling2D(),", "layers.GlobalAveragePooling2D,", "a class that is not called"
    ),
    Change("words", "model.add(LSTM(8))", "model.add(LSTM(8, return_sequence=True))", "a keyword without its s"),
    Change(
        "words",
        "LSTM(16, return_sequences=True, dropout=0.1)",
        "LSTM(16, dropout=0.1)",
        "a sequence that is not returned",
    ),
    Change("moved", "layers.Permute((3, 1, 2))", "layers.Permute((3, 1))", "a permutation that is too short"),
    Change(
        "moved", "ops.reshape(inputs, (-1, 48, 4))", "ops.reshape(inputs, (-1, 50, 4))", "a size that does not divide"
    ),
    Change("moved", "layers.Reshape((4, -1))", "layers.Reshape((5, -1))", "a reshape that does not divide"),
    Change(
        "padded",
        "layers.Conv2D(6, 3, dilation_rate=2)",
        "layers.Conv2D(6, 3, strides=2, dilation_rate=2)",
        "strides with a dilation",
    ),
    Change("grouped", "groups=4", "groups=5", "groups that do not divide"),
    Change("grouped", "layers.GroupNormalization(groups=6)", "layers.GroupNormalization(groups=7)", "groups of a norm"),
    Change(
        "grouped",
        "y = layers.Conv2D(24, 1, strides=1)",
        "y = layers.Conv2D(24, 1, strides=2)",
        "a branch with a stride",
    ),
    Change(
        "inception",
        "conv_bn(inputs, 6, 1, 1), 8, 5, 5)",
        'conv_bn(inputs, 6, 1, 1), 8, 5, 5, padding="valid")',
        "a branch without its padding",
    ),
    Change("gan", "layers.Reshape((7, 7, 32))", "layers.Reshape((7, 7, 64))", "a reshape of more than there is"),
    Change(
        "gan", "use_bias=False, input_shape=(100,)", "bias=False, input_shape=(100,)", "a keyword of another framework"
    ),
    Change("attention", "num_heads=heads, key_dim=size", "heads=heads, key_dim=size", "a keyword that is shortened"),
    Change(
        "pyramid",
        'layers.Conv2D(8, 1, name=f"lateral{level}")(x)',
        'layers.Conv2D(8, name=f"lateral{level}")(x)',
        "an argument that is missing",
    ),
    Change("configured", "layers.Dropout(settings.dropout)", "layers.DropOut(settings.dropout)", "a class misspelled"),
    Change(
        "mobile",
        "layers.DepthwiseConv2D(3, strides=stride",
        "layers.DepthwiseConv2D(3, stride=stride",
        "a keyword in a block",
    ),
    Change(
        "separable", "depth_multiplier=2, activation", "depth_multiplyer=2, activation", "a keyword with a letter more"
    ),
    Change(
        "unet",
        "x = layers.concatenate([x, skip], axis=-1)",
        "x = tf.concat([x, skip], axis=-1)",
        "a function of TensorFlow outside of a call",
    ),
    Change("vgg_in_loops", "x = layers.Flatten()(x)", "x = layers.Flatten()", "a layer that is not called"),
    Change("words", "Embedding(vocabulary, 24)", "Embedding(vocabulary)", "an embedding without its size"),
    Change("resnet", "layers.Add()([x, shortcut])", "layers.Add()(x, shortcut)", "branches without a list"),
    Change("transfer_flowers", "IMG_SHAPE = IMG_SIZE + (3,)", "IMG_SHAPE = IMG_SIZE + (1,)", "a base of grey images"),
    Change(
        "transfer_flowers", "tf.keras.Input(shape=IMG_SHAPE)", "tf.keras.Input(shape=(180, 180, 3))", "other images"
    ),
    Change("transfer_flowers", ".MobileNetV2(", ".MobilNetV2(", "a model misspelled"),
    Change(
        "transfer_dogs", "include_top=False, input_shape=(150, 150, 3)", "input_shape=(150, 150, 3)", "classes kept"
    ),
    Change("transfer_dogs", "input_shape=(150, 150, 3)", "input_shape=(28, 28, 3)", "images that are too small"),
    Change("transfer_dogs", "layers.Flatten(),", "layers.Reshape((4, 4, 256)),", "a reshape of another base"),
    Change(
        "transfer_segmentation", '"block_16_project",', '"block_17_project",', "a layer that the base does not have"
    ),
    Change("transfer_segmentation", "reversed(skips[:-1])", "skips[:-1]", "skips in the wrong order"),
    Change(
        "transfer_segmentation", 'strides=2, padding="same", use_bias=False', "strides=2, use_bias=False", "a padding"
    ),
    Change("transfer_features", "conv4_block6_out", "conv4_block6_relu", "a layer of another version"),
    Change(
        "transfer_features",
        "keras.layers.GlobalMaxPooling2D()(grid)",
        "keras.layers.GlobalMaxPooling2D()(vector)",
        "a pool of what is pooled",
    ),
    Change("transfer_classes", "vgg.layers[-2]", "vgg.layers[23]", "a layer beyond the last"),
    Change("transfer_classes", 'VGG16(weights="imagenet")', 'VGG16(weights="imagenet", classes=12)', "other classes"),
    Change("transfer_pets", "input_tensor=inputs,", "inputs=inputs,", "an argument of another name"),
    Change("transfer_style", '"block5_conv2"', '"block6_conv2"', "a block too many"),
    Change("transfer_pairs", "shape=shape), layers.Input", "shape=(64, 48, 3)), layers.Input", "one of two images"),
    Change("transfer_grey", "x = Concatenate()([x, x, x])", "x = Concatenate()([x, x])", "two channels"),
    Change("transfer_grey", "input_shape=(32, 32, 3), pooling", "input_shape=(28, 28, 3), pooling", "a base too small"),
)
