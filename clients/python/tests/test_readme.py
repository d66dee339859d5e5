"""The commands of the READMEs, run as they stand where nothing is installed, print what stands there, word for word.

This installs from the package index that pip knows.
"""

import os
import re
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from conftest import PROJECT

PAGES = ("clients/python/README.md", "README.md", "README.zh.md")
EXAMPLE = re.compile(r"^```sh\n(pip install \./clients/python)\n(padstride .*?)\n```\n```text\n(.*?)^```", re.M | re.S)
Run = Callable[[str], subprocess.CompletedProcess[str]]


def _example(page: str) -> tuple[str, str, str]:
    """How it is installed, a command, and what it prints."""
    [example] = EXAMPLE.findall((PROJECT / page).read_text(encoding="utf-8"))
    installed, command, printed = example
    return installed, command, printed


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory, url: str) -> Run:
    """Runs a line of a shell with a Python of its own, that has nothing but pip at first."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder, with_pip=True)
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("PYTHON", "PADSTRIDE"))}
    path = f"{folder / 'bin'}:{os.environ['PATH']}"
    environment = {**kept, "PATH": path, "PADSTRIDE_URL": url, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}

    def run(line: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-c", line], cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
        )

    return run


@pytest.fixture(scope="module")
def installed(clean: Run) -> Run:
    """The same after the first command of the README."""
    before = clean("padstride --version")
    assert before.returncode == 127, "something is installed where nothing should be"
    done = clean(_example(PAGES[0])[0])
    assert done.returncode == 0, done.stderr
    return clean


@pytest.mark.parametrize("page", PAGES)
def test_the_command_prints_what_is_shown(page: str, installed: Run) -> None:
    _, command, printed = _example(page)
    ended = installed(command)
    assert (ended.returncode, ended.stdout, ended.stderr) == (1, printed, "")


def test_the_wheel_is_whole_and_does_the_same(installed: Run, tmp_path: Path) -> None:
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "--wheel-dir", str(tmp_path), str(PROJECT / "clients/python")], check=True)
    [wheel] = tmp_path.glob("*.whl")
    source = PROJECT / "clients/python/src"
    modules = {path.relative_to(source).as_posix() for path in source.rglob("*.py")}
    assert modules | {"padstride/py.typed"} == {name for name in ZipFile(wheel).namelist() if "dist-info" not in name}
    assert installed(f"pip uninstall --yes padstride && pip install --no-deps {wheel}").returncode == 0
    _, command, printed = _example(PAGES[0])
    assert installed(command).stdout == printed
