"""Mistakes of words in PyTorch source, several mistakes at once, and models in several files."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.test_models import VALIDATE, Answered, applied, errors_of

HEAD = "import torch\nimport torch.nn.functional as F\nfrom torch import nn\n\n\n"
IMAGES = [1, 3, 8, 8]

WORDS = [
    ("nn.MaxPool2d(2, strides=2)", "MaxPool2d.__init__() got an unexpected keyword argument 'strides'", "stride"),
    ("nn.Conv2d(3, 8, 3, pading=1)", "Conv2d.__init__() got an unexpected keyword argument 'pading'", "padding"),
    ("nn.Conv2d(3, filters=8, kernel_size=3)", "Conv2d.__init__() got an unexpected keyword argument 'filters'",
     "out_channels"),
    ("nn.BatchNorm2d(3, epsilon=1e-3)", "BatchNorm2d.__init__() got an unexpected keyword argument 'epsilon'", "eps"),
    ("nn.Softmax(axis=1)", "Softmax.__init__() got an unexpected keyword argument 'axis'", "dim"),
    ("nn.Conv2D(3, 8, 3)", "module 'torch.nn' has no attribute 'Conv2D'", "Conv2d"),
    ("nn.Relu()", "module 'torch.nn' has no attribute 'Relu'", "ReLU"),
]  # fmt: skip
"""Modules of which PyTorch 2.13.0 raises TypeError or AttributeError, and the word that is meant."""
CALLS = [
    ("F.max_pool2d(x, 2, strides=2)", "max_pool2d() got an unexpected keyword argument 'strides'", "stride"),
    ("F.softmax(x, axis=1)", "softmax() got an unexpected keyword argument 'axis'", "dim"),
    ("F.softmx(x, 1)", "module 'torch.nn.functional' has no attribute 'softmx'", "softmax"),
    ("torch.flaten(x, 1)", "module 'torch' has no attribute 'flaten'", "flatten"),
]
"""Calls of functions, likewise."""
TAKEN = [
    "torch.softmax(x, axis=1)", "x.softmax(axis=1)", "x.sum(axis=1, keepdims=True)",
    "F.relu(x) if not hasattr(torch, 'flaten') else 1 / 0", "getattr(F, 'softmx', F.relu)(x)",
]  # fmt: skip
"""What PyTorch 2.13.0 computes: its own functions take NumPy's words."""


def judged(answered: Answered, text: str) -> tuple[dict[str, Any], str]:
    """The answer for a network that returns an expression of `x`, and its source."""
    source = f"{HEAD}class Net(nn.Module):\n    def forward(self, x):\n        return {text}\n"
    return answered(VALIDATE, {"input_shape": IMAGES, "model": {"source": source}}), source


@pytest.mark.parametrize(("text", "message", "meant"), [(f"{made}(x)", *rest) for made, *rest in WORDS] + CALLS)
def test_a_wrong_word_is_told_as_pytorch_raises_it_and_mended(
    answered: Answered, text: str, message: str, meant: str
) -> None:
    document, source = judged(answered, text)
    [error] = errors_of(document)
    assert (error["name"], error["message"]) == ("error-in-source", message)
    assert error["help"] == f"write `{meant}`"
    mended = applied(document["repairs"][0]["diff"], source)
    assert meant in mended
    assert answered(VALIDATE, {"input_shape": IMAGES, "model": {"source": mended}})["valid"]


@pytest.mark.parametrize("text", TAKEN)
def test_what_pytorch_takes_is_taken(answered: Answered, text: str) -> None:
    document, _ = judged(answered, text)
    assert errors_of(document) == []


TWO = f"""{HEAD}class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3)
        self.left = nn.Linear(100, 10)
        self.right = nn.Linear(11, 5)

    def forward(self, x):
        return self.right(self.left(self.first(x).flatten(1)))
"""


def test_each_of_several_errors_has_its_own_change_which_leaves_the_others(answered: Answered) -> None:
    document = answered(VALIDATE, {"input_shape": IMAGES, "model": {"source": TWO}})
    errors = errors_of(document)
    assert [(error["source"]["text"], len(error["fixes"])) for error in errors] == [("100", 1), ("11", 2)]
    for error in errors:
        for fix in error["fixes"]:
            mended = answered(VALIDATE, {"input_shape": IMAGES, "model": {"source": applied(fix["diff"], TWO)}})
            [left] = errors_of(mended)
            assert left["source"]["text"] != error["source"]["text"]


