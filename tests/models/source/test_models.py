"""Whole models of a toy library: entries, inputs, paths, places, literals, mistakes, what is not understood."""

from typing import Any

import pytest

from service.models.reading import ModelReading, TextPlace, UnreadableModelError
from tests.models.source.toy import read

NET = """import toy

class Block(toy.Module):
    def __init__(self, factor, twice=False):
        super().__init__()
        self.scale = toy.Scale(factor)
        self.twice = twice

    def forward(self, x):
        return x + self.scale(x)

class Net(toy.Module):
    def __init__(self, width=4):
        super().__init__()
        self.stem = toy.Scale(width * 2)
        self.blocks = toy.Sequential(*[Block(i) for i in (1, 2)])

    def forward(self, x):
        return self.blocks(self.stem(x))
"""


def layers(reading: ModelReading) -> list[dict[str, Any]]:
    return [dict(layer) for layer in reading.network["layers"]]


def names(reading: ModelReading) -> list[str]:
    return [layer["name"] for layer in layers(reading)]


def place(reading: ModelReading, *pointer: Any) -> TextPlace:
    found = reading.places[pointer]
    assert isinstance(found, TextPlace)
    return found


def test_modules_are_named_by_their_paths_in_the_state_dict() -> None:
    reading = read(NET)
    assert names(reading) == ["stem", "blocks.0.scale", "add", "blocks.1.scale", "add#2"]
    assert reading.network["input_shape"] == [1, 3, 8, 8]
    assert reading.network["outputs"] == ["add#2"]
    assert (reading.not_understood, reading.mistakes) == ((), ())


def test_a_layer_stands_where_it_is_called_in_the_posted_source() -> None:
    reading = read(NET)
    stem = place(reading, "layers", 0)
    assert (stem.line, stem.column, stem.text, stem.module) == (19, 28, "self.stem(x)", "stem")
    inner = place(reading, "layers", 1)
    assert (inner.line, inner.text, inner.module) == (10, "self.scale(x)", "blocks.0.scale")
    assert place(reading, "input_shape").text == "x"


def test_a_call_inside_a_container_stands_where_the_container_is_called() -> None:
    source = "import toy\nclass N(toy.Module):\n    def __init__(self):\n        super().__init__()\n"
    source += "        self.body = toy.Sequential(toy.Scale(1), toy.Scale(2))\n"
    source += "    def forward(self, x):\n        return self.body(x)\n"
    reading = read(source)
    assert [place(reading, "layers", index).text for index in (0, 1)] == ["self.body(x)"] * 2
    assert [place(reading, "layers", index).module for index in (0, 1)] == ["body.0", "body.1"]


def test_columns_count_characters() -> None:
    reading = read("import toy\nclass N(toy.Module):\n    def forward(self, x): é = 'ü'; return toy.Scale(3)(x)\n")
    found = place(reading, "layers", 0)
    assert (found.column, found.text) == (43, "toy.Scale(3)(x)")


PROVENANCE: dict[str, tuple[str, list[tuple[Any, bool]]]] = {
    "as it stands": ("toy.Scale(3)", [(3, True)]),
    "negative": ("toy.Scale(-3)", [(-3, True)]),
    "a fraction": ("toy.Scale(0.5)", [(0.5, True)]),
    "a string": ("toy.Scale('same')", [("same", True)]),
    "through a variable": ("toy.Scale(WIDTH)", [(16, True)]),
    "through a default": ("toy.Scale(default())", [(7, True)]),
    "through an attribute": ("toy.Scale(Config.depth)", [(9, True)]),
    "through a dictionary": ("toy.Scale({'a': 5}['a'])", [(5, True)]),
    "through a list": ("toy.Scale([5, 6][1])", [(6, True), (1, False)]),
    "through unpacking": ("toy.Scale((lambda a, b: b)(*(1, 2)))", [(2, True)]),
    "through a dataclass": ("toy.Scale(Options().size)", [(11, True)]),
    "computed": ("toy.Scale(WIDTH * 2)", [(16, False), (2, False)]),
    "computed twice": ("toy.Scale((WIDTH + 1) // 2)", [(16, False), (1, False), (2, False)]),
    "by a function of numbers": ("toy.Scale(int(WIDTH * 0.5))", [(16, False), (0.5, False)]),
    "rounded": ("toy.Scale(math.ceil(WIDTH / 3))", [(16, False), (3, False)]),
    "the same number": ("toy.Scale(int(4))", [(4, True)]),
    "a maximum": ("toy.Scale(max(2, 8))", [(8, True)]),
    "in a comprehension": ("toy.Scale([n for n in (1, 2)][-1])", [(2, True), (-1, False)]),
}
HEAD = """import math
import toy
from dataclasses import dataclass
WIDTH = 16
def default(n=7):
    return n
class Config:
    depth = 9
@dataclass
class Options:
    size: int = 11
class Net(toy.Module):
    def __init__(self):
        super().__init__()
        self.scale = {}
    def forward(self, x):
        return self.scale(x)
"""


