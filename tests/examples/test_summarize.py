"""The summary of a network, as a user of the command line sees it."""

import json
import socket
from pathlib import Path

import pytest
from flask import Flask

from tests.examples.conftest import NETWORKS, Run, listening
from tests.examples.test_networks import TOTALS


def test_all_examples_are_summarized_with_their_published_totals(run: Run, url: str) -> None:
    done = run("summarize.py", "--url", url)
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line.split() for line in done.stdout.splitlines()]
    published = [TOTALS[network] for network in sorted(TOTALS)]
    parameters = [words[1] for words in lines if words[:1] == ["parameters"]]
    assert parameters == [f"{figures['parameters']:,}" for figures in published]
    assert [words[1:] for words in lines if words[:1] == ["MACs"]][:4] == [
        ["0.71", "G"],
        ["38.55", "G"],
        ["104.63", "M"],
        ["2.83", "G"],
    ]
    assert ["activations", "150.25", "MB"] in lines


def test_a_row_shows_the_figures_of_a_layer(run: Run, url: str) -> None:
    rows = run("summarize.py", "--url", url, NETWORKS / "alexnet.json").stdout.splitlines()
    row = next(line for line in rows if line.startswith("features.3 "))
    assert row.split("  ")[0] == "features.3"
    assert "[1, 192, 27, 27]" in row
    assert row.split()[-3:] == ["307,392", "223,948,800", "51"]


def test_columns_are_aligned_in_a_hundred_characters(run: Run, url: str) -> None:
    for line in (lines := run("summarize.py", "--url", url).stdout.splitlines()):
        assert len(line) <= 100
    heading = next(line for line in lines if line.startswith("layer "))
    ends = heading.index("parameters") + len("parameters")
    convolution = next(line for line in lines if line.startswith("features.0 "))
    assert convolution[:ends].endswith(" 23,296")
    assert convolution[ends] == " "


def test_a_name_that_is_too_long_keeps_its_end(run: Run, url: str) -> None:
    rows = run("summarize.py", "--url", url, NETWORKS / "densenet121.json").stdout.splitlines()
    last = [line.split()[0] for line in rows if line.startswith("...") and " conv2d " in line][-1]
    assert last.endswith("denselayer16.conv2")
    assert max(map(len, rows)) == 100


def test_an_invalid_network_is_shown_with_its_diagnostics_and_ends_with_1(run: Run, url: str, tmp_path: Path) -> None:
    network = json.loads((NETWORKS / "lenet5.json").read_text())
    network["layers"][3]["in_channels"] = 3
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps(network))
    done = run("summarize.py", "--url", url, broken)
    assert done.returncode == 1
    assert "error: channel-mismatch at /layers/3/in_channels" in done.stdout
    assert done.stderr == f"summarize: {broken} is not a valid network: channel-mismatch\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"layers": [', "the service refused the request: the body is not acceptable JSON"),
        ('{"input_shape": [1, 3, 8, 8], "layers": 7}', "the service refused the request: `layers`"),
    ],
)
def test_a_refusal_is_shown_in_the_words_of_the_service(
    run: Run, url: str, tmp_path: Path, text: str, message: str
) -> None:
    (tmp_path / "wrong.json").write_text(text)
    done = run("summarize.py", "--url", url, "wrong.json")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"summarize: {message}")
    assert done.stderr.count("\n") == 1


def test_a_missing_file_is_named(run: Run, url: str) -> None:
    done = run("summarize.py", "--url", url, "nowhere.json")
    assert (done.returncode, done.stdout) == (1, "")
    assert "nowhere.json" in done.stderr


@pytest.mark.parametrize("script", ["summarize.py", "edges.py"])
def test_one_line_says_that_no_service_answers(script: str, run: Run) -> None:
    with socket.socket() as bound:  # Bound but not listening: no other program can answer there.
        bound.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{bound.getsockname()[1]}"
        done = run(script, "--url", nowhere)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"no service answers at {nowhere}" in done.stderr
    assert done.stderr.count("\n") == 1


def test_another_service_is_not_taken_for_this_one(run: Run) -> None:
    with listening(Flask("another")) as elsewhere:
        done = run("summarize.py", "--url", elsewhere)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"summarize: something else answers at {elsewhere}: 404 NOT FOUND\n"
