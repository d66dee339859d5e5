"""What every client of HTTP expects, at every path: HEAD, OPTIONS, refused methods, ETags."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.app import create_app
from service.openapi import ENDPOINTS
from service.openapi.http import stays
from service.operations.shared.operation import Endpoint

Document = dict[str, Any]
Problem = Callable[[TestResponse, int], Document]
Limited = Callable[..., FlaskClient]

GETS = [endpoint for endpoint in ENDPOINTS if endpoint.method == "get"]
PATHS = sorted({endpoint.example_path for endpoint in ENDPOINTS})
VARYING = {"X-Request-ID", "Date"}
"""Headers that differ from one answer to the next."""


def methods_of(path: str) -> set[str]:
    """The methods that a path has."""
    own = {endpoint.method.upper() for endpoint in ENDPOINTS if endpoint.example_path == path}
    return own | {"OPTIONS"} | ({"HEAD"} if "GET" in own else set())


def listed(header: str) -> set[str]:
    """The words of a header, each of which stands there once."""
    words = header.split(", ")
    assert len(words) == len(set(words))
    return set(words)


@pytest.mark.parametrize("endpoint", GETS, ids=lambda endpoint: endpoint.name)
class TestHead:
    """HEAD."""

    def test_it_is_a_get_without_a_body(self, client: FlaskClient, endpoint: Endpoint) -> None:
        if endpoint.name == "getMetrics":
            pytest.skip("its length changes with every request")
        got, head = client.get(endpoint.example_path), client.head(endpoint.example_path)
        assert (head.status_code, head.data) == (200, b"")
        expected = {name: value for name, value in got.headers.items() if name not in VARYING}
        assert {name: value for name, value in head.headers.items() if name not in VARYING} == expected
        assert int(head.headers["Content-Length"]) == len(got.data)


@pytest.mark.parametrize("path", PATHS)
class TestMethods:
    """OPTIONS, and methods that a path does not have."""

    def test_options_tell_the_methods(self, client: FlaskClient, path: str) -> None:
        response = client.options(path)
        assert (response.status_code, response.data) == (204, b"")
        assert listed(response.headers["Allow"]) == methods_of(path)
        assert "Content-Type" not in response.headers
        assert "Content-Length" not in response.headers

    @pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "PROPFIND"])
    def test_another_method_is_refused_with_those_there_are(self, client: FlaskClient, path: str, method: str) -> None:
        if method in methods_of(path):
            return
        response = client.open(path, method=method)
        assert response.status_code == 405
        assert listed(response.headers["Allow"]) == methods_of(path)
        assert (response.data == b"") is (method == "HEAD")


def test_a_path_that_does_not_exist_has_no_methods(client: FlaskClient, problem: Problem) -> None:
    assert "Allow" not in client.options("/nowhere").headers
    problem(client.options("/nowhere"), 404)


STAYING = [endpoint for endpoint in GETS if stays(endpoint)]
CHANGING = [endpoint for endpoint in GETS if not stays(endpoint)]


@pytest.mark.parametrize("path", [endpoint.example_path for endpoint in STAYING] + ["/docs/start.js"])
class TestKept:
    """Answers that stay the same."""

    def test_the_same_answer_has_the_same_strong_etag(self, client: FlaskClient, path: str) -> None:
        first, second = client.get(path), create_app().test_client().get(path)
        assert re.fullmatch(r'"[0-9a-f]{32}"', first.headers["ETag"])
        assert first.headers["ETag"] == second.headers["ETag"]
        assert first.data == second.data
        assert first.headers["Cache-Control"] == "public, max-age=300"

    @pytest.mark.parametrize("known", ["{}", "W/{}", '"other", {}', "*", 'W/"a",{},"b"'])
    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    def test_who_has_it_gets_no_body(self, client: FlaskClient, path: str, known: str, method: str) -> None:
        etag = client.get(path).headers["ETag"]
        response = client.open(path, method=method, headers={"If-None-Match": known.format(etag)})
        assert (response.status_code, response.data) == (304, b"")
        assert response.headers["ETag"] == etag
        assert response.headers["Cache-Control"] == "public, max-age=300"
        assert "Content-Type" not in response.headers

    @pytest.mark.parametrize("known", ['"other"', "", "nonsense", '"', "W/", ",,,", '"a" "b"', "\u00e9", '"*"'])
    def test_who_has_another_gets_it(self, client: FlaskClient, path: str, known: str) -> None:
        response = client.get(path, headers={"If-None-Match": known})
        assert response.status_code == 200
        assert response.data


class TestNotKept:
    """Answers that nobody keeps."""

    @pytest.mark.parametrize("path", [endpoint.example_path for endpoint in CHANGING])
    def test_what_changes_is_not_kept(self, client: FlaskClient, path: str) -> None:
        response = client.get(path, headers={"If-None-Match": "*"})
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "no-store"
        assert "ETag" not in response.headers

    @pytest.mark.parametrize("path", ["/nowhere", "/v1/layers/none", "/v2/models/none", "/v1/output-size"])
    def test_nor_is_a_problem(self, client: FlaskClient, path: str) -> None:
        assert client.get(path).headers["Cache-Control"] == "no-store"


def test_an_etag_changes_with_the_answer(client: FlaskClient, limited: Limited) -> None:
    etag = client.get("/v1/limits").headers["ETag"]
    other = limited(max_layers=5).get("/v1/limits", headers={"If-None-Match": etag})
    assert other.status_code == 200
    assert other.json["limits"]["max_layers"]["value"] == 5
    assert other.headers["ETag"] != etag
