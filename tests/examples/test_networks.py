"""The example networks are the published ones, and the service gives their published figures.

`tests/examples/record.py` recorded what every layer gives and costs in PyTorch. Receptive fields were measured in
PyTorch too: the extent of the gradient of one output, with positive weights and averages for maxima.
"""

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.examples.conftest import NETWORKS, Run
from tests.golden.reader import version

Document = dict[str, Any]
Answered = Callable[[str, Any], Document]

RECORDED = Path(__file__).parent / "recorded" / "layers.jsonl"

TOTALS = {
    "alexnet": {"parameters": 61_100_840, "buffers": 0, "macs": 714_188_480},
    "c3d": {"parameters": 78_409_573, "buffers": 0, "macs": 38_547_378_176},
    "dcgan_generator": {"parameters": 3_576_704, "buffers": 1_924, "macs": 104_628_224},
    "densenet121": {"parameters": 7_978_856, "buffers": 83_769, "macs": 2_834_161_664},
    "googlenet": {"parameters": 6_624_904, "buffers": 14_617, "macs": 1_498_376_192},
    "lenet5": {"parameters": 61_706, "buffers": 0, "macs": 416_520},
    "mobilenet_v2": {"parameters": 3_504_872, "buffers": 34_164, "macs": 300_774_272},
    "nin": {"parameters": 7_595_176, "buffers": 0, "macs": 1_100_188_800},
    "patchgan_discriminator": {"parameters": 2_764_737, "buffers": 0, "macs": 3_146_809_344},
    "resnet18": {"parameters": 11_689_512, "buffers": 9_620, "macs": 1_814_073_344},
    "resnet50": {"parameters": 25_557_032, "buffers": 53_173, "macs": 4_089_184_256},
    "resnext50_32x4d": {"parameters": 25_028_904, "buffers": 68_277, "macs": 4_230_479_872},
    "unet": {"parameters": 31_030_658, "buffers": 0, "macs": 150_428_424_448},
    "unet_padded": {"parameters": 31_037_698, "buffers": 11_794, "macs": 48_171_581_440},
    "vgg16": {"parameters": 138_357_544, "buffers": 0, "macs": 15_470_264_320},
    "wavenet": {"parameters": 271_872, "buffers": 0, "macs": 4_341_760_000},
}
"""Where the numbers of parameters are published:

- AlexNet, DenseNet, GoogLeNet without its auxiliary heads, MobileNet, VGG, the two ResNets and ResNeXt: `num_params` of
  torchvision's weights, whose rounded `_ops` equal our multiply-accumulates too.
- C3D: `Parameters` in MMAction2's `configs/recognition/c3d/metafile.yml`, for the 101 classes of UCF101.
- DCGAN's generator: summaries of the one in PyTorch's examples, for images of 64 x 64.
- LeNet-5: the version with a dense C5 and pools without parameters.
- NiN: the weights of the Caffe Model Zoo, 29 MiB at four bytes each.
- PatchGAN's discriminator: summaries of CycleGAN's, which has instance norm and takes one image.
- The original U-Net: Ronneberger's figure 1, with a bias everywhere. The padded one: milesial's, for two classes.
- WaveNet: published nowhere. 8,192 before the stack, 13,312 per layer, 1,024 less in the last, 2 * 65,792 after it.
"""

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
    ("nin", "conv1", [1, 96, 54, 54]),
    ("nin", "pool0", [1, 96, 27, 27]),
    ("nin", "pool3", [1, 384, 6, 6]),
    ("nin", "pool4", [1, 1000, 1, 1]),
    ("googlenet", "maxpool2", [1, 192, 28, 28]),
    ("googlenet", "inception3a.cat", [1, 256, 28, 28]),
    ("googlenet", "inception4e.cat", [1, 832, 14, 14]),
    ("googlenet", "inception5b.cat", [1, 1024, 7, 7]),
    ("resnet18", "layer4.1.relu_1", [1, 512, 7, 7]),
    ("resnet50", "maxpool", [1, 64, 56, 56]),
    ("resnet50", "layer1.2.relu_2", [1, 256, 56, 56]),
    ("resnet50", "layer2.0.conv1", [1, 128, 56, 56]),
    ("resnet50", "layer2.0.conv2", [1, 128, 28, 28]),
    ("resnet50", "layer4.2.relu_2", [1, 2048, 7, 7]),
    ("resnet50", "avgpool", [1, 2048, 1, 1]),
    ("resnet50", "fc", [1, 1000]),
    ("resnext50_32x4d", "layer1.0.conv2", [1, 128, 56, 56]),
    ("resnext50_32x4d", "layer4.2.relu_2", [1, 2048, 7, 7]),
    ("densenet121", "features.denseblock1.cat", [1, 256, 56, 56]),
    ("densenet121", "features.transition3.pool", [1, 512, 7, 7]),
    ("densenet121", "features.norm5", [1, 1024, 7, 7]),
    ("mobilenet_v2", "features.14.conv.1.0", [1, 576, 7, 7]),
    ("mobilenet_v2", "features.18.2", [1, 1280, 7, 7]),
    ("unet", "down_path.0.block.3", [1, 64, 568, 568]),
    ("unet", "down_path.4.block.3", [1, 1024, 28, 28]),
    ("unet", "up_path.0.cat", [1, 1024, 56, 56]),
    ("unet", "up_path.3.cat", [1, 128, 392, 392]),
    ("unet", "last", [1, 2, 388, 388]),
    ("unet_padded", "down4.maxpool_conv.1.double_conv.5", [1, 1024, 16, 16]),
    ("unet_padded", "outc.conv", [1, 2, 256, 256]),
    ("dcgan_generator", "main.0", [1, 512, 4, 4]),
    ("dcgan_generator", "main.13", [1, 3, 64, 64]),
    ("patchgan_discriminator", "model.11", [1, 1, 30, 30]),
    ("c3d", "pool1", [1, 64, 16, 56, 56]),
    ("c3d", "pool5", [1, 512, 1, 4, 4]),
    ("wavenet", "pad.9", [1, 32, 16_512]),
    ("wavenet", "skip", [1, 256, 16_000]),
]

