"""Findings as a JUnit report: a test case a finding, or one that passed."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from padstride.findings import Finding


def as_junit(findings: Sequence[Finding]) -> str:
    """A test suite in which errors are failures and warnings passed."""
    errors = sum(finding.severity == "error" for finding in findings)
    counts = {"tests": str(len(findings) or 1), "failures": str(errors)}
    suites = Element("testsuites", counts)
    suite = SubElement(suites, "testsuite", {"name": "padstride", **counts})
    for finding in findings:
        case = SubElement(
            suite, "testcase", {"classname": finding.place.path.as_posix(), "name": f"{finding.code} {finding.name}"}
        )
        text = f"{finding.place}: {finding.message}\n{finding.help or ''}".strip()
        if finding.severity == "error":
            SubElement(case, "failure", {"message": finding.message, "type": finding.name}).text = text
        else:
            SubElement(case, "system-out").text = text
    if not findings:
        SubElement(suite, "testcase", {"classname": "padstride", "name": "sound"})
    indent(suites)
    return tostring(suites, "unicode", xml_declaration=True)