@pytest.mark.parametrize("name", PROVENANCE)
def test_a_parameter_remembers_the_literals_that_it_comes_from(name: str) -> None:
    expression, expected = PROVENANCE[name]
    reading = read(HEAD.replace("{}", expression, 1), entry="Net")
    found = reading.literals["layers", 0, "factor"]
    assert [(literal.value, literal.exact) for literal in found] == expected
    for literal in found:
        text = str(literal.value) if not isinstance(literal.value, str) else f"'{literal.value}'"
        assert literal.place.text == text


ENTRIES: dict[str, dict[str, Any]] = {
    "a class": {"entry": "Net"},
    "a class with its module": {"entry": "models.net:Net"},
    "a factory": {"entry": "make", "arguments": {"width": 3}},
    "an instance": {"entry": "model"},
    "a static method": {"entry": "models.net:Factory.make"},
}


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_is(name: str) -> None:
    text = NET + "\ndef make(width):\n    return Net(width)\nmodel = Net(5)\n"
    text += "class Factory:\n    @staticmethod\n    def make():\n        return Net()\n"
    reading = read({"models/net.py": text, "models/__init__.py": ""}, **ENTRIES[name])
    assert len(layers(reading)) == 5


def test_files_import_each_other_by_path() -> None:
    parts = NET.split("class Net")
    net = (
        "from .parts.block import Block\nfrom . import sizes\nimport models.parts.block as again\nimport toy\nclass Net"
    )
    net += parts[1].replace("width=4", "width=sizes.WIDTH").replace("Block(i)", "again.Block(i)")
    files = {
        "models/__init__.py": "from .net import Net",
        "models/net.py": net,
        "models/sizes.py": "WIDTH = 4",
        "models/parts/block.py": parts[0],
    }
    reading = read(files, entry="models:Net")
    assert len(layers(reading)) == 5
    assert place(reading, "layers", 1).file == "models/parts/block.py"
    assert [literal.place.file for literal in reading.literals["layers", 0, "factor"]] == [
        "models/sizes.py",
        "models/net.py",
    ]