RECEPTIVE_FIELDS = [
    ("lenet5", "s4", [16, 16], [4, 4]),
    ("alexnet", "features.12", [195, 195], [32, 32]),
    ("vgg16", "features.30", [212, 212], [32, 32]),
    ("nin", "cccp8-1024", [195, 195], [32, 32]),
    ("nin", "pool4", [355, 355], [32, 32]),
    ("googlenet", "inception4e.cat", [235, 235], [16, 16]),
    ("googlenet", "inception5b.cat", [379, 379], [32, 32]),
    ("resnet18", "layer3.1.relu_1", [211, 211], [16, 16]),
    ("resnet18", "layer4.1.relu_1", [435, 435], [32, 32]),
    ("resnet50", "layer3.5.relu_2", [267, 267], [16, 16]),
    ("resnet50", "layer4.2.relu_2", [427, 427], [32, 32]),
    ("resnext50_32x4d", "layer4.2.relu_2", [427, 427], [32, 32]),
    ("densenet121", "features.norm5", [2071, 2071], [32, 32]),
    ("mobilenet_v2", "features.18.2", [491, 491], [32, 32]),
    ("unet", "down_path.4.block.3", [140, 140], [16, 16]),
    ("unet_padded", "down4.maxpool_conv.1.double_conv.5", [140, 140], [16, 16]),
    ("patchgan_discriminator", "model.11", [70, 70], [8, 8]),
    ("c3d", "conv5b", [68, 134, 134], [8, 16, 16]),
    ("c3d", "pool5", [76, 150, 150], [16, 32, 32]),
]

MADE = [
    *("densenet121", "googlenet", "mobilenet_v2", "resnet18", "resnet50", "resnext50_32x4d"),
    *("unet", "unet_padded", "wavenet"),
]

DECLARED = {
    "conv1d": "in_channels",
    "conv2d": "in_channels",
    "conv3d": "in_channels",
    "conv_transpose2d": "in_channels",
    "batch_norm2d": "num_features",
    "instance_norm2d": "num_features",
    "linear": "in_features",
}

ODD_SIZE = "odd-size-before-skip"
WARNED = {
    "nin": [("unread-input", "/layers/0/stride")],
    "unet": [(ODD_SIZE, "/layers/47/inputs")],
    "unet_padded": [(ODD_SIZE, "/layers/59/inputs")],
}
"""NiN's first convolution reads 223 of 224 positions, in Caffe as here. U-Nets accept only multiples of 16."""


def mentioning(word: str) -> list[str]:
    """The networks whose file has a word in quotation marks."""
    return [path.stem for path in sorted(NETWORKS.glob("*.json")) if f'"{word}"' in path.read_text()]


def errors(report: Document) -> list[Document]:
    """The errors of a report, without its warnings and notes."""
    return [diagnostic for diagnostic in report["diagnostics"] if diagnostic["severity"] == "error"]


