"""Networks posted as people have them: every part at its place in the text, and repairs as diffs."""

import json
from base64 import b64encode
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from onnx import parser

from service.settings import settings
from tests.mistakes.text_changes import applied

Document = dict[str, Any]
Answered = Callable[[str, Any], Document]
Refuse = Callable[..., Document]

VALIDATE, READ, SIZES = "/v1/networks/validate", "/v1/networks/read", "/v1/networks/input-sizes"
EXAMPLE = (Path(__file__).parents[2] / "examples" / "models" / "classifier.py").read_text(encoding="utf-8")
IMAGES = [1, 3, 32, 32]
SOUND = EXAMPLE.replace("nn.Conv2d(32, 128", "nn.Conv2d(64, 128")
JSON = {"input_shape": [1, 3, 8, 8], "layers": [{"type": "conv2d", "out_channels": 4, "kernel_size": 3}]}


def errors_of(document: Document) -> list[Document]:
    """The errors of a report."""
    return [diagnostic for diagnostic in document["diagnostics"] if diagnostic["severity"] == "error"]


class TestPyTorchSource:
    def test_a_mistake_is_told_at_its_line_and_column(self, answered: Answered) -> None:
        document = answered(VALIDATE, {"input_shape": IMAGES, "model": {"source": EXAMPLE}})
        [error] = errors_of(document)
        assert error["name"] == "channel-mismatch"
        source = error["source"]
        assert EXAMPLE.splitlines()[source["line"] - 1][source["column"] - 1 : source["end_column"] - 1] == "32"
        assert "self.conv3 = " in EXAMPLE.splitlines()[source["line"] - 1]

    def test_every_repair_with_a_diff_makes_the_file_sound(self, answered: Answered) -> None:
        document = answered(VALIDATE, {"input_shape": IMAGES, "model": {"source": EXAMPLE}})
        diffs = [repair["diff"] for repair in document["repairs"] if "diff" in repair]
        assert diffs
        for diff in diffs:
            mended = answered(VALIDATE, {"input_shape": IMAGES, "model": {"source": applied(diff, EXAMPLE)}})
            assert mended["valid"]

    def test_the_first_repair_is_the_one_that_the_author_would_make(self, answered: Answered) -> None:
        document = answered(VALIDATE, {"input_shape": IMAGES, "model": {"source": EXAMPLE}})
        assert applied(document["repairs"][0]["diff"], EXAMPLE) == SOUND

    def test_every_layer_has_the_place_where_it_is_called_and_its_module(self, answered: Answered) -> None:
        document = answered(VALIDATE, {"input_shape": IMAGES, "model": {"source": SOUND}})
        assert document["valid"]
        assert document["output_shape"] == [1, 10]
        by_name = {layer["name"]: layer for layer in document["layers"]}
        assert by_name["conv1"]["source"]["text"] == "self.conv1(x)"
        assert by_name["conv1"]["source"]["module"] == "conv1"
        assert "pool#2" in by_name

    def test_a_model_at_the_top_of_a_file_is_told_where_it_is_made(self, answered: Answered) -> None:
        """No line of the file calls it."""
        source = "from torch import nn\n\nnet = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Conv2d(9, 8, 3))\n"
        model = {"files": {"net.py": source}}
        document = answered(VALIDATE, {"input_shape": IMAGES, "model": model})
        assert [layer["source"]["text"] for layer in document["layers"]] == ["nn.Conv2d(3, 8, 3)", "nn.Conv2d(9, 8, 3)"]
        [error] = errors_of(document)
        assert (error["source"]["file"], error["source"]["line"], error["source"]["text"]) == ("net.py", 3, "9")
        assert applied(document["repairs"][0]["diff"], source) == source.replace("9, 8", "8, 8")

    def test_a_computed_value_stands_where_its_layer_is_made(self, answered: Answered) -> None:
        source = (
            "from torch import nn\n\nwidth = 8\nnet = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Conv2d(width + 1, 8, 3))\n"
        )
        [error] = errors_of(answered(VALIDATE, {"input_shape": IMAGES, "model": {"source": source}}))
        assert error["source"]["text"] == "nn.Conv2d(width + 1, 8, 3)"
        assert {place["source"]["text"] for place in error["related"]} >= {"8", "1"}

    def test_a_repair_of_a_shared_number_changes_the_number(self, answered: Answered) -> None:
        text = (
            "from torch import nn\n"
            "class Net(nn.Module):\n"
            "    def __init__(self):\n"
            "        super().__init__()\n"
            "        width = 33\n"
            "        self.a = nn.Conv2d(3, width, 3)\n"
            "        self.b = nn.BatchNorm2d(width)\n"
            "        self.c = nn.Conv2d(32, 8, 3)\n"
            "    def forward(self, x):\n"
            "        return self.c(self.b(self.a(x)))\n"
        )
        document = answered(VALIDATE, {"input_shape": IMAGES, "model": {"source": text}})
        assert len(errors_of(document)) == 1
        mended = [applied(repair["diff"], text) for repair in document["repairs"] if "diff" in repair]
        assert text.replace("width = 33", "width = 32") in mended

    def test_one_line_that_makes_many_wrong_layers_is_one_error(self, answered: Answered) -> None:
        text = (
            "from torch import nn\n"
            "class Net(nn.Module):\n"
            "    def __init__(self):\n"
            "        super().__init__()\n"
            "        self.blocks = nn.Sequential(*[nn.Conv2d(3, 3, 3, stride=0, padding=1) for _ in range(5)])\n"
            "    def forward(self, x):\n"
            "        return self.blocks(x)\n"
        )
        document = answered(VALIDATE, {"input_shape": IMAGES, "model": {"source": text}})
        [error] = errors_of(document)
        assert error["source"]["line"] == 5
        assert len(error["consequences"]) == 4
        assert document["repairs"][0]["removes"] == [0]

    def test_an_error_of_the_program_is_told_and_the_rest_is_judged(self, answered: Answered) -> None:
        text = SOUND.replace("x = self.pool(F.relu(self.conv2(x)))", "x = self.pool(F.relu(self.nothing(x)))")
        document = answered(VALIDATE, {"input_shape": IMAGES, "model": {"source": text}})
        assert not document["valid"]
        [error] = errors_of(document)
        assert error["name"] == "error-in-source"
        assert "nothing" in error["message"]
        assert error["source"]["line"] == 23

    def test_a_batch_of_models(self, answered: Answered) -> None:
        items = [{"input_shape": IMAGES, "model": {"source": text}} for text in (SOUND, EXAMPLE)]
        for detail in ("full", "sizes"):
            body = {"operation": "networks/validate", "items": items, "detail": detail}
            results = answered("/v1/batch", body)["results"]
            assert [result["body"]["valid"] for result in results] == [True, False]

    def test_a_model_without_an_input_has_no_accepted_sizes(self, refuse: Refuse) -> None:
        text = "import keras\nx = keras.layers.Flatten()(...)\nmodel = keras.Model(..., x)\n"
        document = refuse(SIZES, {"model": {"source": text}})
        assert document["errors"][0]["message"] == "the model has no `input_shape`"

    def test_input_sizes_of_a_model(self, answered: Answered) -> None:
        convolutions = SOUND.replace("return self.head(torch.flatten(x, 1))", "return x")
        body = {"input_shape": [1, 3, None, None], "range": [1, 40], "model": {"source": convolutions}}
        document = answered(SIZES, body)
        assert [axis["minimum"] for axis in document["axes"]] == [8, 8]

    @pytest.mark.parametrize(
        ("shapes", "message"),
        [
            ([""], "`axes of input` is 0, not 3 to 5"),
            (["[1, 8]"], "`axes of input` is 2, not 3 to 5"),
            (["[1, 3, 8, 8]", ""], "`axes of x1` is 0, not 4 as those before"),
            (["[1, 3, 8, 8]", "[1, 10]"], "`axes of x1` is 2, not 4 as those before"),
        ],
    )
    def test_inputs_without_sizes_have_no_accepted_sizes(self, refuse: Refuse, shapes: list[str], message: str) -> None:
        inputs = ", ".join(f"float{shape} x{index}" for index, shape in enumerate(shapes))
        text = f'<ir_version: 10, opset_import: ["" : 21]> g ({inputs}) => (float y) {{ y = Relu(x0) }}'
        data = b64encode(parser.parse_model(text).SerializeToString()).decode()
        document = refuse(SIZES, {"range": [1, 4], "model": {"data": data, "format": "onnx"}})
        assert [error["message"] for error in document["errors"]] == [message]


