"""How the explorer's files are served."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import Document
from tests.page import FILES, PAGE

Problem = Callable[[TestResponse, int], Document]
PATHS = ["/", *(f"/page/{path.relative_to(PAGE).as_posix()}" for path in FILES)]
MEDIA_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".jpg": "image/jpeg",
    ".js": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}


def file_of(path: str) -> Path:
    """The file that is served at a path."""
    return PAGE / "index.html" if path == "/" else PAGE / path.removeprefix("/page/")


@pytest.mark.parametrize("path", PATHS)
def test_every_file_is_served_as_it_is(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert response.data == file_of(path).read_bytes()
    assert response.mimetype == MEDIA_TYPES[file_of(path).suffix]


@pytest.mark.parametrize("path", PATHS)
def test_a_browser_may_load_only_what_is_here(client: FlaskClient, path: str) -> None:
    [policy] = client.get(path).headers.getlist("Content-Security-Policy")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'self'"
    assert rules["frame-ancestors"] == "'none'"
    assert "unsafe" not in policy
    assert "http" not in policy


@pytest.mark.parametrize("path", PATHS)
def test_a_browser_that_has_a_file_is_not_sent_it_again(client: FlaskClient, path: str) -> None:
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "max-age=300" in first.headers["Cache-Control"]


def test_no_two_files_have_the_same_etag(client: FlaskClient) -> None:
    tags = {path: client.get(path).headers["ETag"] for path in PATHS if path != "/"}
    contents = {file_of(path).read_bytes() for path in tags}
    assert len(set(tags.values())) == len(contents)


def test_a_large_file_is_packed_for_whoever_takes_that(client: FlaskClient) -> None:
    path = max((path for path in PATHS if path.endswith(".js")), key=lambda path: file_of(path).stat().st_size)
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < file_of(path).stat().st_size / 2


@pytest.mark.parametrize(
    "path",
    [
        "/page",
        "/page/",
        "/page/nothing.js",
        "/page/views",
        "/page/../app.py",
        "/page/%2e%2e/app.py",
        "/page/..%2fapp.py",
    ],
)
def test_nothing_else_is_served(client: FlaskClient, problem: Problem, path: str) -> None:
    problem(client.get(path), 404)
