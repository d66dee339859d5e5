"""Findings as a JUnit report: a test case a finding, or one that passed.

As Jenkins' schema has it. GitLab keeps one case of those with equal names, so that each is named by its place as well.
"""

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from padstride.findings import Finding

NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 has no way to write."""


def as_junit(findings: Sequence[Finding]) -> str:
    """A test suite in which errors are failures and warnings passed."""
    errors = sum(finding.severity == "error" for finding in findings)
    counts = {"tests": str(len(findings) or 1), "failures": str(errors), "errors": "0"}
    suites = Element("testsuites", counts)
    suite = SubElement(suites, "testsuite", {"name": "padstride", **counts})
    for finding in findings:
        case = SubElement(suite, "testcase", _names(finding))
        text = _text(f"{finding.place}: {finding.message}\n{finding.help or ''}".strip())
        if finding.severity == "error":
            SubElement(case, "failure", {"message": _text(finding.message), "type": finding.name}).text = text
        else:
            SubElement(case, "system-out").text = text
    if not findings:
        SubElement(suite, "testcase", {"classname": "padstride", "name": "sound"})
    indent(suites)
    return tostring(suites, "unicode", xml_declaration=True)


def _names(finding: Finding) -> dict[str, str]:
    path = str(finding.place.path)
    where = str(finding.place).removeprefix(path).lstrip(":")
    name = f"{finding.code} {finding.name} {where}".rstrip()
    return {"classname": _text(finding.place.path.as_posix()), "name": _text(name)}


def _text(text: str) -> str:
    return NOT_IN_XML.sub("\ufffd", text)
