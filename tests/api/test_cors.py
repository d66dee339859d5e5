"""CORS: pages of which origins may ask, and read the answers."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from service import check_settings
from tests.api.test_api_keys import KEY, QUESTION, digest

Limited = Callable[..., FlaskClient]

HERE, THERE = "https://app.example.org", "http://localhost:3000"
LIST = f"{HERE}, {THERE.upper()}"
ASKS = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type,x-api-key"}
PREFIX = "Access-Control-"


def marks(headers: dict[str, str]) -> set[str]:
    """What an answer says to browsers of other origins."""
    return {name for name in headers.keys() if name.startswith(PREFIX)}  # noqa: SIM118 - not a dictionary


def test_without_the_setting_nothing_is_said(client: FlaskClient) -> None:
    for response in (
        client.get("/v1/limits", headers={"Origin": HERE}),
        client.options("/v1/output-size", headers={"Origin": HERE, **ASKS}),
    ):
        assert not marks(response.headers)
        assert "Origin" not in response.headers.get("Vary", "")


@pytest.mark.parametrize("origin", [HERE, THERE])
@pytest.mark.parametrize(("path", "status"), [("/v1/limits", 200), ("/nowhere", 404), ("/v1/output-size", 405)])
def test_a_page_of_a_named_origin_may_read_every_answer(limited: Limited, origin: str, path: str, status: int) -> None:
    response = limited(cors_origins=LIST).get(path, headers={"Origin": origin})
    assert response.status_code == status
    assert response.headers["Access-Control-Allow-Origin"] == origin
    assert "X-Request-ID" in response.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert "Origin" in response.headers["Vary"]


@pytest.mark.parametrize("origin", ["https://example.org", f"{HERE}.evil.org", "null", "", HERE.replace("s:", ":")])
def test_a_page_of_another_origin_may_not(limited: Limited, origin: str) -> None:
    client = limited(cors_origins=LIST)
    for response in (
        client.get("/v1/limits", headers={"Origin": origin}),
        client.options("/v1/output-size", headers={"Origin": origin, **ASKS}),
    ):
        assert not marks(response.headers)
        assert response.headers["Vary"] == "Origin"


def test_caches_are_told_even_where_no_page_asks(limited: Limited) -> None:
    client = limited(cors_origins=LIST)
    response = client.get("/v1/limits")
    assert response.headers["Vary"] == "Origin"
    headers = {"Origin": HERE, "If-None-Match": response.headers["ETag"]}
    unchanged = client.get("/v1/limits", headers=headers)
    assert (unchanged.status_code, unchanged.headers["Access-Control-Allow-Origin"]) == (304, HERE)
    assert unchanged.headers["Vary"] == "Origin"


def test_where_everyone_may_ask_the_answer_is_the_same_for_all(limited: Limited) -> None:
    response = limited(cors_origins="*").get("/v1/limits", headers={"Origin": "https://any.org"})
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Origin" not in response.headers.get("Vary", "")


@pytest.mark.parametrize("setting", [LIST, "*"])
def test_a_preflight_is_answered(limited: Limited, setting: str) -> None:
    client = limited(cors_origins=setting)
    response = client.options("/v1/output-size", headers={"Origin": HERE, **ASKS})
    assert (response.status_code, response.data) == (204, b"")
    assert response.headers["Access-Control-Allow-Methods"] == "OPTIONS, POST"
    taken = response.headers["Access-Control-Allow-Headers"].lower().split(", ")
    assert {"content-type", "x-api-key", "authorization", "x-request-id", "traceparent"} <= set(taken)
    assert int(response.headers["Access-Control-Max-Age"]) > 0
    plain = client.options("/v1/output-size", headers={"Origin": HERE})
    assert marks(plain.headers) == {"Access-Control-Allow-Origin", "Access-Control-Expose-Headers"}


def test_a_preflight_shows_no_key_and_needs_none(limited: Limited) -> None:
    client = limited(cors_origins=LIST, api_keys=digest(KEY))
    assert client.options("/v1/output-size", headers={"Origin": HERE, **ASKS}).status_code == 204
    refused = client.post("/v1/output-size", json=QUESTION, headers={"Origin": HERE})
    assert (refused.status_code, refused.headers["Access-Control-Allow-Origin"]) == (401, HERE)
    asked = client.post("/v1/output-size", json=QUESTION, headers={"Origin": HERE, "X-API-Key": KEY})
    assert asked.status_code == 200


@pytest.mark.parametrize(
    "value",
    [
        "example.org",
        "https://example.org/",
        "https://*.example.org",
        "*,https://a.org",
        "null",
        "https://a b",
        "https://u@a",
    ],
)
def test_what_is_no_origin_is_a_mistake(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PADSTRIDE_CORS_ORIGINS", value)
    [mistake] = check_settings.mistakes()
    assert (mistake.variable, mistake.value) == ("PADSTRIDE_CORS_ORIGINS", value)
    assert "allowed is origins separated by commas" in str(mistake)


@pytest.mark.parametrize("value", ["", "*", " * ", "https://[::1]:8080", "chrome-extension://abcdef", "http://a.org,"])
def test_what_is_one_is_taken(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PADSTRIDE_CORS_ORIGINS", value)
    assert not check_settings.mistakes()
