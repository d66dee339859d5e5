"""The command line, as people and other programs use it."""

import json
import os
import socket
import subprocess
import sys
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from padstride import Client, PadstrideError, Unreachable
from padstride.cli.commands import COMMANDS
from padstride.cli.formats import FORMATS
from padstride.cli.main import main
from padstride.cli.tables import print_table
from padstride.cli.words import value
from padstride.diffs import apply_diff
from padstride.sources import makes_model
from rich.console import Console
from rich.table import Column, Table

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
    assert printed.endswith("1 error in 2 models\n")
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


def test_standard_input_is_no_file_to_change(
    broken: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = broken.read_bytes()
    monkeypatch.chdir(broken.parent)
    assert main(["check", "-", *INPUT, "--fix", "--unsafe-fixes"]) == 2
    assert "standard input cannot be changed" in capsys.readouterr().err
    assert broken.read_bytes() == before
    (run,) = json.loads(_piped(["check", "-", *INPUT, "--format", "sarif"], before, broken.parent).stdout)["runs"]
    (result,) = run["results"]
    assert "fixes" not in result, "they would change a file that has nothing to do with it"


def _piped(words: list[str], data: bytes, folder: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """A run of the command in a folder, with something in its standard input."""
    command = [sys.executable, "-m", "padstride", *words]
    return subprocess.run(
        command, input=data, capture_output=True, cwd=folder, env={**os.environ, **environment}, check=False
    )


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package with a model, whose mistake is in a module that it imports."""
    folder = tmp_path / "outer/inner"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").touch()
    (folder / "__init__.py").touch()
    (folder / "block.py").write_text(
        "from torch import nn\n\n\nclass Block(nn.Module):\n    def __init__(self, channels):\n"
        "        super().__init__()\n        self.conv = nn.Conv2d(channels, 8, 3)\n"
        "        self.norm = nn.BatchNorm2d(9)\n\n    def forward(self, x):\n        return self.norm(self.conv(x))\n"
    )
    (folder / "net.py").write_text(
        "from torch import nn\n\nfrom .block import Block\n\n\nclass Net(nn.Module):\n    def __init__(self):\n"
        "        super().__init__()\n        self.block = Block(3)\n\n    def forward(self, x):\n"
        "        return self.block(x)\n"
    )
    return folder


@pytest.mark.parametrize("place", [".", "outer", "outer/inner"])
def test_a_package_is_judged_and_mended_from_any_folder(
    place: str, package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path / place)
    net = os.path.relpath(package / "net.py")
    assert main(["check", net, *INPUT]) == 1
    assert f" {os.path.relpath(package / 'block.py')}:8:" in capsys.readouterr().out
    assert main(["check", ".", *INPUT]) == 1
    assert main(["check", net, *INPUT, "--fix", "--unsafe-fixes"]) == 0, capsys.readouterr()
    assert "BatchNorm2d(8)" in (package / "block.py").read_text()


def test_findings_are_told_where_a_change_cannot_be_made(
    broken: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def changed_meanwhile(diff: str, folder: Path) -> None:
        raise PadstrideError("the file has changed meanwhile")

    monkeypatch.setattr("padstride.cli.judging.apply_diff", changed_meanwhile)
    assert main(["check", str(broken), *INPUT, "--fix", "--unsafe-fixes"]) == 2
    printed = capsys.readouterr()
    assert "produces 16 channels" in printed.out
    assert "the file has changed meanwhile" in printed.err


def test_a_change_is_told_where_the_service_stops_answering_after_it(
    broken: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def applied_last(diff: str, folder: Path) -> None:
        apply_diff(diff, folder)
        monkeypatch.setattr(Client, "validate", unreachable)

    def unreachable(*_: object, **__: object) -> None:
        raise Unreachable("nothing answers")

    monkeypatch.setattr("padstride.cli.judging.apply_diff", applied_last)
    assert main(["check", str(broken), *INPUT, "--fix", "--unsafe-fixes", "--format", "json"]) == 2
    (model,) = json.loads(capsys.readouterr().out)["models"]
    assert (model["fixed"], len(model["findings"])) == (["set `num_features` to 16"], 1)
    assert [failure["message"] for failure in model["failures"]] == ["nothing answers"]


def test_what_needs_arguments_is_passed_over_in_folders(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    block = package / "block.py"
    block.write_text(block.read_text().replace("BatchNorm2d(9)", "BatchNorm2d(8)"))
    assert main(["check", str(package), *INPUT]) == 0
    assert f"{block} passed over: Block needs `channels`" in capsys.readouterr().out
    assert main(["check", str(block), *INPUT, "--skip-others", "--format", "json"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["models"][0]["passed_over"] == ["Block needs `channels`"]
    assert printed.err == f"note: {block} passed over: Block needs `channels`\n"
    assert main(["check", str(block), *INPUT]) == 2, "who names a file wants it judged"


def test_each_of_several_models_in_a_file_is_judged(
    tmp_path: Path, broken: Path, sound: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "several.py"
    texts = [broken.read_text(), sound.read_text().replace("Net", "Other")]
    path.write_text("\n".join([*texts, texts[1].replace("Other", "Third").replace("(self):", "(self, width):")]))
    assert main(["check", str(path), *INPUT, "--skip-others"]) == 1
    printed = capsys.readouterr().out
    assert printed.endswith(f"{path} passed over: Third needs `width`\n{path}: 1 error\n")
    assert main(["check", str(path), *INPUT]) == 2
    assert "produces 16 channels" in capsys.readouterr().out


def test_a_table_of_a_database_is_no_model(tmp_path: Path) -> None:
    table = tmp_path / "schema.py"
    table.write_text("from django.db import models\n\n\nclass User(models.Model):\n    pass\n")
    assert not makes_model(table)
    table.write_text("from keras import models\n\n\nclass Net(models.Model):\n    pass\n")
    assert makes_model(table)


@pytest.mark.parametrize("kind", ["text", *FORMATS])
def test_what_was_judged_is_told_beside_what_could_not_be(
    kind: str, broken: Path, sound: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "docs").mkdir()
    paths = [str(broken), str(tmp_path / "missing.py"), str(tmp_path / "docs"), str(sound)]
    assert main(["check", *paths, *INPUT, "--format", kind]) == 2
    printed = capsys.readouterr()
    assert "produces 16 channels" in printed.out
    for reason in (f"{tmp_path}/missing.py does not exist", f"no file in {tmp_path}/docs makes a model"):
        assert reason in (printed.err if kind == "text" else printed.out)


@pytest.mark.parametrize("kind", FORMATS)
def test_where_no_service_answers_each_format_says_so(
    kind: str, sound: Path, broken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["check", str(sound), str(broken), "--url", "http://127.0.0.1:9", "--format", kind]
    assert main(words) == 2
    printed = capsys.readouterr().out
    assert printed.count("nothing answers at http://127.0.0.1:9") == (2 if kind == "junit" else 1)
    if kind in ("json", "sarif"):
        json.loads(printed)


def test_json_tells_what_was_changed(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(broken), *INPUT, "--format", "json", "--fix", "--unsafe-fixes"]) == 0
    (model,) = json.loads(capsys.readouterr().out)["models"]
    assert (model["sound"], model["fixed"]) == (True, ["set `num_features` to 16"])


def test_json_has_every_finding(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", str(broken), *INPUT, "--format", "json"])
    (model,) = json.loads(capsys.readouterr().out)["models"]
    (finding,) = model["findings"]
    assert (model["sound"], finding["code"], finding["place"]["line"]) == (False, "S203", 8)
    (related,) = finding["related"]
    assert (related["place"]["line"], related["message"]) == (7, "16 channels come from here")


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


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        (["size", "224", "conv2d", "foo", "kernel_size=7"], "a layer has one type, and here are 2: conv2d, foo"),
        (["compare", "224", "conv2d", "foo", "kernel_size=7"], "a layer has one type"),
        (["solve", "224", "112", "conv2d", "foo", "kernel_size=7"], "a layer has one type"),
        (["size", "224", "conv2d", "kernel_size=3", "kernel_size=5"], "kernel_size is given twice: 3 and 5"),
        (["size", "224", "conv2d", "type=conv1d"], "type is given twice"),
        (["check", "net.py", "--argument", "width=1", "--argument", "width=2"], "width is given twice: 1 and 2"),
        (["convolve", "a.npy", "b.npy", "c.npy", "d.npy"], "a layer has one bias, and here are 2: c.npy, d.npy"),
    ],
)
def test_no_word_is_dropped(words: list[str], printed: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert f"padstride: {printed}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("3", 3),
        ("3,5", [3, 5]),
        ("(3,5)", [3, 5]),
        ("[3,5]", [3, 5]),
        ("((1,2),(0,0))", [[1, 2], [0, 0]]),
        ("same", "same"),
        ("True", True),
        ("false", False),
        ("None", None),
        ("{3}", "{3}"),
        ("", ""),
    ],
)
def test_values_are_read_as_json_and_python_write_them(text: str, meant: object) -> None:
    assert value(text) == meant


def test_a_refused_layer_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["size", "2", "conv2d", "kernel_size=5"]) == 2
    assert "the window spans 5 positions" in capsys.readouterr().err


def test_arrays_in_files_are_convolved(tmp_path: Path) -> None:
    np.save(tmp_path / "image.npy", np.arange(16.0).reshape(4, 4))
    np.save(tmp_path / "weight.npy", np.ones((2, 2)))
    words = ["convolve", str(tmp_path / "image.npy"), str(tmp_path / "weight.npy"), "stride=2"]
    assert main([*words, "--out", str(tmp_path / "out.npy")]) == 0
    np.testing.assert_array_equal(np.load(tmp_path / "out.npy"), [[10.0, 18.0], [42.0, 50.0]])


def test_the_third_array_is_the_bias(tmp_path: Path) -> None:
    for name, array in (("a", np.ones((1, 4, 4))), ("w", np.ones((2, 1, 2, 2))), ("B", np.array([0.0, 5.0]))):
        np.save(tmp_path / f"{name}.npy", array)
    (tmp_path / "B.npy").rename(tmp_path / "B.NPY")
    paths = [str(tmp_path / name) for name in ("a.npy", "w.npy", "B.NPY")]
    assert main(["convolve", *paths, "--out", str(tmp_path / "out.npy")]) == 0
    np.testing.assert_array_equal(np.load(tmp_path / "out.npy")[:, 0, 0], [4.0, 9.0])


def test_a_table_in_a_pipe_is_whole(sound: Path) -> None:
    sound.write_text(sound.read_text().replace("first", "a_name_that_is_longer_than_a_line_" * 3))
    printed = _piped(["summary", str(sound), *INPUT], b"", sound.parent, COLUMNS="50").stdout.decode()
    assert "a_name_that_is_longer_than_a_line_" * 3 in printed
    assert " 388,800 " in printed


def test_on_a_narrow_terminal_names_are_folded_and_numbers_are_whole() -> None:
    table = Table(Column("Layer", overflow="fold"), "Output", Column("MACs", footer="12,345,678,901"), show_footer=True)
    table.add_row("a_long_name_of_a_layer", "1 x 512 x 1024", "1,234,567,890")
    console = Console(width=40, force_terminal=True, color_system=None, file=StringIO())
    print_table(console, table)
    printed = console.file.getvalue()
    assert max(map(len, printed.splitlines())) == 40
    assert all(number in printed for number in ("12,345,678,901", "1,234,567,890", "512", "1024"))
    cells = [line.split("│")[1].strip() for line in printed.splitlines() if line.startswith("│")]
    assert "".join(cells) == "a_long_name_of_a_layer"


@pytest.mark.parametrize(
    "words",
    [
        ["check", "net.py", "--language", "中"],
        ["mcp", "--http", "--port", "99999"],
        ["serve", "--port", "http"],
    ],
)
def test_a_bad_option_is_told_in_a_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(words)
    assert f"error: argument {words[-2]}: {words[-1]!r} is no" in capsys.readouterr().err


def test_a_port_in_use_is_told_before_anything_is_served(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("mcp")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        assert main(["mcp", "--http", "--port", port]) == 2
    assert capsys.readouterr().err == f"padstride: cannot listen at 127.0.0.1:{port}: Address already in use\n"


def test_what_an_encoding_cannot_write_is_replaced(sound: Path) -> None:
    sound.write_text(sound.read_text().replace("first", "卷积").replace("d(16)", "d(32)"), encoding="utf-8")
    ended = _piped(["check", str(sound), *INPUT], b"", sound.parent, PYTHONIOENCODING="ascii", LC_ALL="C")
    assert (ended.returncode, ended.stderr) == (1, b"")
    assert b"`??` produces 16 channels" in ended.stdout


def test_the_service_is_not_started_where_something_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["serve"]) == 2
    assert "the service is not in this folder" in capsys.readouterr().err
    (tmp_path / "service").mkdir()
    (tmp_path / "service/gunicorn_arbiter.py").touch()
    needed = ["pytest>=1", "nothing-has-this-name[extra]>=2"]
    (tmp_path / "pyproject.toml").write_text(f"[project]\ndependencies = {json.dumps(needed)}\n")
    assert main(["serve"]) == 2
    assert "lacks what the service needs: nothing-has-this-name; run `make serve`" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "text", "help_text"),
    [
        ("net.json", '{"layers": 1}', "give an object with `layers`"),
        ("net.h5", "no", "give PyTorch or Keras source (.py), .onnx, .keras or .pt2, or JSON"),
    ],
)
def test_help_for_a_file_that_is_no_model_speaks_of_files(
    name: str, text: str, help_text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_text(text)
    assert main(["check", str(tmp_path / name)]) == 2
    printed = capsys.readouterr().out
    assert f"help: {help_text}" in printed
    assert "/v1/" not in printed


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
