"""A diagnostic's `url`: a page for browsers, JSON for programs."""

import re
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.core.diagnostics import DIAGNOSTICS
from service.operations.shared.diagnostic_examples import EXAMPLES
from service.routes.diagnostic_page import page_of

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
VOID = {"meta", "br"}


class Page(HTMLParser):
    """The text of a page whose elements are all closed, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.seen.append(tag)
        assert not any(name.startswith("on") or name == "style" for name, _ in attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data


def opened(client: FlaskClient, name: str) -> str:
    response = client.get(f"/v1/diagnostics/{name}", headers={"Accept": BROWSER})
    assert response.status_code == 200
    assert response.content_type == "text/html; charset=utf-8"
    return response.text


@pytest.mark.parametrize("name", DIAGNOSTICS)
def test_a_browser_gets_a_page_to_read(client: FlaskClient, name: str) -> None:
    rule, html = DIAGNOSTICS[name], opened(client, name)
    page = Page(html)
    words = " ".join(page.text.split())
    assert " ".join(rule.summary.replace("`", "").split()) in words
    for heading in ("What it means", "How to mend it", rule.name, rule.code, rule.severity):
        assert heading in page.text
    assert ("An example" in page.text) is (name in EXAMPLES)
    assert page.seen.count("h1") == page.seen.count("style") == 1
    assert not {"script", "img", "link", "iframe"} & set(page.seen)
    assert "`" not in re.sub(r"<code>.*?</code>", "", html, flags=re.DOTALL)


def test_its_own_style_is_all_that_it_may_load(client: FlaskClient) -> None:
    response = client.get("/v1/diagnostics/cycle", headers={"Accept": BROWSER})
    [style] = re.findall(r"<style>(.*?)</style>", response.text, re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = response.headers["Content-Security-Policy"]
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'"
    assert "prefers-color-scheme: dark" in style


@pytest.mark.parametrize("accept", [None, "", "*/*", "application/json", "application/*", "text/html;q=0.5, */*"])
def test_a_program_gets_json(client: FlaskClient, accept: str | None) -> None:
    headers = {} if accept is None else {"Accept": accept}
    response = client.get("/v1/diagnostics/cycle", headers=headers)
    assert response.content_type == "application/json"
    assert set(response.vary) == {"Accept", "Accept-Language"}


def test_each_form_has_its_etag(client: FlaskClient) -> None:
    etags = {
        accept: client.get("/v1/diagnostics/cycle", headers={"Accept": accept}).headers["ETag"]
        for accept in (BROWSER, "application/json")
    }
    assert len(set(etags.values())) == 2
    for accept, etag in etags.items():
        for other in etags:
            response = client.get("/v1/diagnostics/cycle", headers={"Accept": other, "If-None-Match": etag})
            assert response.status_code == (304 if other == accept else 200)
            assert "Accept" in response.headers["Vary"]


def test_another_media_type_is_refused(client: FlaskClient) -> None:
    response = client.get("/v1/diagnostics/cycle", headers={"Accept": "text/plain"})
    assert response.status_code == 406
    assert "text/html" in response.json["detail"]


def test_what_is_written_is_text_and_no_markup() -> None:
    diagnostic = {"location": "/<i>", "message": "<script>x</script>", "help": "a & b", "fixes": []}
    example = {"path": "/v1/output-size", "request": {"layers": [{"type": "<b>"}]}, "diagnostic": diagnostic}
    members = {"name": "<u>", "code": "X1", "severity": "error", "description": "`<p>`", "example": example}
    page = Page(page_of(members))
    assert not {"script", "i", "b", "u"} & set(page.seen)
    assert "<script>x</script>" in page.text


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_has_its_diagnostic_and_no_other_error(client: FlaskClient, name: str) -> None:
    example = client.get(f"/v1/diagnostics/{name}").json["example"]
    answer = client.post(example["path"], json=example["request"]).json
    found = answer["errors"] if "errors" in answer else answer["diagnostics"]
    assert example["diagnostic"] in found
    assert example["diagnostic"]["name"] == name
    assert [each["name"] for each in found if each["severity"] == "error"] in ([], [name])


def test_where_limits_are_too_low_for_an_example_there_is_none(limited: Callable[..., FlaskClient]) -> None:
    client = limited(max_layers=1)
    response = client.get("/v1/diagnostics/cycle")
    assert response.status_code == 200
    assert "example" not in response.json
    assert "An example" not in opened(client, "cycle")
