"""What the command line says to someone in a hurry: of files, of addresses, on terminals, through pipes."""

import io
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest
from padstride.cli.commands import COMMANDS
from padstride.cli.main import main

INPUT = ["--input", "1,3,32,32"]
SIZE = ["size", "5", "conv2d", "kernel_size=3"]
ESCAPE = "\x1b["
RED = "\x1b[1;31m"


@pytest.fixture(autouse=True)
def _address(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PADSTRIDE_URL", url)
    monkeypatch.setenv("COLUMNS", "120")
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


def _said(capsys: pytest.CaptureFixture[str]) -> str:
    printed = capsys.readouterr()
    return printed.out + printed.err


def test_a_mistake_of_syntax_is_shown_at_its_line_whatever_the_file_imports(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "model.py"
    path.write_text("class Net:\n    first = Conv2d(3, 16, 3\n")
    assert main(["check", str(path)]) == 2
    assert _said(capsys) == (
        f"error[M801]: unreadable-model\n  --> {path}:2:19\n  |\n2 |     first = Conv2d(3, 16, 3\n"
        "  |                   ^ line 2 of `model.py` is no Python: '(' was never closed\n"
        f"   = help: mend the syntax\n\n{path} could not be judged\n"
    )


@pytest.mark.parametrize("command", ["check", "summary", "translate"])
def test_what_is_refused_is_shown_at_its_line_and_names_the_option(
    command: str, sound: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, str(sound), *(["--to", "keras"] if command == "translate" else [])]) == 2
    said = _said(capsys)
    assert "11 |     def forward(self, x):" in said
    assert "^ the shape of `x` is not known\n" in said
    assert "help: give the shape of the input, such as --input 1,3,224,224" in said


def test_a_file_of_another_kind_is_told_which_kinds_there_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("hello")
    assert main(["check", str(path)]) == 2
    assert f"--> {path}\n   = the format of the model is not known\n   = help: give PyTorch or Keras source" in _said(
        capsys
    )


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["check", "missing.py"], "padstride: missing.py does not exist\n"),
        (["check", "empty"], "padstride: no file in empty makes a model\n"),
        (["check", "latin.py"], "padstride: latin.py is not written in UTF-8: byte 17 is 0xe9\n"),
        (["check", "latin.py", "--unsafe-fixes"], "padstride: --unsafe-fixes needs --fix\n"),
        (["convolve", "missing.npy"], "padstride: missing.npy: No such file or directory\n"),
        (["convolve", "latin.py"], "padstride: latin.py is no .npy file of numbers\n"),
        (["convolve", "objects.npy"], "padstride: objects.npy is no .npy file of numbers\n"),
        (["size", "224", "conv2"], 'refused: there is no layer type "conv2"\n  help: write `conv2d`\n'),
    ],
)
def test_a_mistake_of_the_caller_is_one_sentence(
    words: list[str], text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "other.py").write_text("width = 3\n")
    (tmp_path / "latin.py").write_bytes("import other\n# \xe9t\xe9\n".encode("latin-1").replace(b"# ", b"#   "))
    np.save(tmp_path / "objects.npy", np.array([{}]), allow_pickle=True)
    assert main(words) == 2
    assert _said(capsys) == text


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["size", "abc", "conv2d"], "'abc' is no size: write integers with commas, such as 224,320"),
        (["solve", "32", "nope", "conv2d"], "'nope' is no size: write integers with commas, such as 224,320"),
        (["check", "a.py", "--input", "a"], "'a' is no shape: write integers with commas, such as 1,3,224,224"),
        (["check", "a.py", "--argument", "a"], "'a' is no argument: write NAME=VALUE, such as width=32"),
    ],
)
def test_a_word_that_is_no_value_is_told_how_one_is_written(
    words: list[str], text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(words)
    assert capsys.readouterr().err.endswith(f"{text}\n")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_tells_its_own_exit_codes(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main([name, "--help"])
    assert f"exit codes: {COMMANDS[name].EXIT_CODES}" in capsys.readouterr().out.replace("\n", " ")


def test_nobody_there_is_told_with_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SIZE, "--url", "http://127.0.0.1:9"]) == 2
    assert capsys.readouterr().err == (
        "padstride: nothing answers at http://127.0.0.1:9\n"
        "  help: start the service, or name its address with --url or PADSTRIDE_URL\n"
    )


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://localhost", "http://", "http:// x"])
def test_what_is_no_address_is_told_how_one_is_written(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SIZE, "--url", url]) == 2
    said = f"padstride: {url!r} is not the address of a service; one is written as http://127.0.0.1:8000\n"
    assert capsys.readouterr().err == said


