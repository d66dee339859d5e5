"""The example networks are the published ones: their figures are known, and the service finds the same.

Parameters are those that torchvision publishes; for LeNet-5, those of the form with a dense C5 and untrained pools.
Multiply-accumulates were counted by forward hooks on the convolutions and linear layers of the same networks in
PyTorch 2.13: output elements times weights per output. Receptive fields were measured there too: the extent of the
gradient of one output, with positive weights and averages for maxima.
"""

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from tests.examples.conftest import NETWORKS, Run

Document = dict[str, Any]
Answered = Callable[[str, Any], Document]

TOTALS = {
    "lenet5": {"parameters": 61_706, "buffers": 0, "macs": 416_520},
    "alexnet": {"parameters": 61_100_840, "buffers": 0, "macs": 714_188_480},
    "vgg16": {"parameters": 138_357_544, "buffers": 0, "macs": 15_470_264_320},
    "resnet50": {"parameters": 25_557_032, "buffers": 53_173, "macs": 4_089_184_256},
}

SHAPES = [
    ("lenet5", "s4", [1, 16, 5, 5]),
    ("lenet5", "output", [1, 10]),
    ("alexnet", "features.0", [1, 64, 55, 55]),
    ("alexnet", "features.12", [1, 256, 6, 6]),
    ("alexnet", "flatten", [1, 9216]),
    ("alexnet", "classifier.6", [1, 1000]),
    ("vgg16", "features.4", [1, 64, 112, 112]),
    ("vgg16", "features.30", [1, 512, 7, 7]),
    ("vgg16", "flatten", [1, 25088]),
    ("vgg16", "classifier.6", [1, 1000]),
    ("resnet50", "maxpool", [1, 64, 56, 56]),
    ("resnet50", "layer1.2.relu_2", [1, 256, 56, 56]),
    ("resnet50", "layer2.0.conv1", [1, 128, 56, 56]),
    ("resnet50", "layer2.0.conv2", [1, 128, 28, 28]),
    ("resnet50", "layer4.2.relu_2", [1, 2048, 7, 7]),
    ("resnet50", "avgpool", [1, 2048, 1, 1]),
    ("resnet50", "fc", [1, 1000]),
]

RECEPTIVE_FIELDS = [
    ("lenet5", "s4", 16, 4),
    ("alexnet", "features.12", 195, 32),
    ("vgg16", "features.30", 212, 32),
    ("resnet50", "layer3.5.relu_2", 267, 16),
    ("resnet50", "layer4.2.relu_2", 427, 32),
]

DECLARED = {"conv2d": "in_channels", "batch_norm2d": "num_features", "linear": "in_features"}


@pytest.fixture(scope="module")
def bodies() -> dict[str, Document]:
    """Every example network by its name."""
    return {path.stem: json.loads(path.read_text()) for path in NETWORKS.glob("*.json")}


@pytest.fixture
def layer(bodies: dict[str, Document], answered: Answered) -> Callable[[str, str], Document]:
    """`layer(network, name)` gives what the service says of one layer."""

    def named(network: str, name: str) -> Document:
        report = answered("/v1/networks/validate", bodies[network])
        return next(one for one in report["layers"] if one["name"] == name)

    return named


def test_every_example_has_its_published_figures(bodies: dict[str, Document]) -> None:
    assert bodies.keys() == TOTALS.keys()


@pytest.mark.parametrize("network", TOTALS)
def test_an_example_is_valid_and_has_no_errors(network: str, bodies: dict[str, Document], answered: Answered) -> None:
    report = answered("/v1/networks/validate", bodies[network])
    assert report["valid"]
    assert [one for one in report["diagnostics"] if one["severity"] == "error"] == []


@pytest.mark.parametrize("network", TOTALS)
def test_totals_are_the_published_figures(network: str, bodies: dict[str, Document], answered: Answered) -> None:
    totals = answered("/v1/networks/validate", bodies[network])["totals"]
    assert {name: totals[name] for name in TOTALS[network]} == TOTALS[network]
    assert totals["flops"] == 2 * totals["macs"]


@pytest.mark.parametrize(("network", "name", "shape"), SHAPES)
def test_shapes_are_the_known_ones(network: str, name: str, shape: list[int], layer: Callable[..., Document]) -> None:
    assert layer(network, name)["output_shape"] == shape


