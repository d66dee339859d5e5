"""What was found as a JUnit report: a test case for each mistake and each failure, and one for each sound model.

As Jenkins' schema has it. GitLab keeps one case of those with equal names, so that each is named by its place as well.
"""

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from padstride.cli.judged import Failure, Judged
from padstride.findings import Finding, Place

NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 has no way to write."""


def as_junit(judged: Sequence[Judged]) -> str:
    """A test suite in which mistakes are failures, what could not be judged is an error, and warnings passed."""
    suites = Element("testsuites")
    suite = SubElement(suites, "testsuite", {"name": "padstride"})
    for each in judged:
        _add_cases(suite, each)
    counts = {
        "tests": len(suite),
        "failures": len(suite.findall("testcase/failure")),
        "errors": len(suite.findall("testcase/error")),
    }
    for element in (suites, suite):
        element.attrib |= {name: str(count) for name, count in counts.items()}
    indent(suites)
    written: bytes = tostring(suites, "us-ascii", xml_declaration=True)
    return written.decode("ascii")


def _add_cases(suite: Element, judged: Judged) -> None:
    for finding in judged.findings:
        _add_finding(suite, finding)
    for failure in judged.failures:
        _add_failure(suite, failure)
    if judged.sound and not judged.findings:
        _case(suite, Place(path=judged.path), "sound")
    for reason in judged.passed_over:
        case = _case(suite, Place(path=judged.path), f"passed over: {reason}")
        SubElement(case, "skipped", {"message": _text(reason)})


def _add_finding(suite: Element, finding: Finding) -> None:
    case = _case(suite, finding.place, f"{finding.code} {finding.name}")
    text = _said(finding.place, finding.message, finding.help)
    if finding.severity == "error":
        SubElement(case, "failure", {"message": _text(finding.message), "type": finding.name}).text = text
    else:
        SubElement(case, "system-out").text = text


def _add_failure(suite: Element, failure: Failure) -> None:
    refusal = failure.refusal
    case = _case(suite, failure.place, f"{refusal.code} {refusal.name}" if refusal else "not judged")
    kind = refusal.name if refusal else "not-judged"
    text = _said(failure.place, failure.message, failure.help)
    SubElement(case, "error", {"message": _text(failure.message), "type": kind}).text = text


def _case(suite: Element, place: Place, name: str) -> Element:
    where = str(place).removeprefix(str(place.path)).lstrip(":")
    names = {"classname": _text(place.path.as_posix()), "name": _text(f"{name} {where}".rstrip())}
    return SubElement(suite, "testcase", names)


def _said(place: Place, message: str, help_text: str | None) -> str:
    return _text(f"{place}: {message}\n{help_text or ''}".strip())


def _text(text: str) -> str:
    return NOT_IN_XML.sub("\ufffd", text)