REFUSED: dict[str, tuple[str, dict[str, Any], str | None, str]] = {
    "no such class": (NET, {"entry": "Nat"}, "entry", "`Nat`"),
    "no such module": (NET, {"entry": "a.b:Net"}, "entry", "`a.b`"),
    "no name": (NET, {"entry": "Net()"}, "entry", "no name"),
    "several models": (NET + "class Other(Net):\n    pass\nclass Third(Net):\n    pass", {}, "entry", "2 models"),
    "no model": ("x = 1", {}, "entry", "no class"),
    "no module is made": ("def f():\n    return 5", {"entry": "f"}, "entry", "`int`"),
    "arguments missing": (NET.replace("width=4", "width, depth"), {}, "arguments", "`width`, `depth`"),
    "arguments too many": (NET, {"arguments": {"depth": 1}}, "arguments", "depth"),
    "an unknown object": (NET, {"arguments": {"width": {"$torch": "toy.Nothing"}}}, "arguments", "toy.Nothing"),
    "no shape": (NET, {"input_shapes": {}}, None, "`x`"),
    "an input that is none": (NET, {"input_shapes": {"y": (1,), "z": (2,)}}, None, "`y`"),
    "nothing": ("import toy\nclass N(toy.Module):\n    def forward(self, x):\n        return 1", {}, None, "no layer"),
    "no Python": ("class :", {}, None, "line 1"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_model_is_refused_with_what_to_do(name: str) -> None:
    source, members, member, words = REFUSED[name]
    with pytest.raises(UnreadableModelError) as raised:
        read(source, **members)
    assert raised.value.member == member
    assert words in raised.value.message + raised.value.help
    assert raised.value.help


def test_arguments_are_json_with_tuples_and_objects() -> None:
    source = NET.replace("toy.Scale(width * 2)", "width[0](width[1][1])").replace("width=4", "width")
    given = {"width": [{"$torch": "toy.Scale"}, {"$tuple": [1, 6]}]}
    assert layers(read(source, arguments=given))[0]["factor"] == 6


TRIALS: dict[str, str] = {
    "a call with a new tensor": 'if __name__ == "__main__":\n    print(Net()(torch.randn(2, 3, 16, 16)).shape)',
    "a tensor with a name": 'if __name__ == "__main__":\n    x = torch.zeros((2, 3, 16, 16))\n    y = Net()(x)',
    "sizes with names": "def test():\n    n = 2\n    net = Net()\n    net(torch.rand(n, 3, 16, 16).cuda())",
    "at the top": "net = Net()\nout = net(torch.ones([2, 3, 16, 16]))",
}


@pytest.mark.parametrize("name", TRIALS)
def test_the_shape_comes_from_where_the_source_tries_its_model(name: str) -> None:
    reading = read(NET + TRIALS[name], entry="Net", input_shapes={})
    assert reading.network["input_shape"] == [2, 3, 16, 16]


def test_several_inputs_have_the_names_of_the_parameters() -> None:
    source = NET.replace(
        "forward(self, x):\n        return self.blocks(self.stem(x))",
        "forward(self, x, y, z=None):\n        return self.stem(x), {'b': self.stem(y)}",
    )
    reading = read(source, input_shapes={"x": (1, 2), "y": (3, 4)})
    assert reading.network["inputs"] == {"x": [1, 2], "y": [3, 4]}
    assert reading.network["outputs"] == ["stem", "stem#2"]


def test_training_is_as_the_request_says() -> None:
    source = NET.replace("return x + self.scale(x)", "return self.scale(x) if self.training else x")
    assert len(layers(read(source, training=True))) == 3
    assert len(layers(read(source, training=False))) == 1


MISTAKES: dict[str, tuple[str, str, str, int]] = {
    "a misspelt name": ("self.stem(x)", "self.stem(z)", "NameError", 19),
    "a misspelt attribute": ("self.stem(x)", "self.stam(x)", "AttributeError", 19),
    "an argument too many": ("Block(i)", "Block(i, 2, 3)", "TypeError", 16),
    "an argument too few": ("Block(i)", "Block()", "TypeError", 16),
    "a keyword that is none": ("Block(i)", "Block(i, thrice=1)", "TypeError", 16),
    "no super().__init__": ("        super().__init__()\n        self.stem", "        self.stem", "AttributeError", 14),
    "a failing assertion": ("self.twice = twice", "assert factor > 5, 'too small'", "AssertionError", 7),
    "a raised error": ("self.twice = twice", "raise ValueError(f'bad {factor}')", "ValueError", 7),
    "no forward": ("    def forward(self, x):\n        return x + self.scale(x)\n", "", "NotImplementedError", 17),
    "an index too large": ("Block(i) for i in (1, 2)", "Block((1, 2)[i]) for i in (1, 2)", "IndexError", 16),
    "a key that is missing": ("toy.Scale(width * 2)", "toy.Scale({'a': 1}['b'])", "KeyError", 15),
    "a division by zero": ("width * 2", "width // 0", "ZeroDivisionError", 15),
    "a sum of kinds": ("width * 2", "width + 'a'", "TypeError", 15),
    "too many values": ("self.twice = twice", "a, b = factor, 1, 2", "ValueError", 7),
    "a call of a number": ("self.stem(x)", "self.blocks(5(x))", "TypeError", 19),
    "no module": ("toy.Sequential(*", "toy.Sequential(5, *", "TypeError", 16),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_what_the_program_would_raise_is_told_once_at_its_place(name: str) -> None:
    right, wrong, error, line = MISTAKES[name]
    assert right in NET
    try:
        found = read(NET.replace(right, wrong), entry="Net").mistakes
    except UnreadableModelError:
        pytest.fail("the rest must be read")
    assert [(mistake.name, place_of(mistake.place).line) for mistake in found] == [(error, line)]
    assert found[0].message
    assert found[0].help


def place_of(found: Any) -> TextPlace:
    assert isinstance(found, TextPlace)
    return found


def test_what_stands_behind_a_mistake_is_read() -> None:
    reading = read(NET.replace("self.twice = twice", "self.twice = thrice"))
    assert len(layers(reading)) == 5
    assert [mistake.message for mistake in reading.mistakes] == ["name 'thrice' is not defined"]


def test_an_import_that_is_not_used_is_no_fault() -> None:
    reading = read("import wandb\nfrom lightning import Trainer as T\n" + NET)
    assert reading.not_understood == ()


def test_what_is_not_known_is_said_once_where_it_comes_from() -> None:
    source = "from elsewhere import helper\n" + NET.replace("factor)", "helper(factor))").replace(
        "= twice", "= helper()"
    )
    reading = read(source)
    assert [(said.message, place_of(said.place).line) for said in reading.not_understood] == [
        ("`elsewhere.helper` is not known", 1)
    ]


def test_a_condition_that_is_not_known_takes_the_branch_that_does_not_raise() -> None:
    condition = "from elsewhere import flag\n" + NET.replace(
        "self.twice = twice",
        "if flag(factor):\n            raise ValueError\n        elif flag:\n            self.twice = 1",
    )
    reading = read(condition)
    assert len(layers(reading)) == 5
    assert reading.mistakes == ()
    assert "`elsewhere.flag` is not known" in {said.message for said in reading.not_understood}


def test_a_class_that_inherits_from_a_module_of_the_library() -> None:
    source = "import toy\nclass Mine(toy.Scale):\n    def __init__(self, n):\n        super().__init__(n + 1)\n"
    source += "    def forward(self, x):\n        return super().forward(x) + x\n"
    source += "class Net(toy.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = Mine(4)\n"
    source += (
        "    def forward(self, x):\n        assert isinstance(self.a, toy.Scale) and isinstance(self.a, toy.Module)\n"
    )
    source += "        assert self.a.factor == 5\n        return self.a(x)\n"
    reading = read(source)
    assert reading.mistakes == ()
    assert [(layer["name"], layer.get("factor")) for layer in layers(reading)] == [("a", 5), ("add", None)]


CONTAINERS: dict[str, tuple[str, str, list[str]]] = {
    "a list": ("toy.ModuleList([toy.Scale(1), toy.Scale(2)])", "for m in self.m: x = m(x)", ["m.0", "m.1"]),
    "a list that grows": ("toy.ModuleList()", "for m in self.m: x = m(x)", ["m.0"]),
    "a dictionary": ("toy.ModuleDict({'a': toy.Scale(1)})", "x = self.m['a'](x)", ["m.a"]),
    "names in order": ("toy.Sequential(OrderedDict([('a', toy.Scale(1))]))", "x = self.m.a(x)", ["m.a"]),
    "a slice": ("toy.Sequential(toy.Scale(1), toy.Scale(2), toy.Scale(3))", "x = self.m[1:](x)", ["m.1", "m.2"]),
    "the last": ("toy.ModuleList([toy.Scale(1), toy.Scale(2)])", "x = self.m[-1](x)", ["m.1"]),
    "by a name that is made": ("setattr(self, 'b0', toy.Scale(1))", "x = getattr(self, f'b{0}')(x)", ["b0"]),
    "added": ("self.add_module('c', toy.Scale(1))", "x = self.c(x)", ["c"]),
    "inside": ("toy.Sequential(toy.Sequential(toy.Scale(1)))", "x = self.m(x)", ["m.0.0"]),
    "one module twice": ("toy.Scale(1)", "x = self.m(self.m(x))", ["m", "m#2"]),
}  # fmt: skip


@pytest.mark.parametrize("name", CONTAINERS)
def test_modules_are_kept_in(name: str) -> None:
    made, used, expected = CONTAINERS[name]
    source = f"""import toy
from collections import OrderedDict
class N(toy.Module):
    def __init__(self):
        super().__init__()
        self.m = {made}
        {"self.m.append(toy.Scale(3))" if name == "a list that grows" else "pass"}
        assert len(list(self.modules())) == 1 + len(list(self.named_modules())) - 1
    def forward(self, x):
        {used}
        return x
"""
    reading = read(source)
    assert reading.mistakes == ()
    assert names(reading) == expected
