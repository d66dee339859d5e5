"""What strangers see first: the notebook with its outputs, and a picture of the terminal. `make shown` writes both."""

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from typing import Any

import nbformat
import pytest
from conftest import PROJECT
from nbclient import NotebookClient
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

NOTEBOOK = PROJECT / "examples/tour.ipynb"
TERMINAL = PROJECT / "docs/images/terminal.svg"
COMMAND = ["padstride", "check", "examples/models/classifier.py", "--input", "1,3,32,32"]
COLUMNS = 100
LONGEST_LINE = 100
"""Characters that a code host shows without scrolling."""
USUAL = "http://127.0.0.1:8000"


@pytest.fixture
def anew(pytestconfig: pytest.Config) -> bool:
    """Whether to write instead of compare."""
    return bool(pytestconfig.getoption("--anew"))


def test_the_notebook_shows_what_the_service_answers(
    url: str, anew: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PADSTRIDE_URL", url)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    shown = nbformat.read(NOTEBOOK, as_version=4)
    ran = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(ran, record_timing=False, resources={"metadata": {"path": str(NOTEBOOK.parent)}}).execute()
    ran.metadata = shown.metadata  # else the version of the Python that runs this
    for cell, before in zip(ran.cells, shown.cells, strict=True):
        if "needs-torch" in cell.metadata.get("tags", []) and find_spec("torch") is None:
            cell.outputs = before.outputs
        elif "outputs" in cell:
            cell.outputs = [_steady(output, url) for output in cell.outputs]
            assert anew or cell.outputs == before.outputs, cell.source
    if anew:
        nbformat.write(ran, NOTEBOOK)


def _steady(value: Any, url: str) -> Any:
    """An output without what differs from one run to the next: where the service and the files are."""
    if isinstance(value, str):
        return value.replace(url, USUAL).replace(f"{NOTEBOOK.parent}/", "")
    if isinstance(value, list):
        return [_steady(each, url) for each in value]
    if isinstance(value, dict):
        return type(value)({name: _steady(each, url) for name, each in value.items()})
    return value


def test_the_notebook_fits_its_page_and_has_a_live_module() -> None:
    cells = [cell for cell in nbformat.read(NOTEBOOK, as_version=4).cells if cell.cell_type == "code"]
    assert max(len(line) for cell in cells for line in cell.source.splitlines()) <= LONGEST_LINE
    (live,) = [cell for cell in cells if "needs-torch" in cell.metadata.get("tags", [])]
    assert "feature-mismatch" in str(live.outputs), "written where PyTorch is not installed"


def test_the_picture_of_the_terminal_is_what_the_command_prints(url: str, anew: bool) -> None:
    environment = {**os.environ, "PADSTRIDE_URL": url, "COLUMNS": str(COLUMNS), "FORCE_COLOR": "1", "TERM": "xterm"}
    command = [sys.executable, "-m", "padstride.cli.main", *COMMAND[1:]]
    ended = subprocess.run(
        command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True, check=False, timeout=60
    )
    assert ended.returncode == 1
    picture = _picture(f"$ {' '.join(COMMAND)}\n\n{ended.stdout}")
    assert "http" not in picture.replace('xmlns="http://www.w3.org/2000/svg"', ""), "it would load from another host"
    if anew:
        TERMINAL.write_text(picture, encoding="utf-8")
    assert TERMINAL.read_text(encoding="utf-8") == picture


def _picture(printed: str) -> str:
    """What a terminal shows, as SVG: rich's own, in the fonts that are there."""
    console = Console(record=True, width=COLUMNS, file=StringIO(), force_terminal=True)
    console.print(Text.from_ansi(printed))
    no_fonts = re.sub(r"@font-face \{\{.*?\n    \}\}\n|<!--.*?-->\n", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    picture = console.export_svg(title="padstride check", code_format=no_fonts, unique_id="terminal")
    return "\n".join(line.rstrip() for line in picture.splitlines()) + "\n"
