"""The project is an application: nothing half-working of it can be installed."""

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]


@pytest.mark.parametrize("how", [[], ["--editable"]])
def test_an_installation_fails_and_says_what_to_do(tmp_path: Path, how: list[str]) -> None:
    command = [sys.executable, "-m", "pip", "install", "--no-deps", "--target", str(tmp_path), *how, str(PROJECT)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode != 0
    assert "pip install ./clients/python" in ended.stdout + ended.stderr
    assert not list(tmp_path.iterdir())
