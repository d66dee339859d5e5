"""Makes models of `keras.applications` as programs ask for them: every layer in Keras' order, or what Keras refuses.

    python -m tests.golden.record.keras_source.applications --out tests/golden/keras_source/applications.jsonl.gz

`--every` makes each model in each way. Weights are asked for as programs ask, and never loaded.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import argparse
import gzip
import inspect
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import keras
from keras import applications

PACKAGES = "keras==3.15.1 tensorflow-cpu==2.21.0"
WAYS = (
    "include_top=False, input_shape=(97, 130, 3)",
    "weights=None",
    'include_top=False, weights=None, input_shape=(128, 160, 1), pooling="max"',
    'weights=None, input_shape=(150, 131, 3), classes=7, classifier_activation=None, name="mine"',
    'include_top=False, pooling="avg"',
    "include_top=False, input_tensor=keras.Input((160, 160, 3)), weights=None",
    "include_top=False, input_shape=(None, None, 3), weights=None",
)
"""The arguments that every model is asked with; without `--every` those of the first way."""
OTHERS = (
    "VGG16(input_shape=(224, 224, 3))",
    'VGG19(include_top=False, weights=None, input_shape=(32, 45, 2), pooling="avg")',
    "ResNet50(weights=None, input_shape=(64, 80, 1), classes=10)",
    'ResNet50V2(weights=None, input_shape=(33, 47, 3), classes=4, classifier_activation="sigmoid")',
    "MobileNet(input_shape=(128, 128, 3), alpha=0.25)",
    "MobileNet(input_shape=(75, 90, 3), alpha=0.4, depth_multiplier=2, dropout=0.1, weights=None, classes=3)",
    "MobileNet(include_top=False)",
    "MobileNet(include_top=False, weights=None)",
    "MobileNetV2((96, 96, 3), 0.35)",
    "MobileNetV2(input_shape=(160, 160, 3), include_top=False)",
    "MobileNetV2(input_shape=(131, 97, 1), alpha=1.4, weights=None, classes=5)",
    'MobileNetV2(input_tensor=keras.Input((128, 128, 3)), include_top=False, pooling="avg")',
    "MobileNetV2(input_tensor=keras.layers.Rescaling(2.0)(keras.Input((192, 192, 3))), include_top=False)",
    "EfficientNetB0()",
    "EfficientNetB0(include_top=False, weights=None, input_shape=(101, 64, 4))",
    "EfficientNetB2(weights=None, classes=10)",
    "InceptionV3(weights=None, input_shape=(75, 139, 3), classes=10)",
    'Xception(include_top=False, weights=None, input_shape=(71, 99, 1), pooling="max")',
    'DenseNet121(include_top=False, weights=None, input_shape=(32, 60, 1), pooling="avg")',
    "DenseNet169(weights=None, classes=2)",
    "MobileNetV3Small()",
    'MobileNetV3Large(alpha=0.75, include_top=False, input_shape=(100, 128, 3), pooling="avg")',
    "MobileNetV3Large(alpha=1.25, weights=None, minimalistic=True, input_shape=(96, 65, 3), classes=4, dropout_rate=0)",
    "MobileNetV3Small(minimalistic=True, include_preprocessing=False, include_top=False)",
    "MobileNetV3Small(input_tensor=keras.Input((64, 96, 3)), include_top=False)",
    "InceptionResNetV2(include_top=False, weights=None, input_shape=(81, 75, 3))",
    "EfficientNetV2B0(include_preprocessing=False, include_top=False, input_shape=(64, 64, 3))",
    'EfficientNetV2B1(include_top=False, weights=None, input_shape=(50, 60, 4), pooling="max")',
    "EfficientNetV2S(weights=None, classes=3)",
    "ConvNeXtTiny()",
    "ConvNeXtTiny(include_preprocessing=False, include_top=False, weights=None, input_shape=(33, 40, 1))",
    "NASNetMobile(include_top=False)",
    "NASNetMobile(weights=None, input_shape=(33, 51, 1), classes=3)",
)
"""Calls with arguments of their own."""
REFUSED = (
    "VGG16(include_top=False, input_shape=(31, 40, 3))",
    "VGG16(input_shape=(160, 160, 3))",
    "VGG16(input_shape=[224, 224, 3])",
    "VGG16(include_top=False, input_shape=(64, 64, 1))",
    "VGG16(include_top=False, input_shape=(64, 64))",
    "VGG16(weights=None, input_shape=(None, None, 3))",
    "VGG16(classes=10)",
    'VGG16(weights="imagnet")',
    'VGG16(classifier_activation="relu")',
    "VGG16(top=False)",
    "ResNet50(include_top=False, input_shape=(200, 28, 3))",
    'ResNet101V2(weights="imagenet", input_shape=(256, 256, 3))',
    "MobileNet(depth_multiplier=2)",
    "MobileNet(alpha=1.3)",
    "MobileNetV2(alpha=0.6)",
    "MobileNetV2(input_shape=(100, 100, 3))",
    "MobileNetV2(include_top=False, input_shape=(30, 30, 3))",
    "MobileNetV2(input_shape=(96, 96, 3), input_tensor=keras.Input((128, 128, 3)), include_top=False)",
    "EfficientNetB3(input_shape=(224, 224, 3))",
    "EfficientNetB0(classes=2)",
    "InceptionV3(include_top=False, input_shape=(74, 90, 3))",
    "InceptionResNetV2(input_shape=(224, 224, 3))",
    "Xception(include_top=False, input_shape=(70, 70, 3))",
    "DenseNet201(include_top=False, input_shape=(16, 16, 3))",
    "MobileNetV3Large(input_shape=(31, 64, 3))",
    "MobileNetV3Small(alpha=0.5)",
    "MobileNetV3Small(input_shape=(96, 96, 3), input_tensor=keras.Input((128, 128, 3)), include_top=False)",
    "EfficientNetV2S(input_shape=(300, 300, 3))",
    'EfficientNetV2B0(name="mine")',
    'ConvNeXtTiny(name="mine")',
    "ConvNeXtBase(classes=10)",
    "NASNetMobile(include_top=False, input_shape=(None, None, 3))",
    "NASNetLarge(input_shape=(224, 224, 3))",
    "ResNet18()",
)
"""Calls that Keras refuses."""


@contextmanager
def without_weights() -> Iterator[None]:
    """Within, models are asked for with their weights, and nothing is fetched or loaded."""
    with mock.patch.object(keras.Model, "load_weights"), mock.patch("keras.src.utils.file_utils.get_file"):
        yield


def made(call: str) -> dict[str, Any]:
    """What Keras makes of a call: a model's name and its layers, or what is raised."""
    keras.utils.clear_session()
    with without_weights():
        try:
            model = eval(f"applications.{call}", {"applications": applications, "keras": keras})  # noqa: S307 - our own
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            return {"call": call, "raised": type(error).__name__, "message": " ".join(str(error).split())}
    return {"call": call, "name": model.name, "layers": list(map(row, model.layers))}


def row(layer: keras.layers.Layer) -> tuple[str, str, list[int | None], int]:
    """A layer: its name, its class, the shape of its output, how many weights it has."""
    return layer.name, type(layer).__name__, list(layer.output.shape), layer.count_params()


def calls(*, every: bool) -> Iterator[str]:
    """The calls that are recorded."""
    names = sorted(name for name in dir(applications) if inspect.isfunction(getattr(applications, name)))
    for way in WAYS if every else WAYS[:1]:
        yield from (f"{name}({way})" for name in names)
    yield from OTHERS
    yield from REFUSED


def main() -> None:
    """Write what was made, one call a line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.golden.record.keras_source.applications", description=__doc__
    )
    parser.add_argument("--out", type=Path, required=True, help="the file to write, compressed")
    parser.add_argument("--every", action="store_true", help="make each model in each way")
    options = parser.parse_args()
    lines = [{"keras": keras.__version__, "packages": PACKAGES}, *map(made, calls(every=options.every))]
    text = "".join(f"{json.dumps(line, separators=(',', ':'))}\n" for line in lines)
    options.out.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main()
