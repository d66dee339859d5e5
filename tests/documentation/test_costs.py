"""`docs/costs.md`: its formulas make the tools' recorded figures out of the service's, and its tables are true."""

import json
import re
from collections.abc import Callable
from math import prod
from pathlib import Path
from typing import Any

import pytest

Document = dict[str, Any]
Answered = Callable[[str, Any], Document]

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/costs.md").read_text(encoding="utf-8")
RECORDED = json.loads((ROOT / "tests/golden/costs.json").read_text(encoding="utf-8"))
CASES = {case["name"]: case for case in RECORDED["cases"]}

TOOLS = (
    ("torch", "flops"), ("torchinfo", "mult_adds"), ("fvcore", "flops"), ("ptflops", "macs"), ("ptflops", "aten_macs"),
)  # fmt: skip
"""The columns of both tables after the first two, and where each is recorded."""
FAMILIES = {
    "convolution": ["conv2d"],
    "transposed convolution": ["conv_transpose2d"],
    "linear": ["linear"],
    "batch norm": ["batch_norm2d"],
    "maximum or average pool": ["max_pool2d", "avg_pool2d"],
    "adaptive average pool": ["adaptive_avg_pool2d"],
    "relu": ["relu"],
    "tanh, flatten, `+`": ["tanh", "flatten", "add"],
}
"""The layers that each row of formulas speaks of."""


def table(heading: str) -> dict[str, list[str]]:
    """The rows of the table with this first heading, by their first cell."""
    lines = PAGE[PAGE.index(f"| {heading} |") :].split("\n\n")[0].splitlines()[2:]
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return {first: others for first, *others in rows}


FORMULAS = {
    kind: [cell.strip("`") for cell in cells] for row, cells in table("layer").items() for kind in FAMILIES[row]
}


def body(case: Document) -> Document:
    """What was asked."""
    return case["body"] if "body" in case else json.loads((ROOT / case["file"]).read_text(encoding="utf-8"))


def worth(formula: str, layer: Document, posted: Document) -> float:
    """A formula of the page for one layer as the service describes it."""
    [shape, *_] = layer["input_shapes"]
    leaving = layer["output_shape"][-1 if layer["type"] == "linear" else 1]
    bias = int(posted.get("bias", True))
    names = {
        "macs": layer["macs"],
        "inputs": prod(shape),
        "outputs": prod(layer["output_shape"]),
        "weights": layer["parameters"] - bias * leaving,
        "bias": bias,
        "N": shape[0],
        "C_in": shape[-1 if layer["type"] == "linear" else 1],
        "C_out": leaving,
    }
    return eval(formula, {"__builtins__": {}}, names)  # noqa: S307 - the page is our own


def test_every_case_and_every_row_is_looked_at() -> None:
    assert table("layer").keys() == FAMILIES.keys()
    assert {layer["type"] for case in CASES.values() for layer in body(case)["layers"]} == FORMULAS.keys()


def test_the_versions_on_the_page_are_the_recorded_ones() -> None:
    for name, release in RECORDED["versions"].items():
        assert re.search(rf"{name} {re.escape(release)}\b", PAGE, re.IGNORECASE)


@pytest.mark.parametrize("name", CASES)
def test_our_multiply_accumulates_are_what_the_page_says(name: str, answered: Answered) -> None:
    posted = body(CASES[name])
    for layer, given in zip(answered("/v1/networks/validate", posted)["layers"], posted["layers"], strict=True):
        assert layer["macs"] == worth(FORMULAS[layer["type"]][0], layer, given)


@pytest.mark.parametrize("column", range(len(TOOLS)), ids=["-".join(tool) for tool in TOOLS])
@pytest.mark.parametrize("name", CASES)
def test_the_formulas_of_a_tool_add_up_to_its_figure(name: str, column: int, answered: Answered) -> None:
    posted, (tool, figure) = body(CASES[name]), TOOLS[column]
    layers = zip(answered("/v1/networks/validate", posted)["layers"], posted["layers"], strict=True)
    expected = sum(worth(FORMULAS[layer["type"]][column + 1], layer, given) for layer, given in layers)
    assert CASES[name]["tools"][tool][figure] == expected


@pytest.mark.parametrize("name", CASES)
def test_parameters_buffers_flops_and_activations_agree(name: str, answered: Answered) -> None:
    report, tools = answered("/v1/networks/validate", body(CASES[name])), CASES[name]["tools"]
    assert {counted["parameters"] for counted in tools.values()} == {report["totals"]["parameters"]}
    assert tools["torch"]["buffers"] == report["totals"]["buffers"]
    assert tools["torch"]["flops"] == report["totals"]["flops"]
    trained = [layer["activation_bytes"] for layer in report["layers"] if layer["parameters"]]
    assert tools["torchinfo"]["pass_bytes"] == 2 * sum(trained)


def test_the_table_of_figures_has_every_case_as_recorded(answered: Answered) -> None:
    for name, case in CASES.items():
        ours = answered("/v1/networks/validate", body(case))["totals"]["macs"]
        figures = [ours, *(case["tools"][tool][figure] for tool, figure in TOOLS)]
        assert table("asked")[name] == [f"{figure:,}" for figure in figures]
    assert table("asked").keys() == CASES.keys()


def test_the_example_of_a_peak_is_what_the_service_says(answered: Answered) -> None:
    example, totals = map(json.loads, re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL))
    assert answered("/v1/networks/validate", example)["totals"] == totals
    chain = {**example, "layers": example["layers"][:-1]}
    assert answered("/v1/networks/validate", chain)["totals"]["peak_activation_bytes"] == 2 * 8_192


def test_every_member_the_page_explains_is_in_the_answer(answered: Answered) -> None:
    [example, _] = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    report = answered("/v1/networks/validate", json.loads(example))
    explained = {name.strip("`") for name in table("member")}
    assert explained == report["totals"].keys()
    assert explained - report["layers"][0].keys() == {"flops", "peak_activation_bytes"}
