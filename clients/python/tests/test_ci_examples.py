"""The examples for CI: what they run is run here."""

import os
import subprocess
import sys
from pathlib import Path
from xml.etree.ElementTree import parse

import pytest
import yaml

PROJECT = Path(__file__).parents[3]
EXAMPLES = PROJECT / "examples/ci"


@pytest.fixture
def environment(url: str, tmp_path: Path) -> dict[str, str]:
    """The command `padstride` on the path, whatever is installed."""
    folder = tmp_path / "bin"
    folder.mkdir()
    command = folder / "padstride"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m padstride.cli.main "$@"\n')
    command.chmod(0o755)
    return {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "PADSTRIDE_URL": url}


def _run(script: str, folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_the_action_marks_the_line(broken: Path, environment: dict[str, str]) -> None:
    steps = yaml.safe_load((EXAMPLES / "github/action.yml").read_text())["runs"]["steps"]
    given = {"FILES": broken.name, "INPUT": "1,3,32,32"}
    ended = _run(steps[-1]["run"], broken.parent, environment | given)
    assert ended.returncode == 1
    assert ended.stdout.startswith("::error file=model.py,line=8,col=")


def test_the_job_of_gitlab_writes_its_report(broken: Path, environment: dict[str, str]) -> None:
    job = yaml.safe_load((EXAMPLES / "gitlab.yml").read_text())["padstride"]
    folder = broken.parent
    (folder / "models").mkdir()
    broken.rename(folder / "models/model.py")
    assert _run(job["script"][-1], folder, environment).returncode == 1
    report = parse(folder / job["artifacts"]["reports"]["junit"]).getroot()
    assert report.attrib["failures"] == "1"


def test_the_hook_fails_on_a_mistake_and_passes_over_other_files(
    broken: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    (hook,) = yaml.safe_load((PROJECT / ".pre-commit-hooks.yaml").read_text())
    (repo,) = yaml.safe_load((EXAMPLES / "pre-commit-config.yaml").read_text())["repos"]
    (used,) = repo["hooks"]
    assert used["id"] == hook["id"]
    (tmp_path / "other.py").write_text("import os\n")
    command = " ".join([hook["entry"], *used["args"]])
    assert _run(f"{command} other.py", tmp_path, environment).returncode == 0
    assert _run(f"{command} other.py {broken.name}", tmp_path, environment).returncode == 1


def test_what_stands_not_by_itself_in_a_repository_is_passed_over(
    sound: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    models = tmp_path / "models"
    models.mkdir()
    sound.rename(models / "net.py")
    (models / "block.py").write_text(
        "from torch import nn\n\n\nclass Block(nn.Module):\n    def __init__(self, channels):\n"
        "        super().__init__()\n        self.conv = nn.Conv2d(channels, 8, 3)\n\n"
        "    def forward(self, x):\n        return self.conv(x)\n"
    )
    (models / "schema.py").write_text("from django.db import models\n\n\nclass User(models.Model):\n    pass\n")
    (models / "fake.py").write_text("from torch import nn\n\n\nclass Fake(nn.Module):\n    pass\n")
    steps = yaml.safe_load((EXAMPLES / "github/action.yml").read_text())["runs"]["steps"]
    job = yaml.safe_load((EXAMPLES / "gitlab.yml").read_text())["padstride"]
    (hook,) = yaml.safe_load((PROJECT / ".pre-commit-hooks.yaml").read_text())
    files = " ".join(f"models/{name}.py" for name in ("net", "block", "schema", "fake"))
    given = environment | {"FILES": ".", "INPUT": "1,3,32,32"}
    for command in (steps[-1]["run"], job["script"][-1], f"{hook['entry']} --input 1,3,32,32 {files}"):
        ended = _run(command, tmp_path, given)
        assert ended.returncode == 0, ended
        assert "block.py passed over: Block needs `channels`" in ended.stdout + ended.stderr
