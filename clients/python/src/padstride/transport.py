"""How calls travel: addresses, headers, forms, retries. The same for both clients."""

import json
import os
import random
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
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
"""Seconds before another try, at most. Where the service asks for more, there is no other try."""
BUSY = (429, 503)
GATEWAY = (502, 504)
"""What a proxy answers that cannot reach the service. A question may be asked again: none changes anything."""
Outcome = httpx.Response | httpx.RequestError
ADDRESS = re.compile(r"https?://[\w.:\[\]@-]*[\w\]](/|$)", re.IGNORECASE)


def address(url: str | None) -> str:
    """Where the service is: as given, else as `PADSTRIDE_URL` says, else on this machine.

    Raises:
        PadstrideError: where that is no address.
    """
    named = url or os.environ.get("PADSTRIDE_URL") or DEFAULT_URL
    try:
        if ADDRESS.match(named) and httpx.URL(named):
            return named.rstrip("/")
    except httpx.InvalidURL:
        pass
    raise PadstrideError(f"{named!r} is not the address of a service; one is written as {DEFAULT_URL}")


def headers_of(key: str | None, language: str | None) -> dict[str, str]:
    """What every request says: the API key, given or from `PADSTRIDE_API_KEY`, and the language of messages.

    Raises:
        PadstrideError: where one of them has characters that cannot travel.
    """
    key = key or os.environ.get("PADSTRIDE_API_KEY")
    said = {"X-API-Key": ("API key", key), "Accept-Language": ("language", language)}
    return {header: _printable(what, text) for header, (what, text) in said.items() if text}


def _printable(what: str, text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    raise PadstrideError(f"the {what} has other characters than printable ASCII")


def request_of(call: Call[Any]) -> dict[str, Any]:
    """A call as httpx takes it.

    Raises:
        PadstrideError: where something in it cannot be sent.
    """
    headers = {"Accept": call.accept}
    request: dict[str, Any] = {"method": call.method, "url": call.path, "headers": headers}
    if call.parts:
        body = (None, _json(call.body), "application/json")
        return request | {"files": {"request": body, **call.parts}}
    if call.body is not None:
        headers["Content-Type"] = "application/json"
        return request | {"content": _json(call.body)}
    return request


def _json(body: object) -> bytes:
    try:
        return json.dumps(body, default=_plain).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise PadstrideError(f"the question cannot be sent as JSON: {error}") from error


def _plain(value: object) -> Any:
    """What JSON has for numbers and arrays of NumPy and its like, for mappings, and for anything that can be listed."""
    listed = getattr(value, "tolist", None)
    if callable(listed):
        return listed()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Iterable) and not isinstance(value, bytes | bytearray | memoryview):
        return list(value)
    raise TypeError(f"a value of the type {type(value).__name__} is none that JSON has")


def answer_of(call: Call[Answer], response: Outcome) -> Answer:
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
    if response.status_code in GATEWAY:
        raise Unreachable(_other(call, response, url))
    refusal = Busy if response.status_code in BUSY else Refused
    try:
        refused = refusal(response.status_code, _document(response))
    except ValueError:
        refused = refusal(response.status_code, {"detail": _other(call, response, url)})
    raise refused.located(call.origin, url)


def _read(call: Call[Answer], response: httpx.Response, url: str) -> Answer:
    try:
        return call.read(response.content)
    except ValueError as error:
        raise Unreachable(_other(call, response, url)) from error


def _document(response: httpx.Response) -> dict[str, Any]:
    """What the service says of an error.

    Raises:
        ValueError: where another program says it, such as a proxy.
    """
    document = response.json()
    if not response.headers.get("Content-Type", "").startswith("application/problem+json"):
        raise ValueError("this is no problem document")
    if not isinstance(document, dict):
        raise ValueError("this is no object")
    return document


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

    def pause_after(self, outcome: Outcome) -> float | None:
        """Seconds to pause before another try; None where the outcome is the last.

        Raises:
            Unreachable: where no further try would help.
        """
        if isinstance(outcome, httpx.ConnectError):
            raise Unreachable(f"nothing answers at {self._url}") from outcome
        if isinstance(outcome, httpx.ReadTimeout):
            raise Unreachable(f"{self._url} has not answered in time") from outcome
        if isinstance(outcome, httpx.DecodingError):
            raise Unreachable(f"{self._url} answers with bytes that cannot be unpacked: {outcome}") from outcome
        wait = next(self._waits, None)
        if isinstance(outcome, httpx.RequestError):
            if wait is None:
                raise Unreachable(f"{self._url} does not answer: {outcome or type(outcome).__name__}") from outcome
            return wait
        if wait is None or outcome.status_code not in BUSY + GATEWAY:
            return None
        longer = max(wait, asked_wait(outcome.headers.get("Retry-After", "")))
        return longer if longer <= LONGEST_WAIT else None


def asked_wait(retry_after: str) -> float:
    """Seconds that `Retry-After` asks for: a number of them, or a date; 0 where it is neither."""
    if re.fullmatch("[0-9]+", retry_after):
        return float(retry_after)
    try:
        until = parsedate_to_datetime(retry_after)
    except ValueError:
        return 0.0
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max((until - datetime.now(UTC)).total_seconds(), 0.0)


def waits() -> Iterator[float]:
    """Seconds before each further try: more each time, and not the same for all callers."""
    for attempt in range(RETRIES):
        yield min(0.1 * 2**attempt, LONGEST_WAIT) * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
