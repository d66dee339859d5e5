"""Models of `keras.applications` that are called by name, against what Keras made of the same calls."""

import gzip
import json
import os
import re
from collections import Counter
from typing import Any

import pytest

from service.models.keras_library.applications import MODELS
from tests.golden.reader import HERE
from tests.golden.test_models import recorded
from tests.models.files import errors_of, judged
from tests.models.keras_library.sources import layers_of, read
from tests.models.keras_library.test_applications import ARGUMENTS, differing, weighted

SOURCE = "import keras\n\nmodel = keras.applications.{}\n"
FILE = os.environ.get("KERAS_CALLS", HERE / "keras_source" / "applications.jsonl.gz")
with gzip.open(FILE, "rt", encoding="utf-8") as lines:
    HEADER, *CALLS = map(json.loads, lines)
MADE = {fact["call"]: fact for fact in CALLS if "layers" in fact}
REFUSED = {fact["call"]: fact for fact in CALLS if "raised" in fact}
STEP = 1 if os.environ.get("EVERY_MODEL") else 4
"""Of so many calls one is compared, since all take a minute."""
SAID_OTHERWISE = re.compile("alpha|`classes`|weights`|classifier_activation")
"""What messages are about that Keras words differently in each family."""
SPELLINGS = {
    "vgg16": "from tensorflow.keras.applications.vgg16 import VGG16, decode_predictions\nmodel = VGG16()\n",
    "vgg19": "from keras.applications import vgg19\nmodel = vgg19.VGG19(True, None)\n",
    "resnet50": "import tensorflow as tf\nmodel = tf.keras.applications.resnet50.ResNet50(include_top=False)\n",
    "xception": "import keras\nmodel = getattr(keras.applications, 'Xception')(**{'weights': None, 'classes': 3})\n",
    "densenet121": "from keras.src.applications.densenet import DenseNet121\ndef make(): return DenseNet121()\n",
    "mobilenet_1.00_224": "from keras import applications\ndef make():\n    return applications.MobileNet()\n",
}
"""Programs that name a model in other ways, by the name that it has."""
NOT_KNOWN = """import keras
from settings import options

base = keras.applications.{}
model = keras.Sequential([keras.Input((96, 96, 3)), base, keras.layers.Dense(3)])
"""
PREPARED = """import keras
from keras.applications.{} import preprocess_input

image = keras.Input((9, 5, {}))
model = keras.Model(image, keras.layers.ReLU()(preprocess_input(image)))
"""


def test_every_model_of_keras_is_recorded() -> None:
    assert {call.partition("(")[0] for call in MADE} == set(MODELS)
    assert len(MADE) >= 70
    assert len(REFUSED) >= 30


@pytest.mark.parametrize("call", list(MADE)[::STEP])
def test_a_model_has_the_layers_that_keras_gives_it_in_its_order(call: str) -> None:
    source = SOURCE.format(call)
    document = judged(read(source))
    assert errors_of(document) == []
    weights: Counter[str] = Counter()
    for layer in document["layers"]:
        weights[layer["name"].partition("/")[0]] += layer["parameters"] + layer["buffers"]
    name, rows = layers_of(source)
    assert [[*row, weights[row[0]]] for row in rows] == MADE[call]["layers"]
    assert name == MADE[call]["name"]


@pytest.mark.parametrize("call", list(MADE)[::STEP])
def test_nothing_of_a_model_is_left_unsaid_and_every_layer_is_where_it_is_called(call: str) -> None:
    reading = read(SOURCE.format(call))
    assert reading.not_understood == reading.mistakes == ()
    for index in range(len(reading.network["layers"])):
        assert reading.places["layers", index].line == 3


@pytest.mark.parametrize("call", REFUSED)
def test_what_keras_refuses_is_told_once_where_the_model_is_called(call: str) -> None:
    [mistake] = read(SOURCE.format(call)).mistakes
    assert mistake.name == REFUSED[call]["raised"]
    assert mistake.place.line == 3
    if not SAID_OTHERWISE.search(REFUSED[call]["message"]):
        told, raised = " ".join(mistake.message.split()), REFUSED[call]["message"]
        assert told in (raised, raised.strip("'"))


@pytest.mark.parametrize("model", list(recorded("keras"))[1::STEP], ids=lambda model: model["model"])
def test_a_model_has_the_figures_that_were_measured_while_keras_ran_it(model: dict[str, Any]) -> None:
    shape = ARGUMENTS.get(model["model"], {}).get("input_shape")
    sizes = "" if shape is None else f", input_shape={tuple(shape)}"
    document = judged(read(SOURCE.format(f"{model['model']}(weights=None{sizes})")))
    assert not differing(document, weighted(model["figures"]))
    assert {kind: document["totals"][kind] for kind in ("parameters", "buffers")} == model["totals"]


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_model_is_known_under_each_of_its_names(name: str) -> None:
    reading = read(SPELLINGS[name])
    assert reading.mistakes == reading.not_understood == ()
    assert layers_of(SPELLINGS[name])[0] == name


@pytest.mark.parametrize(
    "call",
    [
        "VGG16(include_top=options.top)",
        "VGG16(include_top=False, input_shape=options.shape)",
        "ResNet50(include_top=False, input_tensor=options.image)",
        "MobileNetV2(include_top=False, alpha=options.alpha)",
    ],
)
def test_of_a_model_whose_arguments_are_not_known_nothing_wrong_is_told(call: str) -> None:
    reading = read(NOT_KNOWN.format(call))
    assert reading.mistakes == ()
    assert [said.place.line for said in reading.not_understood] == [2]


def test_the_weights_and_the_sides_of_an_image_need_not_be_known() -> None:
    call = "VGG16(include_top=False, weights=options.weights, input_shape=(options.size, options.size, 3))"
    reading = read(NOT_KNOWN.format(call))
    assert reading.mistakes == reading.not_understood == ()
    assert judged(reading)["output_shape"][-1] == 3


@pytest.mark.parametrize(
    ("statement", "line", "name"),
    [
        ("from keras.applications import ResNet18", 1, "ResNet50"),
        ("from keras.applications.vgg16 import VGG19", 1, "VGG16"),
        ("import keras; m = keras.applications.VGG16(include_tops=False)", 1, "include_top"),
        ('import keras; m = keras.applications.VGG16().get_layer("block5_conv4")', 1, "'block5_conv3'"),
    ],
)
def test_the_name_that_may_be_meant_is_told_with_a_wrong_one(statement: str, line: int, name: str) -> None:
    [mistake] = read(statement).mistakes
    assert mistake.place.line == line
    assert name in [rename.name for rename in mistake.renames]


@pytest.mark.parametrize(
    ("module", "channels", "made"),
    [("mobilenet", 1, 1), ("vgg16", 3, 3), ("densenet", 3, 3), ("densenet", 1, 3), ("efficientnet", 2, 2)],
)
def test_an_image_is_prepared_as_keras_does(module: str, channels: int, made: int) -> None:
    document = judged(read(PREPARED.format(module, channels)))
    assert list(document["output_shape"]) == [None, 9, 5, made]
    assert errors_of(document) == []


def test_colours_that_an_image_does_not_have_are_not_put_in_another_order() -> None:
    assert errors_of(judged(read(PREPARED.format("vgg16", 1)))) == ["`index` has 2, but axis 3 has 1 positions"]
