"""Keras source that wants too much, or is changed at random: each is read within bounds or refused."""

import ast
import random

import pytest

from service.models.posted import ReadingLimits
from service.models.reading import ModelLimitError, UnreadableModelError
from tests.effort import hang_guard
from tests.golden.record.keras_source.programs import MAKERS, programs
from tests.models.files import judged
from tests.models.keras_library.sources import read
from tests.models.source.test_fuzz import CHARACTERS, Changing

HEAD = "import keras\nfrom keras import layers, ops\n"
PROGRAMS = programs()
LIMITS = ReadingLimits(max_model_steps=60_000, max_model_elements=60_000)
VALUES = [
    *("None", "0", "-1", "1e9", "''", "[]", "()", "{}", "keras", "layers", "layers.Conv2D", "layers.Dense(3)"),
    *("keras.Input((4, 4, 1))", "keras.Model", "keras.Sequential()", "keras.Sequential", "ops.relu", "lambda x: x"),
    *("ops.ones((2, 2))", "layers.Layer", "keras.Model(1, 2)", "10 ** 40", "'relu'", "float('nan')", "slice(1, 2)"),
    *("layers.Lambda(lambda x: None)", "keras.applications", "keras.callbacks.Foo(3)", "(1, (2,))", "True"),
]
TOO_MUCH: dict[str, str] = {
    "layers without an end": "x = keras.Input((4,))\nwhile True:\n    x = layers.Dense(4)(x)",
    "a model that is added to without an end": "m = keras.Sequential()\nwhile True:\n    m.add(layers.Dense(4))",
    "many layers in a list": "m = keras.Sequential([layers.Dense(1) for _ in range(10 ** 9)])",
    "models in models": "i = keras.Input((4,))\nm = keras.Model(i, layers.Dense(4)(i))\nfor _ in range(60):\n"
    "    i = keras.Input((4,))\n    m = keras.Model(i, m(m(i)))",
    "sequences in sequences": "m = keras.Sequential([keras.Input((4,)), layers.Dense(4)])\nfor _ in range(60):\n"
    "    m = keras.Sequential([keras.Input((4,)), m, m])",
    "a layer that calls itself": "class A(layers.Layer):\n    def call(self, x):\n        return self(x)\n"
    "i = keras.Input((4,))\nm = keras.Model(i, A()(i))",
    "a function that calls its layer": "f = layers.Lambda(lambda x: f(x))\ni = keras.Input((4,))\n"
    "m = keras.Model(i, f(i))",
    "layers of a model again and again": "i = keras.Input((4,))\nx = i\nfor _ in range(500):\n"
    "    x = layers.ReLU()(x)\n"
    "m = keras.Model(i, x)\nwhile True:\n    m.layers",
    "a shape asked for again and again": "rest = [layers.ReLU() for _ in range(99)]\n"
    "m = keras.Sequential([keras.Input((4,)), *rest])\n"
    "while True:\n    m.output_shape",
    "attention of attention": "x = keras.Input((4, 4))\nwhile True:\n    x = ops.concatenate([x, x], axis=1)",
}  # fmt: skip
ODD: dict[str, str] = {
    "a model that holds itself": "m = keras.Sequential()\nm.add(m)",
    "a model of nothing": "m = keras.Sequential([])",
    "a model of no tensors": "m = keras.Model(None, None)",
    "a model of itself": "i = keras.Input((4,))\nm = keras.Model(i, i)",
    "a size of 0": "m = keras.Sequential([keras.Input((0,)), layers.Dense(1)])",
    "a size beyond all": "m = keras.Sequential([keras.Input((10 ** 30,)), layers.Dense(10 ** 30)])",
    "a shape of texts": "m = keras.Sequential([keras.Input(('a',)), layers.Dense(1)])",
    "a hundred axes": "m = keras.Sequential([keras.Input((2,) * 100), layers.Dense(1)])",
    "what the classes are told in": "from keras._inside import *\n"
    "from keras._inside import CALLED, ADDED, WEIGHT, GRAPH\n"
    "CALLED(1, 2, 3)\nADDED(1)\nWEIGHT()\nGRAPH(1, 2, 3)\nm = keras.Sequential([layers.Dense(1)])\nADDED(m, m._layers)",
    "attributes that are replaced": "m = keras.Sequential([keras.Input((4,)), layers.Dense(1)])\nm._layers = 3\n"
    "m._graph = m\nm._first = 'a'\nm._build_shape = [None]\nm._current = 5",
    "names of no end": "long = layers.Dense(1, name='a/b' * 10 ** 4)\n"
    "m = keras.Sequential([keras.Input((4,)), long, layers.Dense(1)])",
    "names of zeros": "m = keras.Sequential([keras.Input((4,), name='\\0:#2'), layers.Dense(1, name='\\0:#2')])",
    "a deep activation": "m = keras.Sequential([keras.Input((4,)), layers.Dense(1, activation=[[[[[[[[[]]]]]]]]])])",
    "a wrapper of wrappers": "l = layers.Dense(3)\nfor _ in range(90):\n    l = layers.TimeDistributed(l)\n"
    "m = keras.Sequential([keras.Input((4, 4)), l])",
    "a call without arguments": "m = keras.Sequential([keras.Input((4,)), layers.Dense(1)])\nm()\nlayers.Dense(1)()",
    "outputs that are no tensors": "i = keras.Input((4,))\nm = keras.Model(i, {'a': [i, None], 2: layers.Dense(1)(i)})",
}  # fmt: skip


@pytest.mark.parametrize("name", TOO_MUCH)
def test_too_much_is_refused_by_the_limit_that_it_exceeds(name: str) -> None:
    with hang_guard(), pytest.raises(ModelLimitError) as raised:
        read(HEAD + TOO_MUCH[name], LIMITS)
    assert raised.value.limit in ("max_model_steps", "max_model_elements", "max_model_depth", "max_layers")


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_is_read_or_refused(name: str) -> None:
    try:
        reading = read(HEAD + ODD[name])
    except UnreadableModelError:
        return
    if reading.network["layers"]:
        judged(reading)


def changed(drawn: random.Random) -> tuple[str, str | None]:
    """A program with expressions and perhaps characters changed, and what makes its model."""
    name = drawn.choice(list(PROGRAMS))
    change = Changing(drawn, VALUES)
    source = ast.unparse(ast.fix_missing_locations(change.visit(ast.parse(PROGRAMS[name]))))
    if drawn.random() < 0.2:
        at = drawn.randrange(len(source))
        source = source[:at] + drawn.choice(CHARACTERS) + source[at + 1 :]
    return source, MAKERS.get(name)


@pytest.mark.parametrize("seed", range(60))
def test_a_changed_source_is_read_or_refused(seed: int) -> None:
    source, entry = changed(random.Random(seed))
    try:
        reading = read(source, LIMITS, entry=entry, input_shapes={"input": (1, 16, 20, 3)} if entry == "Net" else {})
    except UnreadableModelError:
        return
    assert not [said.message for said in reading.not_understood if said.message.startswith("this statement")]
