"""What there is: layers, frameworks, diagnostics and limits, from the tables that the code runs on."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

Document = dict[str, Any]
Answered = Callable[[str, Any], Document]
Refuse = Callable[..., Document]
Problem = Callable[[TestResponse, int], Document]
Limited = Callable[..., FlaskClient]

PROMISED_TYPES = [
    *(f"{family}{rank}d" for family in ("conv", "conv_transpose") for rank in (1, 2, 3)),
    *(f"{kind}_pool{rank}d" for kind in ("max", "avg", "lp") for rank in (1, 2, 3)),
    *(f"adaptive_{kind}_pool{rank}d" for kind in ("max", "avg") for rank in (1, 2, 3)),
    *(f"global_{kind}_pool{rank}d" for kind in ("max", "avg") for rank in (1, 2, 3)),
    *("conv", "conv_transpose", "max_pool", "avg_pool", "lp_pool"),
    *("pad", "crop", "flatten", "linear"),
    *("batch_norm", "dropout", "identity"),
    *("relu", "gelu", "silu", "sigmoid", "tanh", "softmax", "add", "multiply", "concat"),
]  # fmt: skip

PROMISED_ERRORS = [
    "kernel-larger-than-input", "empty-output", "channel-mismatch", "feature-mismatch", "groups-do-not-divide-channels",
    "rank-mismatch", "parameter-out-of-range", "unknown-layer-type", "unknown-parameter", "missing-parameter",
    "padding-not-supported", "padding-exceeds-half-kernel", "padding-exceeds-input", "output-padding-out-of-range",
    "stride-with-dilation", "branch-shape-mismatch", "missing-flatten", "unknown-input", "cycle", "duplicate-name",
    "suspected-channels-last", "not-supported-by-framework",
]  # fmt: skip
PROMISED_WARNINGS = [
    "unread-input", "padding-only-window", "checkerboard", "unused-layer",
]  # fmt: skip


@pytest.fixture
def got(client: FlaskClient) -> Callable[[str], Document]:
    """`got(path)` gives the document at this path."""

    def fetch(path: str) -> Document:
        response = client.get(path)
        assert response.status_code == 200, response.data
        assert response.content_type == "application/json"
        document: Document = response.json
        return document

    return fetch


Got = Callable[[str], Document]


class TestLayers:
    """`GET /v1/layers`."""

    @pytest.mark.parametrize("name", PROMISED_TYPES)
    def test_every_promised_type_is_there(self, got: Got, name: str) -> None:
        assert name in {layer["type"] for layer in got("/v1/layers")["layers"]}

    def test_a_type_is_listed_once(self, got: Got) -> None:
        types = [layer["type"] for layer in got("/v1/layers")["layers"]]
        assert len(types) == len(set(types))

    def test_every_type_and_parameter_is_explained(self, got: Got) -> None:
        for layer in got("/v1/layers")["layers"]:
            assert layer["description"].endswith("."), layer["type"]
            assert layer["frameworks"], layer["type"]
            for parameter in layer["parameters"]:
                assert parameter["meaning"].endswith("."), parameter
                assert parameter["form"], parameter
                assert parameter["required"] is ("default" not in parameter)

    def test_a_convolution_lists_its_spellings(self, got: Got) -> None:
        conv2d = next(layer for layer in got("/v1/layers")["layers"] if layer["type"] == "conv2d")
        assert (conv2d["family"], conv2d["rank"]) == ("conv", 2)
        parameters = {parameter["name"]: parameter for parameter in conv2d["parameters"]}
        assert {"strides", "window_strides"} <= set(parameters["stride"]["aliases"])
        assert parameters["stride"]["default"] == 1
        assert parameters["kernel_size"]["required"] is True

    def test_every_default_is_accepted_when_it_is_spelled_out(self, client: FlaskClient, got: Got) -> None:
        for layer in got("/v1/layers")["layers"]:
            if layer["family"] not in ("conv", "max_pool", "avg_pool") or layer["rank"] != 2:
                continue
            defaults = {
                parameter["name"]: parameter["default"]
                for parameter in layer["parameters"]
                if parameter.get("default") is not None
            }
            body = {"input_size": [9, 7], "layer": {"type": layer["type"], "kernel_size": 3, **defaults}}
            assert client.post("/v1/output-size", json=body).status_code == 200, layer["type"]

    def test_a_layer_names_the_frameworks_that_have_it(self, got: Got) -> None:
        layers = {layer["type"]: layer["frameworks"] for layer in got("/v1/layers")["layers"]}
        assert layers["conv2d"] == ["pytorch", "keras", "onnx", "jax"]
        assert layers["relu"] == ["pytorch", "keras", "onnx", "jax"]
        assert "pytorch" in layers["adaptive_avg_pool2d"]
        assert "onnx" not in layers["adaptive_avg_pool2d"]


class TestOneLayer:
    """`GET /v1/layers/{type}`."""

    def test_it_is_what_the_list_says_of_it(self, got: Got) -> None:
        for layer in got("/v1/layers")["layers"]:
            assert got(f"/v1/layers/{layer['type']}") == layer

    @pytest.mark.parametrize("name", ["nn.Conv2d", "Conv2D", "keras.layers.Conv2D", "torch.nn.Conv2d"])
    def test_every_name_that_may_be_a_type_leads_to_it(self, got: Got, name: str) -> None:
        assert got(f"/v1/layers/{name}")["type"] == "conv2d"

    @pytest.mark.parametrize(
        ("name", "nearest"), [("conv2", "conv"), ("MaxPool2", "max_pool2d"), ("fc", "linear"), ("rellu", "relu")]
    )
    def test_another_is_told_the_nearest(self, client: FlaskClient, problem: Problem, name: str, nearest: str) -> None:
        detail = problem(client.get(f"/v1/layers/{name}"), 404)["detail"]
        assert detail.startswith(f'there is no layer type "{name}"; the nearest names are ')
        assert nearest in detail

    @pytest.mark.parametrize("name", ["zzzzzzzz", "%F0%9F%90%8D", "x" * 2000])
    def test_a_name_like_no_other_is_told_where_all_are(self, client: FlaskClient, problem: Problem, name: str) -> None:
        assert problem(client.get(f"/v1/layers/{name}"), 404)["detail"].endswith("; `/v1/layers` lists all")

    def test_a_name_of_two_types_names_both(self, client: FlaskClient, problem: Problem) -> None:
        detail = problem(client.get("/v1/layers/Attention"), 404)["detail"]
        assert detail == '"Attention" is a name of several layer types: dot_attention, cached_attention'


class TestFrameworks:
    """`GET /v1/frameworks`."""

    def test_there_are_four_frameworks_each_with_a_version(self, got: Got) -> None:
        rows = got("/v1/frameworks")["frameworks"]
        assert [row["name"] for row in rows] == ["pytorch", "keras", "onnx", "jax"]
        for row in rows:
            assert row["version"][0].isdigit()
            assert row["title"]

    def test_only_onnx_has_opsets(self, got: Got) -> None:
        rows = {row["name"]: row for row in got("/v1/frameworks")["frameworks"]}
        assert rows["onnx"]["opsets"]["oldest"] < rows["onnx"]["opsets"]["newest"]
        assert not any("opsets" in rows[name] for name in ("pytorch", "keras", "jax"))

    def test_the_rules_are_shown(self, got: Got) -> None:
        rows = {row["name"]: row for row in got("/v1/frameworks")["frameworks"]}
        assert rows["keras"]["layout"] == "channels_last"
        assert rows["keras"]["layers"]["conv"]["named"] == ["same", "valid"]
        assert rows["keras"]["layers"]["conv"]["stride_with_dilation"] is False
        assert rows["onnx"]["layers"]["max_pool"]["default_stride"] == "one"


class TestDiagnostics:
    """`GET /v1/diagnostics` and the pages."""

    @pytest.mark.parametrize("name", PROMISED_ERRORS)
    def test_every_promised_error_has_its_page(self, got: Got, name: str) -> None:
        page = got(f"/v1/diagnostics/{name}")
        assert (page["name"], page["severity"]) == (name, "error")

    @pytest.mark.parametrize("name", PROMISED_WARNINGS)
    def test_every_promised_warning_has_its_page(self, got: Got, name: str) -> None:
        page = got(f"/v1/diagnostics/{name}")
        assert (page["name"], page["severity"]) == (name, "warning")

    def test_every_diagnostic_has_a_page_with_a_summary_and_a_text(self, got: Got) -> None:
        rows = got("/v1/diagnostics")["diagnostics"]
        assert len(rows) > 20
        for row in rows:
            page = got(row["url"])
            assert page["description"].startswith(row["summary"])
            assert row["summary"].endswith((".", ",", ":")) or "\n" in page["description"]
            assert {key: page[key] for key in row} == row

    def test_codes_are_unique_and_lead_to_the_same_page(self, got: Got) -> None:
        rows = got("/v1/diagnostics")["diagnostics"]
        assert len({row["code"] for row in rows}) == len(rows)
        assert got("/v1/diagnostics/S203") == got("/v1/diagnostics/channel-mismatch")

    def test_an_unknown_diagnostic_is_a_404(self, client: FlaskClient, problem: Problem) -> None:
        assert problem(client.get("/v1/diagnostics/nothing"), 404)["detail"] == "there is no diagnostic 'nothing'"

    def test_a_diagnostic_points_to_its_page(self, got: Got, refuse: Refuse) -> None:
        [diagnostic] = refuse("/v1/output-size", {"input_size": 3, "layer": {"type": "conv1d", "kernel_size": 5}})[
            "errors"
        ]
        page = got(diagnostic["url"])
        assert (page["code"], page["name"]) == (diagnostic["code"], diagnostic["name"])


class TestLimits:
    """`GET /v1/limits`."""

    def test_every_limit_has_a_value_and_a_meaning(self, got: Got) -> None:
        limits = got("/v1/limits")["limits"]
        assert {
            "max_body_bytes",
            "max_array_elements",
            "max_output_elements",
            "max_work",
            "max_layers",
        } <= limits.keys()
        for limit in limits.values():
            assert limit["value"] >= 0
            assert limit["meaning"].endswith(".")

    def test_the_depth_of_json_is_the_one_that_is_enforced(self, client: FlaskClient, got: Got) -> None:
        depth = got("/v1/limits")["limits"]["json_depth"]["value"]
        bodies = ["[" * levels + "]" * levels for levels in (depth - 1, depth + 2)]
        statuses = [
            client.post("/v1/output-size", data=body, content_type="application/json").status_code for body in bodies
        ]
        assert statuses == [422, 400]

    def test_a_limit_from_the_environment_is_shown_and_enforced(self, limited: Limited) -> None:
        client = limited(max_array_elements=5)
        assert client.get("/v1/limits").json["limits"]["max_array_elements"]["value"] == 5
        layer = {"type": "max_pool1d", "kernel_size": 1}
        statuses = [
            client.post("/v1/convolve", json={"input": [1] * count, "layer": layer}).status_code for count in (5, 6)
        ]
        assert statuses == [200, 413]