@pytest.fixture(scope="module")
def bodies() -> dict[str, Document]:
    """Every example network by its name."""
    return {path.stem: json.loads(path.read_text()) for path in NETWORKS.glob("*.json")}


@pytest.fixture(scope="module")
def recorded() -> dict[str, list[Document]]:
    """PyTorch's figures of every layer, by network."""
    rows: dict[str, list[Document]] = {}
    for line in RECORDED.read_text().splitlines()[1:]:
        row = json.loads(line)
        rows.setdefault(row["network"], []).append(row)
    return rows


@pytest.fixture
def layer(bodies: dict[str, Document], answered: Answered) -> Callable[[str, str], Document]:
    """`layer(network, name)` gives the service's answer for one layer."""

    def named(network: str, name: str) -> Document:
        report = answered("/v1/networks/validate", bodies[network])
        return next(layer for layer in report["layers"] if layer["name"] == name)

    return named


def test_every_example_has_its_published_figures(bodies: dict[str, Document]) -> None:
    assert bodies.keys() == TOTALS.keys()


@pytest.mark.parametrize("network", TOTALS)
def test_an_example_is_valid_and_has_only_the_known_warnings(
    network: str, bodies: dict[str, Document], answered: Answered
) -> None:
    report = answered("/v1/networks/validate", bodies[network])
    assert report["valid"]
    assert [(diagnostic["name"], diagnostic["location"]) for diagnostic in report["diagnostics"]] == WARNED.get(
        network, []
    )


@pytest.mark.parametrize("network", TOTALS)
def test_totals_are_the_published_figures(network: str, bodies: dict[str, Document], answered: Answered) -> None:
    totals = answered("/v1/networks/validate", bodies[network])["totals"]
    assert {name: totals[name] for name in TOTALS[network]} == TOTALS[network]
    assert totals["flops"] == 2 * totals["macs"]


def test_every_example_is_recorded_from_the_pytorch_of_the_golden_cases(recorded: dict[str, list[Document]]) -> None:
    assert recorded.keys() == TOTALS.keys()
    header = json.loads(RECORDED.read_text().splitlines()[0])
    assert (header["framework"], header["version"]) == ("pytorch", version("pytorch"))
    assert header["layers"] == sum(len(layers) for layers in recorded.values())


@pytest.mark.parametrize("network", TOTALS)
def test_every_layer_has_the_figures_that_it_has_in_pytorch(
    network: str, bodies: dict[str, Document], recorded: dict[str, list[Document]], answered: Answered
) -> None:
    layers = answered("/v1/networks/validate", bodies[network])["layers"]
    figures = ("parameters", "buffers", "macs")
    answer = [
        {"network": network, "layer": layer["name"], "output": layer["output_shape"]}
        | {name: layer[name] for name in figures}
        for layer in layers
    ]
    assert answer == recorded[network]


@pytest.mark.parametrize(("network", "name", "shape"), SHAPES)
def test_shapes_are_the_known_ones(network: str, name: str, shape: list[int], layer: Callable[..., Document]) -> None:
    assert layer(network, name)["output_shape"] == shape


@pytest.mark.parametrize(("network", "name", "size", "stride"), RECEPTIVE_FIELDS)
def test_receptive_fields_are_the_measured_ones(
    network: str, name: str, size: list[int], stride: list[int], layer: Callable[..., Document]
) -> None:
    field = layer(network, name)["receptive_field"]
    assert (field["size"], field["stride"]) == (size, stride)
    assert field.get("aligned", True), "skips and main paths are centred on the same positions"


def test_a_causal_stack_depends_on_1024_samples_and_no_later_ones(layer: Callable[..., Document]) -> None:
    """Each layer's centre is earlier than that of the residual around it, so the paths are not aligned."""
    field = layer("wavenet", "end_conv_2")["receptive_field"]
    assert field == {"size": [1024], "stride": [1], "start": [-(1024 - 1) / 2], "aligned": False}


@pytest.mark.parametrize("network", TOTALS)
def test_every_layer_declares_what_it_takes_as_pytorch_users_do(network: str, bodies: dict[str, Document]) -> None:
    """Otherwise the service would have nothing to check."""
    layers = bodies[network]["layers"]
    assert all(DECLARED[layer["type"]] in layer for layer in layers if layer["type"] in DECLARED)
    assert all("name" in layer for layer in layers)