@pytest.mark.parametrize(
    ("options", "key", "said"),
    [
        ([], "ключ", "the API key has other characters than printable ASCII"),
        (["--url", "http://[::1"], "", "'http://[::1' is not the address of a service; one is written as http://"),
    ],
)
def test_what_cannot_travel_is_told_in_a_sentence(
    options: list[str], key: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PADSTRIDE_API_KEY", key)
    assert main([*SIZE, *options]) == 2
    assert capsys.readouterr().err.startswith(f"padstride: {said}")


@dataclass(frozen=True)
class Waits:
    """A server that has been asked, and answers once something is over."""

    asked: Event = field(default_factory=Event)
    over: Event = field(default_factory=Event)


@contextmanager
def _answering(status: int, headers: dict[str, str], body: bytes, waits: Waits | None = None) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            if waits is not None:
                waits.asked.set()
                waits.over.wait()
            self.send_response(status)
            for name, text in headers.items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("status", "headers", "body", "given"),
    [
        (200, {"Content-Type": "text/html"}, b"<html>", "200 OK"),
        (404, {"Content-Type": "text/html"}, b"<html>", "404 Not Found"),
        (404, {"Content-Type": "application/json"}, b'{"errors": ["no"]}', "404 Not Found"),
        (404, {"Content-Type": "application/problem+json"}, b'{"errors": ["no"]}', "404 Not Found"),
        (301, {"Location": "https://there/"}, b"", "301 Moved Permanently, and points to https://there/"),
    ],
)
def test_another_program_at_the_address_is_told_from_the_service(
    status: int, headers: dict[str, str], body: bytes, given: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with _answering(status, headers, body) as address:
        assert main([*SIZE, "--url", address]) == 2
    said = f"padstride: {address} does not answer as Padstride does: POST /v1/output-size gives {given}\n"
    assert capsys.readouterr().err.startswith(said)


def test_a_busy_service_is_told_without_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    headers = {"Content-Type": "application/problem+json", "Retry-After": "0"}
    with _answering(503, headers, b'{"detail": "the service is full"}') as address:
        assert main([*SIZE, "--url", address]) == 2
    assert capsys.readouterr().err == "padstride: the service is full; try again later\n"


def test_ctrl_c_ends_with_130_and_no_traceback() -> None:
    """Once it has asked: before, Python itself is interrupted, which loads modules."""
    waits = Waits()
    with _answering(200, {}, b"", waits) as address:
        command = [sys.executable, "-m", "padstride", *SIZE, "--url", address]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert waits.asked.wait(60)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=20)
        waits.over.set()
    assert (process.returncode, said) == (130, ("", ""))


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_reader_that_goes_ends_it_quietly(form: str, broken: Path) -> None:
    command = f"{sys.executable} -m padstride check {broken} {' '.join(INPUT)} --format {form} | true"
    script = f"set -o pipefail; {command}"
    ended = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (141, "")


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        """It is."""
        return True


@pytest.mark.parametrize(
    ("terminal", "environment", "options", "colored", "escaped"),
    [
        (True, {}, [], True, True),
        (True, {"NO_COLOR": "1"}, [], False, True),
        (True, {"TERM": "dumb"}, [], False, False),
        (True, {}, ["--color", "never"], False, False),
        (False, {}, [], False, False),
        (False, {}, ["--color", "always"], True, True),
        (False, {"NO_COLOR": "1"}, ["--color", "always"], True, True),
    ],
)
def test_colors_are_for_terminals_that_want_them(
    terminal: bool,
    environment: dict[str, str],
    options: list[str],
    colored: bool,
    escaped: bool,
    broken: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, text in environment.items():
        monkeypatch.setenv(name, text)
    stream = Terminal() if terminal else io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    assert main(["check", str(broken), *INPUT, *options]) == 1
    assert (RED in stream.getvalue(), ESCAPE in stream.getvalue()) == (colored, escaped)


def test_a_bar_is_gone_before_anything_is_printed(broken: Path, sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = Terminal()
    monkeypatch.setattr(sys, "stdout", both)
    monkeypatch.setattr(sys, "stderr", both)
    assert main(["check", str(sound), str(broken), *INPUT]) == 1
    text = both.getvalue()
    assert f"checking {broken}"[:40] in text
    erased = "\x1b[2K"
    for printed in (f"{sound} is sound", "channel-mismatch"):
        before = text[: text.index(printed)].rpartition("checking")[2]
        assert erased in before


def test_python_runs_the_package_as_the_command() -> None:
    command = [sys.executable, "-m", "padstride", "--version"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.startswith("padstride 0.")
