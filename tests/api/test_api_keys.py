"""API keys: who shows none is refused, where the settings name any."""

import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service import check_settings
from service.openapi import ENDPOINTS
from service.openapi.http import takes_key
from service.operations.shared.operation import Endpoint

Document = dict[str, Any]
Problem = Callable[[TestResponse, int], Document]
Limited = Callable[..., FlaskClient]

KEY, OTHER = "a-key-of-someone", "caf\u00e9 and more"
QUESTION = {"input_size": 6, "layer": {"type": "conv1d", "kernel_size": 3}}


def digest(key: str) -> str:
    return sha256(key.encode()).hexdigest()


@pytest.fixture
def locked(limited: Limited) -> FlaskClient:
    """A client of a service that takes two keys."""
    return limited(api_keys=f"{digest(KEY)}, {digest(OTHER).upper()},")


def asked(client: FlaskClient, **headers: str) -> TestResponse:
    return client.post("/v1/output-size", json=QUESTION, headers=headers)


class TestKeys:
    """A service that takes keys."""

    @pytest.mark.parametrize(
        "headers",
        [
            {"Authorization": f"Bearer {KEY}"},
            {"Authorization": f"bearer  {KEY} "},
            {"X-API-Key": KEY},
            {"X-API-Key": OTHER.encode().decode("latin-1")},
            {"Authorization": "Basic abc", "X-API-Key": KEY},
        ],
    )
    def test_a_known_key_is_taken(self, locked: FlaskClient, headers: dict[str, str]) -> None:
        assert asked(locked, **headers).status_code == 200

    @pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic YTpi"}, {"Authorization": ""}])
    def test_none_is_asked_for(self, locked: FlaskClient, problem: Problem, headers: dict[str, str]) -> None:
        response = asked(locked, **headers)
        assert "Authorization: Bearer" in problem(response, 401)["detail"]
        assert response.headers["WWW-Authenticate"] == 'Bearer realm="padstride"'

    @pytest.mark.parametrize(
        "headers",
        [
            {"X-API-Key": ""},
            {"X-API-Key": KEY[:-1]},
            {"X-API-Key": f"{KEY},{KEY}"},
            {"X-API-Key": digest(KEY)},
            {"X-API-Key": "\u00ff"},
            {"Authorization": "Bearer"},
            {"Authorization": f"Bearer {KEY}x"},
            {"Authorization": "Bearer wrong", "X-API-Key": KEY},
        ],
    )
    def test_another_is_refused_and_not_repeated(
        self, locked: FlaskClient, problem: Problem, headers: dict[str, str]
    ) -> None:
        response = asked(locked, **headers)
        document = problem(response, 401)
        assert KEY not in str(document)
        assert response.headers["WWW-Authenticate"] == 'Bearer realm="padstride", error="invalid_token"'

    @pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: f"{endpoint.method} {endpoint.path}")
    def test_only_health_and_pages_are_open(self, locked: FlaskClient, endpoint: Endpoint) -> None:
        response = locked.open(endpoint.example_path, method=endpoint.method.upper())
        assert (response.status_code == 401) is takes_key(endpoint)
        health = {"checkHealth", "checkReadiness", "serverLive", "serverReady"}
        pages = {"explorerPage", "docsPage", "listDiagnostics", "getDiagnostic"}
        texts = {"getOpenapiJson", "getOpenapiYaml", "getLlmsText"}
        assert takes_key(endpoint) is (endpoint.name not in health | pages | texts)

    @pytest.mark.parametrize("path", ["/nowhere", "/docsx", "/healthz/x", "/v1//diagnostics", "/v2/health/live/"])
    def test_paths_that_do_not_exist_are_not_told_apart(self, locked: FlaskClient, problem: Problem, path: str) -> None:
        assert locked.get(path).status_code == 401

    def test_the_page_loads_without_one(self, locked: FlaskClient) -> None:
        for path in ("/", "/page/app.js", "/docs/start.js", "/docs/swagger-ui.css"):
            response = locked.get(path)
            assert response.status_code < 400
            response.close()

    def test_in_inference_the_error_is_a_text(self, locked: FlaskClient) -> None:
        response = locked.get("/v2/models/conv2d")
        assert response.status_code == 401
        assert response.json.keys() == {"error"}
        assert response.headers["WWW-Authenticate"].startswith("Bearer ")

    def test_what_is_kept_is_kept_by_the_caller_alone(self, locked: FlaskClient) -> None:
        headers = {"X-API-Key": KEY}
        response = locked.get("/v1/layers", headers=headers)
        assert response.headers["Cache-Control"] == "private, max-age=300"
        etag = {"If-None-Match": response.headers["ETag"]}
        assert locked.get("/v1/layers", headers=etag).status_code == 401
        assert locked.get("/v1/layers", headers=etag | headers).status_code == 304

    def test_limits_do_not_show_them(self, locked: FlaskClient) -> None:
        text = locked.get("/v1/limits", headers={"X-API-Key": KEY}).text
        assert digest(KEY) not in text
        assert "api_keys" not in text


class TestSettings:
    """Where the digests stand."""

    def test_a_file_may_have_them(self, limited: Limited, tmp_path: Path) -> None:
        file = tmp_path / "keys"
        file.write_text(f"# who has which\n{digest(KEY)}  # the batch job\n\n{digest(OTHER)}\n", encoding="ascii")
        client = limited(api_keys_file=file, api_keys=digest("third"))
        assert asked(client).status_code == 401
        for key in (KEY, "third"):
            assert asked(client, **{"X-API-Key": key}).status_code == 200

    @pytest.mark.parametrize("name", ["api_keys", "api_keys_file"])
    def test_an_empty_setting_is_none(self, limited: Limited, name: str) -> None:
        assert asked(limited(**{name: ""})).status_code == 200

    @pytest.mark.parametrize("value", [KEY, digest(KEY)[:-1], f"{digest(KEY)};{digest(OTHER)}", "caf\u00e9" * 16])
    def test_what_is_no_digest_is_a_mistake_that_does_not_show_it(
        self, monkeypatch: pytest.MonkeyPatch, value: str
    ) -> None:
        monkeypatch.setenv("PADSTRIDE_API_KEYS", value)
        [mistake] = check_settings.mistakes()
        assert mistake.variable == "PADSTRIDE_API_KEYS"
        assert value not in str(mistake)
        assert "allowed is SHA-256 digests of keys" in str(mistake)

    @pytest.mark.parametrize("content", [None, b"", b"# nobody\n", b"key\n", b"\xff\xfe", b"a" * 2**21])
    def test_a_file_that_has_none_is_a_mistake(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None
    ) -> None:
        file = tmp_path / "keys"
        if content is not None:
            file.write_bytes(content)
        monkeypatch.setenv("PADSTRIDE_API_KEYS_FILE", str(file))
        [mistake] = check_settings.mistakes()
        assert (mistake.variable, mistake.value) == ("PADSTRIDE_API_KEYS_FILE", str(file))
        assert "allowed is a readable file" in str(mistake)


def test_the_command_makes_a_key_and_its_digest() -> None:
    command = [sys.executable, "-m", "service.make_key"]
    outputs = [subprocess.run(command, check=True, capture_output=True, text=True).stdout for _ in range(2)]
    assert outputs[0] != outputs[1]
    for output in outputs:
        words = dict(line.split() for line in output.splitlines())
        assert digest(words["key"]) == words["digest"]
        assert len(words["key"]) >= 43
