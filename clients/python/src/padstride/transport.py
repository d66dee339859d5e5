"""How calls travel: addresses, headers, forms, retries. The same for both clients."""

import json
import os
import random
import re
from collections.abc import Iterator
from typing import Any

import httpx

from padstride.calls import Answer, Call
from padstride.errors import PadstrideError, Unreachable
from padstride.refusals import Busy, Refused
from padstride.reports import NetworkReport

DEFAULT_URL = "http://127.0.0.1:8000"
TIMEOUT = httpx.Timeout(60.0, connect=5.0)
RETRIES = 4
"""How often a call is sent again that the service was too busy for, or that did not get through."""
LONGEST_WAIT = 30.0
"""Seconds before another try, at most, whatever the service asks for."""
BUSY = (429, 503)
ADDRESS = re.compile(r"https?://[\w.:\[\]@-]*[\w\]](/|$)", re.IGNORECASE)


def address(url: str | None) -> str:
    """Where the service is: as given, else as `PADSTRIDE_URL` says, else on this machine.

    Raises:
        PadstrideError: where that is no address.
    """
    named = url or os.environ.get("PADSTRIDE_URL") or DEFAULT_URL
    if not ADDRESS.match(named):
        raise PadstrideError(f"{named!r} is not the address of a service; one is written as {DEFAULT_URL}")
    return named.rstrip("/")


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
        Unreachable: where another program answers than the service.
    """
    assert isinstance(response, httpx.Response)
    url = str(response.url).removesuffix(call.path)
    if response.is_success:
        answer = _read(call, response, url)
        if isinstance(answer, NetworkReport):
            answer.located(call.origin, url)
        return answer
    refusal = Busy if response.status_code in BUSY else Refused
    raise refusal(response.status_code, _document(call, response, url)).located(call.origin, url)


def _read(call: Call[Answer], response: httpx.Response, url: str) -> Answer:
    try:
        return call.read(response.content)
    except ValueError as error:
        raise Unreachable(_other(call, response, url)) from error


def _document(call: Call[Any], response: httpx.Response, url: str) -> dict[str, Any]:
    """What the service says of an error; of another program, such as a proxy, what it answers."""
    if response.headers.get("Content-Type", "").startswith("application/problem+json"):
        document: dict[str, Any] = response.json()
        return document
    return {"detail": _other(call, response, url)}


def _other(call: Call[Any], response: httpx.Response, url: str) -> str:
    to = response.headers.get("Location")
    pointed = f", and points to {to}" if to else ""
    answered = f"{response.status_code} {response.reason_phrase}".rstrip()
    return f"{url} does not answer as Padstride does: {call.method} {call.path} gives {answered}{pointed}"


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
        if isinstance(outcome, httpx.ReadTimeout):
            raise Unreachable(f"{self._url} has not answered in time") from outcome
        wait = next(self._waits, None)
        if isinstance(outcome, httpx.TransportError):
            if wait is None:
                raise Unreachable(f"{self._url} does not answer: {outcome or type(outcome).__name__}") from outcome
            return wait
        if wait is None or outcome.status_code not in BUSY:
            return None
        asked = outcome.headers.get("Retry-After", "")
        return min(max(float(asked), wait), LONGEST_WAIT) if asked.isdigit() else wait


def waits() -> Iterator[float]:
    """Seconds before each further try: more each time, and not the same for all callers."""
    for attempt in range(RETRIES):
        yield min(0.1 * 2**attempt, LONGEST_WAIT) * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
