"""The command line, as people and other programs use it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from padstride.cli.commands import COMMANDS
from padstride.cli.main import main

INPUT = ["--input", "1,3,32,32"]


@pytest.fixture(autouse=True)
def _address(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PADSTRIDE_URL", url)
    monkeypatch.setenv("COLUMNS", "120")


def test_a_mistake_is_shown_at_its_line(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(broken), *INPUT]) == 1
    printed = capsys.readouterr().out
    assert f"{broken}:8:" in printed.replace("\n", "")
    assert "        self.norm = nn.BatchNorm2d(32)" in printed
    assert "^^ `num_features` is 32, but `first` produces 16 channels" in printed
    assert "+        self.norm = nn.BatchNorm2d(16)" in printed


def test_a_sound_model_is_said_to_be_sound(sound: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(sound), *INPUT]) == 0
    assert "is sound" in capsys.readouterr().out


def test_what_cannot_be_judged_is_exit_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tmp_path / "missing.py")]) == 2
    assert main(["check", str(tmp_path), "--url", "http://127.0.0.1:9"]) == 2
    assert "padstride:" in capsys.readouterr().err


def test_a_safe_fix_is_applied(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["check", str(broken), *INPUT, "--fix", "--unsafe-fixes"])
    assert (code, "BatchNorm2d(16)" in broken.read_text()) == (0, True), capsys.readouterr().out


def test_modules_beside_a_file_travel_with_it(tmp_path: Path, broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "train.py").write_text(
        "from torch import nn\nfrom model import Net\n\nnet = nn.Sequential(Net(), nn.ReLU())\n"
    )
    assert main(["check", str(tmp_path / "train.py"), "--entry", "train:net", *INPUT]) == 1
    assert "model.py:8" in capsys.readouterr().out.replace("\n", "")


def test_each_file_of_a_folder_that_makes_a_model_is_judged(
    tmp_path: Path, broken: Path, sound: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "other.py").write_text("import os\n")
    assert main(["check", str(tmp_path), *INPUT]) == 1
    printed = capsys.readouterr().out
    assert f"{sound} is sound" in printed
    assert "2 models: all: 1 error" in printed
    assert "other.py" not in printed


def test_files_without_a_model_are_passed_over_on_request(tmp_path: Path) -> None:
    other = tmp_path / "other.py"
    other.write_text("import os\n")
    assert main(["check", str(other), *INPUT, "--skip-others"]) == 0
    assert main(["check", str(other), *INPUT]) == 2


def test_what_is_refused_names_the_option(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(broken)]) == 2
    assert "--input 1,3,224,224" in capsys.readouterr().out


def test_a_fix_keeps_the_line_ends_of_a_file(broken: Path) -> None:
    broken.write_bytes(broken.read_bytes().replace(b"\n", b"\r\n"))
    assert main(["check", str(broken), *INPUT, "--fix", "--unsafe-fixes"]) == 0
    data = broken.read_bytes()
    assert b"BatchNorm2d(16)" in data
    assert data.count(b"\r\n") == data.count(b"\n")


def test_json_has_every_finding(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", str(broken), *INPUT, "--format", "json"])
    (finding,) = json.loads(capsys.readouterr().out)
    assert (finding["code"], finding["place"]["line"]) == ("S203", 8)


def test_github_gets_one_command_a_finding(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", str(broken), *INPUT, "--format", "github"])
    line = capsys.readouterr().out.strip()
    assert line.startswith(f"::error file={broken},line=8,col=")
    assert "\n" not in line


def test_a_translation_is_a_model_that_is_sound(
    tmp_path: Path, sound: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = tmp_path / "in_keras.py"
    assert main(["translate", str(sound), *INPUT, "--to", "keras", "--output", str(written)]) == 0
    assert main(["check", str(written)]) == 0
    assert main(["translate", str(sound), *INPUT, "--to", "keras"]) == 0
    printed = capsys.readouterr()
    assert printed.out.endswith(written.read_text())


def test_a_broken_model_is_not_translated(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["translate", str(broken), *INPUT, "--to", "keras"]) == 1
    printed = capsys.readouterr()
    assert (printed.out, "produces 16 channels" in printed.err) == ("", True)


def test_a_summary_lists_layers_and_totals(sound: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", str(sound), *INPUT]) == 0
    printed = capsys.readouterr().out
    assert "1 x 32 x 28 x 28" in printed
    assert "5 x 5" in printed


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        (["size", "224", "conv2d", "kernel_size=7", "stride=2", "padding=3"], "112 x 112"),
        (["size", "32,48", "MaxPool2D", "pool_size=2", "--framework", "keras"], "16 x 24"),
        (["solve", "224", "112", "conv2d", "kernel_size=7", "stride=2"], "padding = [[3, 3], [3, 3]]"),
        (["solve", "32", "16", "conv2d", "--unknown", "kernel_size,stride", "--limit", "5"], "2 solutions"),
        (["compare", "5", "conv1d", "kernel_size=2", "stride=2", "padding=same"], "refused"),
    ],
)
def test_questions_are_answered(words: list[str], printed: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 0
    assert printed in capsys.readouterr().out


def test_a_refused_layer_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["size", "2", "conv2d", "kernel_size=5"]) == 2
    assert "the window spans 5 positions" in capsys.readouterr().err


def test_arrays_in_files_are_convolved(tmp_path: Path) -> None:
    np.save(tmp_path / "image.npy", np.arange(16.0).reshape(4, 4))
    np.save(tmp_path / "weight.npy", np.ones((2, 2)))
    words = ["convolve", str(tmp_path / "image.npy"), str(tmp_path / "weight.npy"), "stride=2"]
    assert main([*words, "--out", str(tmp_path / "out.npy")]) == 0
    np.testing.assert_array_equal(np.load(tmp_path / "out.npy"), [[10.0, 18.0], [42.0, 50.0]])


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_page_of_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main([name, "--help"])
    page = capsys.readouterr().out
    assert f"padstride {name} " in page
    assert max(map(len, page.splitlines())) <= 120


def test_completion_is_printed_for_shells() -> None:
    command = [sys.executable, "-m", "padstride.cli.main", "--print-completion", "bash"]
    script = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ).stdout
    assert "check" in script