@pytest.mark.parametrize(
    ("network", "parameter", "mistake"),
    [
        *((network, "in_channels", "channel-mismatch") for network in TOTALS),
        *((network, "num_features", "channel-mismatch") for network in mentioning("batch_norm2d")),
        *((network, "in_features", "feature-mismatch") for network in mentioning("in_features")),
    ],
)
def test_one_wrong_declaration_in_the_middle_is_one_error_there(
    network: str, parameter: str, mistake: str, bodies: dict[str, Document], answered: Answered
) -> None:
    body = json.loads(json.dumps(bodies[network]))
    declaring = [index for index, layer in enumerate(body["layers"]) if parameter in layer]
    middle = declaring[len(declaring) // 2]
    body["layers"][middle][parameter] += 1
    report = answered("/v1/networks/validate", body)
    assert not report["valid"]
    assert [(error["name"], error["location"]) for error in errors(report)] == [
        (mistake, f"/layers/{middle}/{parameter}")
    ]


def test_a_skip_without_its_convolution_is_refused_at_the_sum(bodies: dict[str, Document], answered: Answered) -> None:
    """The most common mistake in a residual network: the shape changes and the skip does not."""
    body = json.loads(json.dumps(bodies["resnet50"]))
    place, total = next((i, layer) for i, layer in enumerate(body["layers"]) if layer["name"] == "layer2.0.add")
    total["inputs"][1] = "layer1.2.relu_2"
    [error] = errors(answered("/v1/networks/validate", body))
    assert error["name"] == "branch-shape-mismatch"
    assert error["location"].startswith(f"/layers/{place}")


@pytest.mark.parametrize(
    ("network", "changed", "parameters", "mistake", "reported_at"),
    [
        ("unet", "up_path.1.crop", {"padding": 15}, "branch-shape-mismatch", "up_path.1.cat"),
        ("googlenet", "inception4a.branch4.0", {"padding": 0}, "branch-shape-mismatch", "inception4a.cat"),
        ("mobilenet_v2", "features.3.conv.1.0", {"stride": 2}, "branch-shape-mismatch", "features.3.add"),
        ("resnext50_32x4d", "layer3.0.conv2", {"groups": 24}, "groups-do-not-divide-channels", "layer3.0.conv2"),
        ("c3d", "pool5", {"padding": 0}, "feature-mismatch", "fc6"),
        ("dcgan_generator", "main.0", {"padding": 2}, "empty-output", "main.0"),
        ("wavenet", "pad.3", {"padding": [[8, 8]]}, "branch-shape-mismatch", "add.3"),
    ],
)
def test_a_common_mistake_is_reported_where_people_look_for_it(
    network: str,
    changed: str,
    parameters: Document,
    mistake: str,
    reported_at: str,
    bodies: dict[str, Document],
    answered: Answered,
) -> None:
    body = json.loads(json.dumps(bodies[network]))
    next(layer for layer in body["layers"] if layer["name"] == changed).update(parameters)
    error = errors(answered("/v1/networks/validate", body))[0]
    place = next(index for index, layer in enumerate(body["layers"]) if layer["name"] == reported_at)
    assert error["name"] == mistake
    assert error["location"].startswith(f"/layers/{place}/")


@pytest.mark.parametrize("size", [240, 256, 272])
def test_a_padded_unet_accepts_sizes_that_can_be_halved_four_times(
    size: int, bodies: dict[str, Document], answered: Answered
) -> None:
    report = answered("/v1/networks/validate", {**bodies["unet_padded"], "input_shape": [1, 3, size, size]})
    assert report["valid"]
    assert [diagnostic["name"] for diagnostic in report["diagnostics"]] == [ODD_SIZE]
    assert report["output_shape"] == [1, 2, size, size]


def test_a_padded_unet_refuses_other_sizes_where_the_branches_meet(
    bodies: dict[str, Document], answered: Answered
) -> None:
    """248 is halved to 31, which is halved to 15 and doubled to 30."""
    body = {**bodies["unet_padded"], "input_shape": [1, 3, 248, 248]}
    [error] = errors(answered("/v1/networks/validate", body))
    assert error["name"] == "branch-shape-mismatch"
    assert body["layers"][int(error["location"].split("/")[2])]["name"] == "up1.cat"


@pytest.mark.parametrize("network", TOTALS)
def test_an_example_is_written_with_one_layer_per_line(network: str) -> None:
    lines = (NETWORKS / f"{network}.json").read_text().splitlines()
    first, last = lines.index('  "layers": ['), lines.index("  ]")
    rows = [json.loads(line.rstrip(",")) for line in lines[first + 1 : last]]
    assert rows == json.loads("\n".join(lines))["layers"]


def test_the_script_makes_the_networks_whose_blocks_repeat(run: Run, tmp_path: Path) -> None:
    done = run("networks/make.py", "--to", tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    made = {path.stem: path.read_text() for path in tmp_path.iterdir()}
    assert sorted(made) == MADE
    assert made == {network: (NETWORKS / f"{network}.json").read_text() for network in MADE}


def test_the_script_makes_only_what_is_named(run: Run, tmp_path: Path) -> None:
    assert run("networks/make.py", "resnet18", "--to", tmp_path).returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["resnet18.json"]


def test_the_script_says_which_networks_there_are(run: Run, tmp_path: Path) -> None:
    done = run("networks/make.py", "resnet19", "--to", tmp_path)
    assert done.returncode == 2
    assert "there is no resnet19; there are" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_vgg16_is_configuration_d(bodies: dict[str, Document]) -> None:
    """The table of Simonyan and Zhang, "Very Deep Convolutional Networks", 2014: channels, and M for a pool."""
    features = [layer for layer in bodies["vgg16"]["layers"] if layer["type"] in ("conv2d", "max_pool2d")]
    channels = [layer.get("out_channels", "M") for layer in features]
    d = [64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512, "M"]
    assert channels == d


@pytest.mark.parametrize("network", ["resnet50", "resnext50_32x4d"])
def test_a_bottleneck_strides_on_its_3x3_convolution(network: str, bodies: dict[str, Document]) -> None:
    strided = [layer for layer in bodies[network]["layers"] if layer.get("stride") == 2]
    names = [layer["name"] for layer in strided]
    stages = [f"layer{stage}.0.{part}" for stage in (2, 3, 4) for part in ("conv2", "downsample.0")]
    assert names == ["conv1", "maxpool", *stages]


def test_resnext50_has_32_groups_of_4_channels_and_more(bodies: dict[str, Document]) -> None:
    """Table 1 of Xie, Girshick, Dollár, Tu and He: `32x4d` is the first stage's width, each later one doubles it."""
    grouped = [layer for layer in bodies["resnext50_32x4d"]["layers"] if "groups" in layer]
    assert len(grouped) == 3 + 4 + 6 + 3
    assert {layer["groups"] for layer in grouped} == {32}
    assert sorted({layer["in_channels"] // layer["groups"] for layer in grouped}) == [4, 8, 16, 32]


def test_mobilenet_convolves_every_channel_on_its_own(bodies: dict[str, Document]) -> None:
    layers = bodies["mobilenet_v2"]["layers"]
    first, *others = [layer for layer in layers if layer["type"] == "conv2d" and layer["kernel_size"] == 3]
    assert "groups" not in first
    assert all(layer["groups"] == layer["in_channels"] == layer["out_channels"] for layer in others)
    assert (len(others), sum(layer["type"] == "add" for layer in layers)) == (17, 10)


def test_a_dense_layer_takes_all_layers_before_it(bodies: dict[str, Document]) -> None:
    """58 layers: each of a block, except the first, concatenates all outputs before it; so does the block."""
    inputs = [len(layer["inputs"]) for layer in bodies["densenet121"]["layers"] if layer["type"] == "concat"]
    assert inputs == [count for layers in (6, 12, 24, 16) for count in range(2, layers + 2)]


def test_the_original_unet_crops_as_its_figure_does(bodies: dict[str, Document]) -> None:
    crops = [layer["padding"] for layer in bodies["unet"]["layers"] if layer["type"] == "crop"]
    assert crops == [(64 - 56) // 2, (136 - 104) // 2, (280 - 200) // 2, (568 - 392) // 2]


def test_wavenet_pads_before_each_dilated_convolution_by_its_dilation(bodies: dict[str, Document]) -> None:
    layers = bodies["wavenet"]["layers"]
    dilations = [layer.get("dilation", 1) for layer in layers if layer["name"].startswith("filter_convs.")]
    assert dilations == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]
    assert [layer["padding"] for layer in layers if layer["type"] == "pad"] == [
        [[dilation, 0]] for dilation in dilations
    ]


@pytest.mark.parametrize("network", sorted(TOTALS.keys() - mentioning("inputs")))
def test_a_chain_passes_each_shape_on(network: str, bodies: dict[str, Document], answered: Answered) -> None:
    layers = answered("/v1/networks/validate", bodies[network])["layers"]
    assert all(after["input_shapes"] == [before["output_shape"]] for before, after in pairwise(layers))