class TestTheRequest:
    def test_a_form_brings_the_file(self, client: FlaskClient) -> None:
        parts = {"request": json.dumps({"input_shape": IMAGES}), "model": (BytesIO(SOUND.encode()), "classifier.py")}
        answer = client.post(VALIDATE, data=parts)
        assert (answer.status_code, answer.json["valid"]) == (200, True)

    def test_several_files_of_a_form_are_files_by_path(self, client: FlaskClient) -> None:
        body, blocks = SOUND.replace("import torch\n", "import torch\nfrom blocks import WIDTH\n"), "WIDTH = 32\n"
        parts = {
            "request": json.dumps({"input_shape": IMAGES, "model": {"entry": "classifier:Classifier"}}),
            "model": [(BytesIO(body.encode()), "classifier.py"), (BytesIO(blocks.encode()), "blocks.py")],
        }
        answer = client.post(VALIDATE, data=parts)
        assert (answer.status_code, answer.json["valid"]) == (200, True)

    @pytest.mark.parametrize(
        ("body", "name", "location"),
        [
            ({}, "missing-parameter", ""),
            ({"model": {}}, "missing-parameter", "/model"),
            ({"model": {"source": "x", "data": "eA=="}}, "conflicting-parameters", "/model/data"),
            ({"model": {"data": "x!"}}, "wrong-type", "/model/data"),
            ({"model": {"source": "x"}}, "unreadable-model", "/model/entry"),
            ({"model": {"source": "x", "format": "tensorflow"}}, "parameter-out-of-range", "/model/format"),
            ({"model": {"source": EXAMPLE}, "layers": JSON["layers"]}, "conflicting-parameters", "/model"),
            ({"model": {"source": EXAMPLE, "entry": "No"}, "input_shape": IMAGES}, "unreadable-model", "/model/entry"),
            (
                {"model": {"source": EXAMPLE}, "input_shape": IMAGES, "outputs": ["head"]},
                "conflicting-parameters",
                "/outputs",
            ),
            (
                {"model": {"source": EXAMPLE}, "input_shape": IMAGES, "input_shapes": [IMAGES]},
                "conflicting-parameters",
                "/input_shapes",
            ),
            ({"layers": JSON["layers"], "input_shapes": [IMAGES]}, "unknown-parameter", "/input_shapes"),
            ({"model": {"source": EXAMPLE}, "framework": "keras"}, "parameter-out-of-range", "/framework"),
        ],
    )
    def test_what_is_wrong_with_it_is_told(self, refuse: Refuse, body: Document, name: str, location: str) -> None:
        document = refuse(VALIDATE, body)
        assert (document["errors"][0]["name"], document["errors"][0]["location"]) == (name, location)

    def test_a_limit_that_is_passed_is_named(self, client: FlaskClient) -> None:
        text = "from torch import nn\nx = 1\nwhile True:\n    x = 3 - x\n" + EXAMPLE
        answer = client.post(VALIDATE, json={"input_shape": IMAGES, "model": {"source": text}})
        assert answer.status_code == 413
        assert "max_model_steps" in answer.json["detail"]

    def test_a_file_that_is_too_large_is_refused_whatever_its_format(
        self, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PADSTRIDE_MAX_MODEL_BYTES", "10")
        settings.cache_clear()
        try:
            answer = client.post(VALIDATE, json={"model": {"data": "UEsDBA" + "A" * 22}})
        finally:
            settings.cache_clear()
        assert answer.status_code == 413
        assert "max_model_bytes" in answer.json["detail"]

    def test_an_empty_file_is_refused_in_words(self, client: FlaskClient) -> None:
        answer = client.post(VALIDATE, data={"model": (BytesIO(b""), "model.onnx"), "request": "{}"})
        [error] = answer.json["errors"]
        assert (answer.status_code, error["message"]) == (422, "the model is empty")
        assert error["help"] == "post all of its bytes, or its source"


class TestReading:
    def test_the_network_is_one_that_can_be_asked_about(self, answered: Answered) -> None:
        document = answered(READ, {"input_shape": IMAGES, "model": {"source": SOUND}})
        assert document["format"] == "pytorch"
        assert document["not_understood"] == []
        report = answered(VALIDATE, document["network"])
        assert report["output_shape"] == [1, 10]
        locations = {place["location"] for place in document["sources"]}
        assert {"/layers/0", "/layers/0/out_channels"} <= locations

    def test_the_services_own_json_is_a_format(self, answered: Answered) -> None:
        document = answered(READ, {"model": {"source": json.dumps(JSON)}})
        assert (document["format"], document["network"]) == ("json", JSON)
