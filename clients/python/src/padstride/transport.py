"""How calls travel: addresses, headers, forms, retries. The same for both clients."""

import json
import os
import random
from collections.abc import Iterator
from typing import Any

import httpx

from padstride.calls import Answer, Call
from padstride.errors import Busy, Refused, Unreachable
from padstride.reports import NetworkReport

DEFAULT_URL = "http://127.0.0.1:8000"
TIMEOUT = httpx.Timeout(60.0, connect=5.0)
RETRIES = 4
"""How often a call is sent again that the service was too busy for, or that did not get through."""
LONGEST_WAIT = 30.0
"""Seconds before another try, at most, whatever the service asks for."""
BUSY = (429, 503)


def address(url: str | None) -> str:
    """Where the service is: as given, else as `PADSTRIDE_URL` says, else on this machine."""
    return (url or os.environ.get("PADSTRIDE_URL") or DEFAULT_URL).rstrip("/")


def headers_of(key: str | None, language: str | None) -> dict[str, str]:
    """What every request says: the API key, given or from `PADSTRIDE_API_KEY`, and the language of messages."""
    key = key or os.environ.get("PADSTRIDE_API_KEY")
    headers = {"X-API-Key": key} if key else {}
    return headers | ({"Accept-Language": language} if language else {})


def request_of(call: Call[Any]) -> dict[str, Any]:
    """A call as httpx takes it."""
    headers = {"Accept": call.accept}
    request: dict[str, Any] = {"method": call.method, "url": call.path, "headers": headers}
    if call.parts:
        body = (None, json.dumps(call.body).encode(), "application/json")
        return request | {"files": {"request": body, **call.parts}}
    if call.body is not None:
        headers["Content-Type"] = "application/json"
        return request | {"content": json.dumps(call.body).encode()}
    return request


def answer_of(call: Call[Answer], response: httpx.Response | httpx.TransportError) -> Answer:
    """What a call asked for.

    Raises:
        Refused: with the service's reasons.
        Busy: where it had too much to do.
    """
    assert isinstance(response, httpx.Response)
    if response.is_success:
        answer = call.read(response.content)
        if isinstance(answer, NetworkReport):
            answer.located(call.origin, str(response.url).removesuffix(call.path))
        return answer
    try:
        document = response.json()
    except ValueError:
        document = {"detail": f"{call.path} answered {response.status_code} {response.reason_phrase}"}
    raise (Busy if response.status_code in BUSY else Refused)(response.status_code, document)


class Tries:
    """Decides after each try of a call whether there is another: the same for both clients."""

    def __init__(self, url: object) -> None:
        self._url = url
        self._waits = waits()

    def pause_after(self, outcome: httpx.Response | httpx.TransportError) -> float | None:
        """Seconds to pause before another try; None where the outcome is the last.

        Raises:
            Unreachable: where no further try would help.
        """
        if isinstance(outcome, httpx.ConnectError):
            raise Unreachable(f"nothing answers at {self._url}") from outcome
        wait = next(self._waits, None)
        if isinstance(outcome, httpx.TransportError):
            if wait is None:
                raise Unreachable(f"{self._url} does not answer: {outcome!r}") from outcome
            return wait
        if wait is None or outcome.status_code not in BUSY:
            return None
        asked = outcome.headers.get("Retry-After", "")
        return min(max(float(asked), wait), LONGEST_WAIT) if asked.isdigit() else wait


def waits() -> Iterator[float]:
    """Seconds before each further try: more each time, and not the same for all callers."""
    for attempt in range(RETRIES):
        yield min(0.1 * 2**attempt, LONGEST_WAIT) * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
