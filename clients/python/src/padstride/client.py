"""The clients: one that waits for answers, one that is awaited. Every method is a function of `calls`."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from functools import partial, wraps
from inspect import Parameter, Signature, signature
from types import MethodType, TracebackType
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeVar, get_args, overload

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
        self._function = _method_of(make)

    @overload
    def __get__(self, client: None, kind: type) -> Callable[Concatenate[Any, Given], Any]: ...
    @overload
    def __get__(self, client: "Client", kind: type) -> Callable[Given, Answer]: ...
    @overload
    def __get__(self, client: "AsyncClient", kind: type) -> Callable[Given, Awaitable[Answer]]: ...

    def __get__(self, client: "Client | AsyncClient | None", kind: type) -> Any:
        """The method of a client."""
        return self._function if client is None else MethodType(self._function, client)


def _method_of(make: Callable[Given, Call[Any]]) -> Callable[Concatenate[Any, Given], Any]:
    """A method that sends what `make` makes, with its name, its words and its signature, every option by its name."""

    @wraps(make)
    def method(client: Any, /, *given: Given.args, **named: Given.kwargs) -> Any:
        return client.send(make(*given, **named))

    made = signature(make)
    first = Parameter("self", Parameter.POSITIONAL_OR_KEYWORD)
    parameters = [first, *(each for parameter in made.parameters.values() for each in _named(parameter))]
    method.__signature__ = Signature(parameters, return_annotation=_answer_of(made.return_annotation))  # type: ignore[attr-defined]
    return method


def _named(parameter: Parameter) -> Iterator[Parameter]:
    """A parameter; in place of `**options` each of them."""
    if parameter.kind is not Parameter.VAR_KEYWORD:
        yield parameter
        return
    (options,) = get_args(parameter.annotation)
    for name, annotation in options.__annotations__.items():
        yield Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def _answer_of(annotation: Any) -> Any:
    """What a call is answered with."""
    if isinstance(annotation, str):
        return annotation.removeprefix("Call[").removesuffix("]")
    return get_args(annotation)[0]


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
    """The same as `Client`, for `async with` and `await`.

    Connections are kept as long as the loop runs that they were made in: each `asyncio.run` makes its own. Those that
    are open when a loop ends are left to Python; `async with` closes them.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        key: str | None = None,
        language: str | None = None,
        timeout: float | httpx.Timeout = TIMEOUT,
    ) -> None:
        base, headers = address(url), headers_of(key, language)
        self._opened = partial(httpx.AsyncClient, base_url=base, headers=headers, timeout=timeout)
        self._http = self._opened()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def send(self, call: Call[Answer]) -> Answer:
        """The answer to a call."""
        http = self._connected()
        tries, request = Tries(http.base_url), request_of(call)
        while True:
            outcome = await _tried(http, request)
            pause = tries.pause_after(outcome)
            if pause is None:
                return answer_of(call, outcome)
            await asyncio.sleep(pause)

    def _connected(self) -> httpx.AsyncClient:
        """The connections of the loop that runs; those of a loop that has ended cannot be used any more."""
        loop = asyncio.get_running_loop()
        if self._loop is not None and self._loop is not loop:
            self._http = self._opened()
        self._loop = loop
        return self._http

    async def close(self) -> None:
        """Closes its connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


async def _tried(http: httpx.AsyncClient, request: Mapping[str, Any]) -> Outcome:
    try:
        return await http.request(**request)
    except httpx.RequestError as error:
        return error