def test_the_fix_of_a_later_error_has_no_change_of_an_earlier_one(answered: Answered) -> None:
    document = answered(VALIDATE, {"input_shape": IMAGES, "model": {"source": TWO}})
    _, later = errors_of(document)
    assert "+        self.left = nn.Linear(100, 11)" in next(
        fix["diff"] for fix in later["fixes"] if "left" in fix["title"]
    )


def test_what_is_said_of_one_error_is_not_at_another(answered: Answered) -> None:
    document = answered(VALIDATE, {"input_shape": IMAGES, "model": {"source": TWO}})
    lines = [{place["source"]["line"] for place in error["related"]} for error in errors_of(document)]
    assert 11 not in lines[0], "`self.right` is no cause of what is wrong with `self.left`"


PART = "from torch import nn\n\n\nclass Block(nn.Module):\n    def forward(self, x):\n        return x + 1\n"


@pytest.mark.parametrize(
    ("line", "use"),
    [
        ("from conv import Block", "Block()"),
        ("from conv import Block as Other", "Other()"),
        ("import conv", "conv.Block()"),
        ("import conv as parts", "parts.Block()"),
    ],
)
def test_a_class_that_another_file_uses_is_no_second_model(answered: Answered, line: str, use: str) -> None:
    source = (
        f"from torch import nn\n{line}\n\n\nclass Net(nn.Module):\n    def forward(self, x):\n        return {use}(x)\n"
    )
    model = {"files": {"net.py": source, "conv.py": PART}}
    assert answered(VALIDATE, {"input_shape": IMAGES, "model": model})["valid"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_as_python_counts_them(answered: Answered, end: str) -> None:
    """A form feed and the separators of Unicode end no line."""
    source = "\f\n" + TWO.replace("super().__init__()", "super().__init__(); self.text = 'a\u2028b\x85'").replace(
        "\n", end
    )
    document = answered(VALIDATE, {"input_shape": IMAGES, "model": {"source": source}})
    [line] = {error["source"]["line"] for error in errors_of(document) if error["source"]["text"] == "100"}
    assert line == 1 + TWO[: TWO.index("100")].count("\n") + 1
    assert "+        self.left = nn.Linear(288, 10)" in errors_of(document)[0]["fixes"][0]["diff"]


MIXED = f"""{HEAD}class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2D(3, 8, 3)
        self.pool = nn.MaxPool2d(2, strides=2)
        self.last = nn.Linear(100, 10)

    def forward(self, x):
        return self.last(self.pool(self.first(x)).flatten(1))
"""


def test_wrong_words_and_wrong_numbers_are_all_told_and_each_is_mended(answered: Answered) -> None:
    """What is found beside a wrong word is that of the word that is meant."""
    document = answered(VALIDATE, {"input_shape": IMAGES, "model": {"source": MIXED}})
    names = [error["name"] for error in errors_of(document)]
    assert names == ["error-in-source", "error-in-source", "feature-mismatch"]
    text = MIXED
    for count in (2, 1, 0):
        fix = errors_of(document)[0]["fixes"][0]
        text = applied(fix["diff"], text)
        document = answered(VALIDATE, {"input_shape": IMAGES, "model": {"source": text}})
        assert len(errors_of(document)) == count


def test_one_repair_mends_words_and_numbers_together(answered: Answered) -> None:
    document = answered(VALIDATE, {"input_shape": IMAGES, "model": {"source": MIXED}})
    mended = applied(document["repairs"][0]["diff"], MIXED)
    assert answered(VALIDATE, {"input_shape": IMAGES, "model": {"source": mended}})["valid"]


def test_a_name_in_other_letters_is_mended_safely(answered: Answered) -> None:
    document = answered(VALIDATE, {"input_shape": IMAGES, "model": {"source": MIXED}})
    assert [error["fixes"][0]["applicability"] for error in errors_of(document)] == ["safe", "unsafe", "safe"]


def test_wrong_names_are_compared_with_others_as_long_as_steps_are_left(client: FlaskClient) -> None:
    """Each is compared with hundreds; twenty thousand took a minute."""
    source = f"{HEAD}for index in range(20000):\n    x = getattr(torch, f'max_unpol2d{{index}}', None)\n{PART[22:]}"
    answer = client.post(VALIDATE, json={"input_shape": IMAGES, "model": {"source": source}})
    assert answer.status_code == 413
    assert "max_model_steps" in answer.json["detail"]
