"""Which files travel with a model, and what their places are called here."""

from pathlib import Path

import pytest
from padstride import Client, Model


def test_a_file_of_source_takes_what_it_imports_with_it(
    client: Client, broken: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train = tmp_path / "train.py"
    train.write_text("from torch import nn\nfrom model import Net\n\nnet = nn.Sequential(Net(), nn.ReLU())\n")
    report = client.validate(Model.of_file(train, entry="train:net"), input_shape=[1, 3, 32, 32])
    assert [(finding.place.path, finding.place.line) for finding in report.findings] == [(broken, 8)]
    monkeypatch.chdir(tmp_path)
    report = client.validate(Model.of_file("train.py", entry="train:net"), input_shape=[1, 3, 32, 32])
    assert [finding.place.path for finding in report.findings] == [Path("model.py")]


def test_a_file_that_imports_nothing_travels_as_it_is(broken: Path) -> None:
    model = Model.of_file(broken)
    assert (model.files, model.data) == (None, broken.read_bytes())


@pytest.mark.parametrize("place", [".", "src", "src/nets"])
def test_modules_are_imported_from_the_folder_above_that_has_them(
    place: str, broken: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("src/nets", "src/parts"):
        (tmp_path / folder).mkdir(parents=True)
    broken.rename(tmp_path / "src/parts/model.py")
    big = tmp_path / "src/nets/big.py"
    big.write_text("from parts.model import Net\n\n\nclass Big(Net):\n    pass\n")
    monkeypatch.chdir(tmp_path / place)
    files = Model.of_file(big.relative_to(Path.cwd())).files
    assert files is None if place == "src/nets" else list(files or ()) == ["nets/big.py", "parts/model.py"]