@pytest.mark.parametrize(("network", "name", "size", "stride"), RECEPTIVE_FIELDS)
def test_receptive_fields_are_the_measured_ones(
    network: str, name: str, size: int, stride: int, layer: Callable[..., Document]
) -> None:
    field = layer(network, name)["receptive_field"]
    assert (field["size"], field["stride"]) == ([size, size], [stride, stride])
    assert field.get("aligned", True), "skips and main paths look at the same places"


@pytest.mark.parametrize("network", TOTALS)
def test_every_layer_declares_what_it_takes_as_pytorch_users_do(network: str, bodies: dict[str, Document]) -> None:
    """Otherwise there were nothing for the service to check."""
    layers = bodies[network]["layers"]
    assert all(DECLARED[one["type"]] in one for one in layers if one["type"] in DECLARED)
    assert all("name" in one for one in layers)


@pytest.mark.parametrize(
    ("network", "parameter", "mistake"),
    [
        *((network, "in_channels", "channel-mismatch") for network in TOTALS),
        ("resnet50", "num_features", "channel-mismatch"),
        *((network, "in_features", "feature-mismatch") for network in TOTALS),
    ],
)
def test_one_wrong_declaration_in_the_middle_is_one_error_there(
    network: str, parameter: str, mistake: str, bodies: dict[str, Document], answered: Answered
) -> None:
    body = json.loads(json.dumps(bodies[network]))
    declaring = [index for index, one in enumerate(body["layers"]) if parameter in one]
    middle = declaring[len(declaring) // 2]
    body["layers"][middle][parameter] += 1
    report = answered("/v1/networks/validate", body)
    assert not report["valid"]
    errors = [(one["name"], one["location"]) for one in report["diagnostics"] if one["severity"] == "error"]
    assert errors == [(mistake, f"/layers/{middle}/{parameter}")]


def test_a_skip_without_its_convolution_is_refused_at_the_sum(bodies: dict[str, Document], answered: Answered) -> None:
    """The commonest mistake in a residual network: the shape changes and the skip does not."""
    body = json.loads(json.dumps(bodies["resnet50"]))
    place, total = next((i, one) for i, one in enumerate(body["layers"]) if one["name"] == "layer2.0.add")
    total["inputs"][1] = "layer1.2.relu_2"
    errors = [one for one in answered("/v1/networks/validate", body)["diagnostics"] if one["severity"] == "error"]
    assert [one["name"] for one in errors] == ["branch-shape-mismatch"]
    assert errors[0]["location"].startswith(f"/layers/{place}")


@pytest.mark.parametrize("network", TOTALS)
def test_an_example_is_written_a_layer_a_line(network: str) -> None:
    lines = (NETWORKS / f"{network}.json").read_text().splitlines()
    first, last = lines.index('  "layers": ['), lines.index("  ]")
    rows = [json.loads(line.rstrip(",")) for line in lines[first + 1 : last]]
    assert rows == json.loads("\n".join(lines))["layers"]


def test_resnet50_is_what_its_script_makes(run: Run) -> None:
    assert run("networks/resnet50.py").stdout == (NETWORKS / "resnet50.json").read_text()


def test_vgg16_is_configuration_d(bodies: dict[str, Document]) -> None:
    """The table of Simonyan and Zhang, "Very Deep Convolutional Networks", 2014: channels, and M for a pool."""
    features = [one for one in bodies["vgg16"]["layers"] if one["type"] in ("conv2d", "max_pool2d")]
    written = [one.get("out_channels", "M") for one in features]
    d = [64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512, "M"]
    assert written == d


def test_resnet50_strides_on_the_3x3_convolutions(bodies: dict[str, Document]) -> None:
    strided = [one for one in bodies["resnet50"]["layers"] if one.get("stride") == 2]
    names = [one["name"] for one in strided]
    stages = [f"layer{stage}.0.{part}" for stage in (2, 3, 4) for part in ("conv2", "downsample.0")]
    assert names == ["conv1", "maxpool", *stages]


@pytest.mark.parametrize("network", ["lenet5", "alexnet", "vgg16"])
def test_a_chain_passes_each_shape_on(network: str, bodies: dict[str, Document], answered: Answered) -> None:
    layers = answered("/v1/networks/validate", bodies[network])["layers"]
    assert all(after["input_shapes"] == [before["output_shape"]] for before, after in pairwise(layers))
