"""The clients: one that waits for answers, one that is awaited. Every method is a function of `calls`."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import Any, Generic, ParamSpec, Self, TypeVar, overload

import httpx

from padstride import calls
from padstride.calls import Call
from padstride.transport import TIMEOUT, Outcome, Tries, address, answer_of, headers_of, request_of

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


class Method(Generic[Given, Answer]):
    """An endpoint as a method: takes what the function takes that makes its call."""

    def __init__(self, make: Callable[Given, Call[Answer]]) -> None:
        self.make = make
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, client: None, kind: type) -> Self: ...
    @overload
    def __get__(self, client: "Client", kind: type) -> Callable[Given, Answer]: ...
    @overload
    def __get__(self, client: "AsyncClient", kind: type) -> Callable[Given, Awaitable[Answer]]: ...

    def __get__(self, client: "Client | AsyncClient | None", kind: type) -> Any:
        """The method of a client."""
        if client is None:
            return self
        send, make = client.send, self.make

        def method(*given: Given.args, **named: Given.kwargs) -> Any:
            return send(make(*given, **named))

        method.__doc__ = self.__doc__
        return method


class Endpoints:
    """What can be asked."""

    output_size = Method(calls.output_size)
    compare = Method(calls.compare)
    padding = Method(calls.padding)
    solve = Method(calls.solve)
    validate = Method(calls.validate)
    input_sizes = Method(calls.input_sizes)
    read = Method(calls.read)
    write = Method(calls.write)
    batch = Method(calls.batch)
    convolve = Method(calls.convolve)
    explain = Method(calls.explain)
    layers = Method(calls.layers)
    layer_kind = Method(calls.layer_kind)
    frameworks = Method(calls.frameworks)
    diagnostics = Method(calls.diagnostics)
    diagnostic = Method(calls.diagnostic)
    limits = Method(calls.limits)
    ready = Method(calls.ready)


class Client(Endpoints):
    """Asks the service and waits for its answers; connections are kept, and it may be shared by threads.

        with Client() as padstride:
            padstride.output_size({"type": "conv2d", "kernel_size": 3, "stride": 2}, input_size=6).output_size

    `url` is the service's address, else `PADSTRIDE_URL`, else http://127.0.0.1:8000; `key` an API key, else
    `PADSTRIDE_API_KEY`; `language` that of messages, such as "zh"; `timeout` in seconds.

    Raises:
        Refused: the service refuses a question; its `diagnostics` say why.
        Busy: it had too much to do, also after retries.
        Unreachable: it does not answer.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        key: str | None = None,
        language: str | None = None,
        timeout: float | httpx.Timeout = TIMEOUT,
    ) -> None:
        self._http = httpx.Client(base_url=address(url), headers=headers_of(key, language), timeout=timeout)

    def send(self, call: Call[Answer]) -> Answer:
        """The answer to a call."""
        tries, request = Tries(self._http.base_url), request_of(call)
        while True:
            outcome = self._tried(request)
            pause = tries.pause_after(outcome)
            if pause is None:
                return answer_of(call, outcome)
            time.sleep(pause)

    def _tried(self, request: Mapping[str, Any]) -> Outcome:
        try:
            return self._http.request(**request)
        except httpx.RequestError as error:
            return error

    def close(self) -> None:
        """Closes its connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncClient(Endpoints):
    """The same as `Client`, for `async with` and `await`."""

    def __init__(
        self,
        url: str | None = None,
        *,
        key: str | None = None,
        language: str | None = None,
        timeout: float | httpx.Timeout = TIMEOUT,
    ) -> None:
        self._http = httpx.AsyncClient(base_url=address(url), headers=headers_of(key, language), timeout=timeout)

    async def send(self, call: Call[Answer]) -> Answer:
        """The answer to a call."""
        tries, request = Tries(self._http.base_url), request_of(call)
        while True:
            outcome = await self._tried(request)
            pause = tries.pause_after(outcome)
            if pause is None:
                return answer_of(call, outcome)
            await asyncio.sleep(pause)

    async def _tried(self, request: Mapping[str, Any]) -> Outcome:
        try:
            return await self._http.request(**request)
        except httpx.RequestError as error:
            return error

    async def close(self) -> None:
        """Closes its connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
