"""Keras source posted as people have it: told from its text, judged at its lines, repaired as a diff."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.api.test_models import errors_of
from tests.mistakes.text_changes import applied

Document = dict[str, Any]
Answered = Callable[[str, Any], Document]
Refuse = Callable[..., Document]

VALIDATE, READ, SIZES = "/v1/networks/validate", "/v1/networks/read", "/v1/networks/input-sizes"
EXAMPLE = (Path(__file__).parents[2] / "examples" / "models" / "segmenter.py").read_text(encoding="utf-8")
SMALL = "import keras\nfrom keras import layers\nmodel = keras.Sequential([{}])\n"
BOTH = "import torch\nfrom torch import nn\nimport tensorflow as tf\n"


class TestExample:
    def test_its_mistake_is_one_error_and_its_repairs_leave_none(self, answered: Answered) -> None:
        document = answered(VALIDATE, {"model": {"source": EXAMPLE}})
        [error] = errors_of(document)
        assert error["source"]["line"] == EXAMPLE[: EXAMPLE.index("layers.Concatenate")].count("\n") + 1
        diffs = [repair["diff"] for repair in document["repairs"] if "diff" in repair]
        assert diffs
        for diff in diffs:
            mended = answered(VALIDATE, {"model": {"source": applied(diff, EXAMPLE)}})
            assert mended["valid"], diff

    def test_it_is_read_as_a_network_of_keras(self, answered: Answered) -> None:
        document = answered(READ, {"model": {"source": EXAMPLE}})
        assert document["format"] == "keras-source"
        assert document["network"]["framework"] == "keras"
        assert document["network"]["input_shape"] == [None, 64, 96, 3]
        assert document["not_understood"] == []

    def test_a_shape_of_the_request_replaces_that_of_the_file(self, answered: Answered) -> None:
        document = answered(VALIDATE, {"model": {"source": EXAMPLE}, "input_shape": [2, 32, 32, 3]})
        assert document["layers"][0]["output_shape"] == [2, 32, 32, 16]


class TestEntries:
    SEVERAL = (
        "from keras import Input, Model, layers\n"
        "def first():\n    i = Input((8,))\n    return Model(i, layers.Dense(3)(i))\n"
        "def second(units):\n    i = Input((8,))\n    return Model(i, layers.Dense(units)(i))\n"
    )

    def test_a_function_is_named(self, answered: Answered) -> None:
        model = {"source": self.SEVERAL, "entry": "second", "arguments": {"units": 5}}
        assert answered(VALIDATE, {"model": model})["output_shape"] == [None, 5]

    def test_the_only_function_that_needs_nothing_is_taken(self, answered: Answered) -> None:
        assert answered(VALIDATE, {"model": {"source": self.SEVERAL}})["output_shape"] == [None, 3]

    def test_a_variable_is_named(self, answered: Answered) -> None:
        source = self.SEVERAL + "one = first()\ntwo = second(7)\n"
        assert answered(VALIDATE, {"model": {"source": source, "entry": "one"}})["output_shape"] == [None, 3]
        assert answered(VALIDATE, {"model": {"source": source}})["output_shape"] == [None, 7]

    def test_a_source_without_a_model_is_refused(self, refuse: Refuse) -> None:
        problem = refuse(VALIDATE, {"model": {"source": "import keras\nx = 1\n"}}, 422)
        assert "makes no Keras model" in str(problem)

    def test_a_model_without_a_shape_asks_for_one(self, refuse: Refuse, answered: Answered) -> None:
        source = SMALL.format("layers.Dense(3)")
        assert "input_shape" in str(refuse(VALIDATE, {"model": {"source": source}}, 422))
        body = {"model": {"source": source}, "input_shape": [None, 4]}
        assert answered(VALIDATE, body)["output_shape"] == [None, 3]


class TestFormats:
    @pytest.mark.parametrize(
        ("source", "entry", "told"),
        [
            ("from tensorflow.keras import layers\n", None, "keras-source"),
            ("import tf_keras as keras\n", None, "keras-source"),
            (f"{BOTH}model = tf.keras.Sequential([])\n", None, "keras-source"),
            (f"{BOTH}class Net(nn.Module):\n    pass\n", None, "pytorch"),
            (f"{BOTH}class Net(nn.Module):\n    pass\nmodel = tf.keras.Sequential()\n", "model", "keras-source"),
            (f"{BOTH}class Net(nn.Module):\n    pass\nmodel = tf.keras.Sequential()\n", "Net", "pytorch"),
            ("import torch\n", None, "pytorch"),
        ],
    )
    def test_a_text_is_told_by_what_it_imports(self, source: str, entry: str | None, told: str) -> None:
        from service.models.formats import recognised
        from service.models.posted import PostedModel

        assert recognised(PostedModel(files={"": source}, entry=entry)).name == told


class TestMistakes:
    def test_a_name_that_is_wrong_in_several_places_is_mended_in_all(self, answered: Answered) -> None:
        layers = "keras.Input((8, 8, 1)), layers.Conv2D(4, kernal_size=3), layers.Conv2D(4, kernal_size=3)"
        source = SMALL.format(layers)
        document = answered(VALIDATE, {"model": {"source": source}})
        assert [error["message"] for error in errors_of(document)] == [
            "Unrecognized keyword arguments passed to Conv2D: 'kernal_size'"
        ] * 2
        assert applied(document["repairs"][0]["diff"], source) == source.replace("kernal", "kernel")

    def test_what_the_program_catches_is_not_told(self, answered: Answered) -> None:
        source = (
            "import keras\nfrom keras import layers\ntry:\n    from keras.layers import Denze as Dense\n"
            "except ImportError:\n    from keras.layers import Dense\n"
            "model = keras.Sequential([keras.Input((4,)), Dense(3)])\n"
        )
        assert answered(VALIDATE, {"model": {"source": source}})["valid"]

    def test_what_is_not_known_is_told_at_its_line_and_the_rest_is_judged(self, answered: Answered) -> None:
        source = (
            "import keras\nfrom keras import layers\nfrom mine import block\n"
            "image = keras.Input((8, 8, 3))\nx = block(image)\nx = layers.Dense(7)(x)\nmodel = keras.Model(image, x)\n"
        )
        document = answered(VALIDATE, {"model": {"source": source}})
        assert document["valid"]
        [told] = document["diagnostics"]
        assert (told["name"], told["source"]["line"]) == ("not-understood", 3)

    def test_repairs_of_computed_sizes_are_found(self, answered: Answered) -> None:
        source = (
            "import keras\nfrom keras import layers\nwidth = 6\nimage = keras.Input((8, 8, 3))\n"
            "left = layers.Conv2D(width * 2, 3, padding='same')(image)\n"
            "right = layers.Conv2D(16, 3, padding='same')(image)\n"
            "model = keras.Model(image, layers.Add()([left, right]))\n"
        )
        document = answered(VALIDATE, {"model": {"source": source}})
        [error] = errors_of(document)
        assert error["source"]["line"] == 7
