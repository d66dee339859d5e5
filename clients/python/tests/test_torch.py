"""Live modules of PyTorch. Where PyTorch is not installed, only that is tested: these tests ran with torch 2.13."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from padstride import Client, PadstrideError

SHAPE = (1, 3, 32, 32)
SOURCE = """\
import torch.nn.functional as F
from torch import nn


class Block(nn.Module):
    def __init__(self, before, after):
        super().__init__()
        self.conv = nn.Conv2d(before, after, 3, padding=1)
        self.norm = nn.BatchNorm2d(after)

    def forward(self, x):
        return F.relu(self.norm(self.conv(x)))


class Net(nn.Module):
    def __init__(self, width, wrong=0):
        super().__init__()
        self.stem = nn.Conv2d(3, width, 3)
        self.blocks = nn.ModuleList([Block(width, width) for _ in range(2)])
        self.head = nn.Linear(width + wrong, 10)

    def forward(self, x):
        x = self.stem(x)
        for block in self.blocks:
            x = block(x) + x
        return self.head(F.max_pool2d(x, 2).mean((2, 3)))


class Choosing(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        if x.sum() >= 0:
            x = x * 2
        return self.head(self.conv(x).flatten(1))


class Refusing(nn.Module):
    def forward(self, x):
        raise ValueError("never")
"""


@pytest.mark.skipif(importlib.util.find_spec("torch") is not None, reason="PyTorch is installed")
def test_without_pytorch_that_is_said() -> None:
    from padstride.torch import check

    with pytest.raises(PadstrideError, match="pip install torch"):
        check(object(), SHAPE)  # type: ignore[arg-type]


@pytest.fixture
def nets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    pytest.importorskip("torch")
    (tmp_path / "nets.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(tmp_path)
    sys.modules.pop("nets", None)
    return importlib.import_module("nets")


def _judged(module: Any, client: Client) -> Any:
    from padstride.torch import check

    return check(module, SHAPE, client=client)


def test_a_sound_module_is_exported_and_keeps_its_state(nets: ModuleType, client: Client) -> None:
    import torch

    module = nets.Net(16)
    before = {name: value.clone() for name, value in module.state_dict().items()}
    report = _judged(module, client)
    assert (report.valid, report.output_shape, report.diagnostics) == (True, [1, 10], [])
    assert report.totals.parameters == sum(each.numel() for each in module.parameters())
    places = {(Path(layer.source.file).name, layer.source.line) for layer in report.layers}
    assert ("nets.py", 23) in places
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())


def test_a_broken_module_is_told_at_the_line_that_makes_its_layer(nets: ModuleType, client: Client) -> None:
    (finding,) = _judged(nets.Net(16, wrong=16), client).findings
    assert (finding.place.path.name, finding.place.line) == ("nets.py", 20)
    assert "is 32, but `mean` has 16 features" in finding.message
    assert finding.fixes[0].title == "set `in_features` to 16"


def test_a_module_that_differs_from_its_source_is_traced(nets: ModuleType, client: Client) -> None:
    from torch import nn

    module = nets.Net(16)
    module.blocks[1].norm = nn.BatchNorm2d(5)
    report = _judged(module, client)
    (finding,) = report.findings
    assert (finding.place.path.name, finding.place.line) == ("nets.py", 9)
    assert finding.message == "`num_features` is 5, but `blocks.1.conv` produces 16 channels"
    assert "nn.BatchNorm2d(after)" in str(report)


def test_a_module_without_a_class_of_its_own_is_traced(client: Client) -> None:
    nn = pytest.importorskip("torch.nn")
    (finding,) = _judged(nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(16)), client).findings
    assert str(finding.place) == "module:[1]"


def test_a_module_that_is_as_its_source_says_gets_a_change_of_it(nets: ModuleType, client: Client) -> None:
    finding = _judged(nets.Choosing(), client).findings[0]
    assert (finding.name, finding.place.line, finding.place.text) == ("feature-mismatch", 33, "4")
    assert "+        self.head = nn.Linear(7200, 2)" in (finding.fixes[0].diff or "")


def test_conditions_on_values_are_decided_by_the_input(nets: ModuleType, client: Client) -> None:
    from torch import nn

    module = nets.Choosing()
    module.head = nn.Linear(5, 2)
    (finding,) = _judged(module, client).findings
    assert (finding.place.line, finding.message.startswith("`in_features` is 5")) == (33, True)


def test_what_a_module_raises_itself_is_passed_on(nets: ModuleType, client: Client) -> None:
    with pytest.raises(PadstrideError, match=r"raises ValueError \(never\)"):
        _judged(nets.Refusing(), client)


def test_what_is_no_module_is_refused(client: Client) -> None:
    pytest.importorskip("torch")
    with pytest.raises(PadstrideError, match=r"no torch\.nn\.Module"):
        _judged(3, client)
