"""The pages, the OpenAPI description, health, and what every answer carries."""

import json
import re
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
import yaml
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.routes.slots import compute_slot
from service.settings import settings

Document = dict[str, Any]
Problem = Callable[[TestResponse, int], Document]
Limited = Callable[..., FlaskClient]

OUTSIDE = re.compile(r"(?:https?:)?//[\w.-]+\.\w+")


class TestDocs:
    """The API page, which needs no outside host."""

    @pytest.mark.parametrize("path", ["/docs", "/docs/start.js"])
    def test_the_page_names_no_outside_host(self, client: FlaskClient, path: str) -> None:
        response = client.get(path)
        assert response.status_code == 200
        assert not OUTSIDE.search(response.text)

    def test_everything_that_the_page_loads_is_served_here(self, client: FlaskClient) -> None:
        paths = re.findall(r'(?:src|href)="([^"]+)"', client.get("/docs").text)
        assert len(paths) >= 3
        for path in paths:
            response = client.get(path)
            assert response.status_code == 200, path
            assert len(response.data) > 100, path
            response.close()

    @pytest.mark.parametrize(
        ("path", "media_type"),
        [
            ("/docs", "text/html"),
            ("/docs/start.js", "text/javascript"),
            ("/docs/swagger-ui.css", "text/css"),
            ("/docs/swagger-ui-bundle.js", "text/javascript"),
        ],
    )
    def test_each_file_has_its_media_type(self, client: FlaskClient, path: str, media_type: str) -> None:
        response = client.get(path)
        assert response.mimetype == media_type
        response.close()

    def test_the_browser_may_load_from_here_only(self, client: FlaskClient) -> None:
        policy = client.get("/docs").headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "http" not in policy
        assert "unsafe-eval" not in policy

    @pytest.mark.parametrize("path", ["/docs/nothing.js", "/docs/../app.py", "/docs/%2e%2e/%2e%2e/setup.py"])
    def test_other_files_are_not_served(self, client: FlaskClient, problem: Problem, path: str) -> None:
        problem(client.get(path), 404)


class TestOpenapi:
    """The description of the API."""

    def test_json_and_yaml_are_the_same_description(self, client: FlaskClient) -> None:
        from_yaml = yaml.safe_load(client.get("/openapi.yaml").text)
        assert json.loads(client.get("/openapi.json").data) == from_yaml
        assert from_yaml["openapi"].startswith("3.1")

    @pytest.mark.parametrize(
        ("path", "method"),
        [
            ("/v1/output-size", "post"),
            ("/v1/padding", "post"),
            ("/v1/networks/validate", "post"),
            ("/v1/convolve", "post"),
            ("/v1/layers", "get"),
            ("/v1/frameworks", "get"),
            ("/v1/diagnostics", "get"),
            ("/v1/diagnostics/{name}", "get"),
            ("/v1/limits", "get"),
        ],
    )
    def test_every_resource_is_described(self, client: FlaskClient, path: str, method: str) -> None:
        assert method in client.get("/openapi.json").json["paths"][path]


class TestHealth:
    """Is the process alive, can it answer."""

    @pytest.mark.parametrize("path", ["/healthz", "/readyz"])
    def test_a_working_service_says_so(self, client: FlaskClient, path: str) -> None:
        response = client.get(path)
        assert response.status_code == 200
        assert response.json["status"] == "ok"

    def test_cheap_endpoints_answer_while_the_heavy_one_is_full(self, limited: Limited, problem: Problem) -> None:
        client = limited(heavy_wait_seconds=0)
        with ExitStack() as slots:
            for _ in range(settings().heavy_requests):
                slots.enter_context(compute_slot())
            busy = client.post("/v1/convolve", json={"input": [1, 2], "weight": [1]})
            assert client.get("/healthz").status_code == 200
            body = {"input_size": 6, "layer": {"type": "conv1d", "kernel_size": 3}}
            assert client.post("/v1/output-size", json=body).status_code == 200
        problem(busy, 503)
        assert int(busy.headers["Retry-After"]) >= 1
        assert client.post("/v1/convolve", json={"input": [1, 2], "weight": [1]}).status_code == 200


class TestEveryAnswer:
    """What is in the headers of all of them."""

    @pytest.mark.parametrize("sent", ["abc-123", "A.b_c:d", "x" * 128])
    def test_a_sane_request_id_is_sent_back(self, client: FlaskClient, sent: str) -> None:
        assert client.get("/healthz", headers={"X-Request-ID": sent}).headers["X-Request-ID"] == sent

    @pytest.mark.parametrize("sent", ["", "two words", "<script>", "x" * 129, "caf\u00e9", '"'])
    def test_another_is_replaced(self, client: FlaskClient, sent: str) -> None:
        made = client.get("/healthz", headers={"X-Request-ID": sent}).headers["X-Request-ID"]
        assert made != sent
        assert re.fullmatch(r"[0-9a-f]{32}", made)

    def test_every_request_has_its_own(self, client: FlaskClient) -> None:
        made = {client.get("/healthz").headers["X-Request-ID"] for _ in range(3)}
        assert len(made) == 3

    def test_a_problem_carries_the_callers_id(self, client: FlaskClient, problem: Problem) -> None:
        response = client.get("/nowhere", headers={"X-Request-ID": "abc-123"})
        assert problem(response, 404)["request_id"] == "abc-123"

    @pytest.mark.parametrize(
        "path",
        [
            "/",
            "/page/app.js",
            "/healthz",
            "/docs",
            "/docs/",
            "/docs/swagger-ui.css",
            "/nowhere",
            "/v1/layers",
            "/v2/models/a",
            "/metrics",
        ],
    )
    @pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
    def test_browsers_are_told_to_do_nothing_with_it(self, client: FlaskClient, path: str, method: str) -> None:
        response = client.open(path, method=method)
        headers = response.headers
        response.close()
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        [policy] = headers.getlist("Content-Security-Policy")
        assert policy.endswith("frame-ancestors 'none'")
        page = path in ("/", "/page/app.js", "/docs", "/docs/") and method in ("GET", "HEAD")
        assert policy.startswith("default-src 'self'" if page else "default-src 'none'")

    def test_an_internal_error_shows_nothing_of_its_cause(
        self, client: FlaskClient, problem: Problem, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_: Any) -> None:
            raise RuntimeError("the insides")

        monkeypatch.setattr("service.operations.output_size.sizes_at", broken)
        body = {"input_size": 60_013, "layer": {"type": "conv1d", "kernel_size": 3}}  # that no other test asks about
        document = problem(client.post("/v1/output-size", json=body), 500)
        assert "insides" not in json.dumps(document)


class TestInShort:
    """`GET /llms.txt`: what a program that reads needs to know."""

    def test_it_is_short(self, client: FlaskClient) -> None:
        response = client.get("/llms.txt")
        assert (response.status_code, response.mimetype) == (200, "text/plain")
        assert len(response.data) < 3_100

    def test_every_path_that_it_names_is_there(self, client: FlaskClient) -> None:
        named = set(re.findall(r"/v1/[\w/-]+(?:\{\w+\})?", client.get("/llms.txt").text))
        paths = client.get("/openapi.json").json["paths"]
        assert named <= {path.rstrip("/") for path in paths}
