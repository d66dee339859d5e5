"""The clients against the real service: every endpoint, arrays, errors, retries."""

import asyncio
import json
import pickle
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
import numpy as np
import pytest
import yaml
from padstride import AsyncClient, Busy, Client, Model, PadstrideError, Refused, Unreachable
from padstride.client import Endpoints
from padstride.npy import packed, unpacked

OPENAPI = Path(__file__).parents[3] / "openapi.yaml"
CONV = {"type": "conv2d", "kernel_size": 3, "stride": 2}
PROBLEM = {"Content-Type": "application/problem+json"}
OTHER_CLIENTS = ("/v2", "/docs", "/llms.txt", "/openapi", "/metrics", "/healthz")
"""Paths for other programs: clients of the Open Inference Protocol, browsers, monitors."""


def test_the_tutorials_example_has_its_true_size(client: Client) -> None:
    answer = client.output_size(CONV, input_size=6)
    assert answer.output_size == [2, 2]
    assert answer.axes[0].formula == "floor((6 + 0 + 0 - 1*(3 - 1) - 1) / 2) + 1 = 2"


def test_padding_is_solved_and_written_for_each_framework(client: Client) -> None:
    answer = client.padding(CONV, input_size=6, output_size=3)
    assert (answer.solvable, answer.padding) == (True, [[1, 1], [1, 1]])
    assert set(answer.written or {}) == {"pytorch", "keras", "onnx", "jax"}


def test_combinations_are_listed(client: Client) -> None:
    answer = client.solve({"type": "conv1d"}, input_size=8, output_size=4, unknown=["kernel_size", "stride"])
    assert {"kernel_size": 2, "stride": 2} in answer.solutions


def test_frameworks_are_compared(client: Client) -> None:
    answer = client.compare({"type": "conv1d", "kernel_size": 2, "stride": 2, "padding": "same"}, input_size=5)
    assert [name for name, verdict in answer.frameworks.items() if not verdict.accepted] == ["pytorch"]


def test_layers_are_judged_as_a_network(client: Client) -> None:
    layers = [{"type": "conv2d", "out_channels": 8, "kernel_size": 3}, {"type": "linear", "in_features": 9}]
    report = client.validate(layers, input_shape=[1, 3, 8, 8])
    assert not report.valid
    assert report.layers[0].output_shape == [1, 8, 6, 6]


def test_a_source_file_is_judged(client: Client, broken: Path) -> None:
    report = client.validate(Model.of_file(broken), input_shape=[1, 3, 32, 32])
    error = report.diagnostics[0]
    assert (error.name, error.source and error.source.line) == ("channel-mismatch", 8)


def test_a_text_is_judged(client: Client, broken: Path) -> None:
    report = client.validate(Model(source=broken.read_text(), entry="Net"), input_shape=[1, 3, 32, 32])
    assert [error.name for error in report.diagnostics] == ["channel-mismatch"]


def test_input_sizes_are_found(client: Client) -> None:
    answer = client.input_sizes([{"type": "conv2d", "out_channels": 1, "kernel_size": 5}], channels=1)
    assert answer.axes[0].minimum == 5


def test_a_model_is_read(client: Client, sound: Path) -> None:
    answer = client.read(Model.of_file(sound), input_shape=[1, 3, 32, 32])
    assert [layer["type"] for layer in answer.network["layers"]] == ["Conv2d", "BatchNorm2d", "Conv2d"]


def test_ten_thousand_sizes_are_one_call(client: Client) -> None:
    items = [{"layer": CONV, "input_size": [size, size + 1]} for size in range(7, 10_007)]
    results = client.batch("output-size", items, detail="sizes").results
    assert results[0].body["output_size"] == [3, 3]
    assert len(results) == 10_000


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64"])
def test_arrays_are_convolved(client: Client, dtype: str) -> None:
    image = np.arange(2 * 5 * 7).reshape(1, 2, 5, 7).astype(dtype)
    weight = np.arange(3 * 2 * 3 * 3).reshape(3, 2, 3, 3).astype(dtype) - 20
    output = client.convolve(image, weight, layer={"padding": 1})
    padded = np.pad(image, ((0, 0), (0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (2, 3))
    assert output.dtype == dtype
    np.testing.assert_array_equal(output, np.einsum("nchwij,ocij->nohw", windows, weight))


def test_arrays_in_columns_keep_their_order(client: Client) -> None:
    image = np.asfortranarray(np.arange(12.0).reshape(3, 4))
    output = client.convolve(image, np.array([[1.0]]))
    np.testing.assert_array_equal(output, image)


@pytest.mark.parametrize(
    "array",
    [
        np.array(3.5),
        np.zeros((0, 3)),
        np.asfortranarray(np.arange(12.0).reshape(3, 4)),
        np.arange(24).reshape(2, 3, 4)[:, ::2, ::-1],
        np.array([[True, False]]),
    ],
    ids=str,
)
def test_an_array_travels_as_the_file_that_numpy_writes(array: np.ndarray) -> None:
    written = BytesIO()
    np.save(written, array)
    assert packed(array) == written.getvalue()
    np.testing.assert_array_equal(unpacked(packed(array)), array)


@pytest.mark.parametrize("dtype", [">f4", ">f8", ">i2"])
def test_arrays_whose_greatest_byte_comes_first_are_turned_around(client: Client, dtype: str) -> None:
    image = np.arange(12).reshape(3, 4).astype(dtype)
    output = client.convolve(image, np.array([[1]], dtype))
    np.testing.assert_array_equal(output, image)
    assert output.dtype.isnative
    columns = np.asfortranarray(image)
    np.testing.assert_array_equal(unpacked(packed(columns)), image)


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.array([{}]), "an array of Python objects cannot be sent"),
        ([[1, 2], [3]], "they have different lengths"),
        (np.ma.masked_array([1.0, 2.0], mask=[True, False]), "an array with a mask cannot be sent"),
    ],
    ids=["objects", "lists", "mask"],
)
def test_what_is_no_array_of_numbers_does_not_travel(array: Any, said: str) -> None:
    with pytest.raises(PadstrideError, match=said):
        packed(array)


def test_an_output_is_explained(client: Client) -> None:
    answer = client.explain([1, 2, 3], [1, -1], positions=[[1]])
    assert answer.explain is not None
    assert answer.explain[0].window == [2, 3]


def test_the_catalogue_is_there(client: Client) -> None:
    assert "conv2d" in [row.type for row in client.layers().layers]
    assert client.layer_kind("conv2d").rank == 2
    assert client.diagnostic("channel-mismatch").code == "S203"
    assert client.limits().limits["max_layers"].value > 0
    assert client.frameworks().frameworks
    assert client.diagnostics().diagnostics
    assert client.ready()


def test_every_path_has_a_method() -> None:
    document = yaml.safe_load(OPENAPI.read_text())
    paths = {path for path in document["paths"] if path != "/" and not path.startswith(OTHER_CLIENTS)}
    examples: dict[str, tuple[Any, ...]] = {"layer_kind": ("{type}",), "diagnostic": ("{name}",)}
    questions: dict[str, tuple[Any, dict[str, Any]]] = {
        "solve": (({},), {"output_size": 1, "unknown": []}),
        "padding": (({},), {"input_size": 1, "output_size": 1}),
        "batch": (("output-size", []), {}),
        "read": ((Model(source=""),), {}),
        "write": (([],), {"format": "keras"}),
        "explain": (([1],), {"positions": []}),
        "convolve": (([1],), {}),
    }
    asked = set()
    for name, method in vars(Endpoints).items():
        if hasattr(method, "make"):
            takes_layer = name in ("output_size", "compare", "validate", "input_sizes")
            positional, named = questions.get(name, (examples.get(name, ({},) if takes_layer else ()), {}))
            asked.add(method.make(*positional, **named).path)
    assert asked == paths


def test_a_network_is_written_for_another_framework(client: Client, sound: Path) -> None:
    answer = client.write(Model.of_file(sound), format="keras", input_shape=[1, 3, 32, 32])
    assert answer.source is not None
    assert "layers.Conv2D(16, 3" in answer.source
    assert answer.report is not None
    assert answer.report.valid


def test_a_refusal_carries_its_reasons(client: Client) -> None:
    with pytest.raises(Refused) as caught:
        client.output_size({"type": "conv2d", "kernel_size": 3, "strid": 2}, input_size=6)
    assert (caught.value.status, caught.value.diagnostics[0].name) == (422, "unknown-parameter")
    assert "strid" in str(caught.value)


def test_a_refusal_says_what_to_do_also_in_another_process(client: Client, sound: Path) -> None:
    with pytest.raises(Refused) as caught:
        client.validate(Model.of_file(sound))
    assert str(caught.value).endswith("[M801]; post `input_shape`, such as [1, 3, 224, 224]")
    again = _pickled(caught.value)
    assert (type(again), str(again), again.findings) == (Refused, str(caught.value), caught.value.findings)
    assert type(_pickled(Busy(503, {"detail": "full"}))) is Busy


def _pickled(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))  # noqa: S301 - its own bytes


def test_numbers_and_arrays_of_numpy_are_members(client: Client) -> None:
    layer = {"type": "conv2d", "kernel_size": np.int64(3), "stride": np.array([2, 1])}
    assert client.output_size(layer, input_size=np.int64(6)).output_size == [2, 4]
    assert client.output_size(layer, input_size=np.array([6, 7])).output_size == [2, 5]
    assert client.output_size(MappingProxyType(layer), input_size=6).output_size == [2, 4]
    assert client.explain(np.eye(3), np.eye(2), positions=np.array([[0, 0]])).explain
    image = np.ones((1, 4, 4))
    assert client.convolve(image, np.ones((1, 1, 2, 2)), layer={"stride": np.int64(2)}).shape == (1, 2, 2)


def test_what_is_made_one_by_one_can_be_asked_again(slept: list[float]) -> None:
    transport, asked = _answering(httpx.Response(503), httpx.Response(200, json={"results": []}))
    _client_of(transport).batch("output-size", ({"input_size": size} for size in (5, 6)))
    assert [json.loads(request.content)["items"] for request in asked] == [[{"input_size": 5}, {"input_size": 6}]] * 2


@pytest.mark.parametrize("value", [object(), b"bytes", {("a", "b"): 1}], ids=["object", "bytes", "key"])
def test_what_json_does_not_have_is_told(client: Client, value: object) -> None:
    with pytest.raises(PadstrideError, match="cannot be sent as JSON"):
        client.output_size({"type": "conv2d", "kernel_size": value}, input_size=6)


def test_a_name_is_never_another_path(client: Client) -> None:
    for name in ("../limits", "conv2d?x=1", "conv2d#"):
        with pytest.raises(Refused, match="there is no"):
            client.layer_kind(name)


@pytest.mark.parametrize("url", ["http://[::1", "http://exämple..org"])
def test_what_is_no_address_is_told(url: str) -> None:
    with pytest.raises(PadstrideError, match="is not the address of a service"):
        Client(url)


def test_a_key_and_a_language_that_cannot_travel_are_told() -> None:
    for options in ({"key": "ключ"}, {"key": "a\n"}, {"language": "中"}):
        with pytest.raises(PadstrideError, match="has other characters than printable ASCII"):
            Client(**options)


def test_nobody_there_is_said() -> None:
    with Client("http://127.0.0.1:9") as client, pytest.raises(Unreachable, match="nothing answers"):
        client.limits()


def _answering(*answers: httpx.Response) -> tuple[httpx.MockTransport, list[httpx.Request]]:
    asked: list[httpx.Request] = []
    waiting = iter(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return next(waiting)

    return httpx.MockTransport(answer), asked


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses between tries, in which nobody sleeps."""
    pauses: list[float] = []
    monkeypatch.setattr("padstride.client.time.sleep", pauses.append)
    return pauses


def _client_of(transport: httpx.MockTransport) -> Client:
    client = Client("http://test")
    client._http = httpx.Client(transport=transport, base_url="http://test")
    return client


def _in(wait: str | int) -> bytes:
    """A word as it is; seconds from now as a date."""
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=wait), usegmt=True) if isinstance(wait, int) else wait
    return date.encode()


@pytest.mark.parametrize("status", [429, 502, 503, 504])
@pytest.mark.parametrize(
    ("asked_for", "least", "most"), [("2", 2, 2), (20, 5, 20), (-9, 0, 0.1), ("²", 0, 0.1), ("soon", 0, 0.1)]
)
def test_a_service_that_is_busy_or_restarts_is_asked_again_after_as_long_as_it_says(
    status: int, asked_for: str | int, least: float, most: float, slept: list[float]
) -> None:
    busy = httpx.Response(status, headers={"Retry-After": _in(asked_for)})
    transport, asked = _answering(busy, httpx.Response(200, json={"limits": {}}))
    assert _client_of(transport).limits().limits == {}
    assert len(asked) == 2
    assert least <= slept[0] <= most


@pytest.mark.parametrize("asked_for", ["31", 3600])
def test_a_service_that_asks_for_a_long_pause_is_not_asked_too_early(asked_for: str | int, slept: list[float]) -> None:
    headers = [*PROBLEM.items(), ("Retry-After", _in(asked_for).decode())]
    transport, asked = _answering(httpx.Response(503, headers=headers, json={}))
    with pytest.raises(Busy):
        _client_of(transport).limits()
    assert (len(asked), slept) == (1, [])


def test_a_service_that_stays_busy_is_given_up(slept: list[float]) -> None:
    transport, asked = _answering(*(httpx.Response(503, headers=PROBLEM, json={"detail": "busy"}) for _ in range(9)))
    with pytest.raises(Busy, match="busy"):
        _client_of(transport).limits()
    assert (len(asked), len(slept)) == (5, 4)


def test_a_proxy_that_never_reaches_the_service_is_told(slept: list[float]) -> None:
    transport, asked = _answering(*(httpx.Response(502, html="<html>") for _ in range(9)))
    with pytest.raises(Unreachable, match="gives 502 Bad Gateway"):
        _client_of(transport).limits()
    assert (len(asked), len(slept)) == (5, 4)


@pytest.mark.parametrize(
    "content", [b"{", b"[1]", b"null", b"\xff", b'{"errors": [{"code": 1}]}', b'{"errors": {"no": 1}}'], ids=repr
)
@pytest.mark.parametrize(("status", "kind"), [(422, Refused), (503, Busy)])
def test_a_broken_problem_document_is_told_as_another_programs(
    content: bytes, status: int, kind: type[Refused], slept: list[float]
) -> None:
    transport, _ = _answering(*(httpx.Response(status, headers=PROBLEM, content=content) for _ in range(9)))
    with pytest.raises(kind, match="does not answer as Padstride does"):
        _client_of(transport).limits()


def test_bytes_that_cannot_be_unpacked_are_told() -> None:
    transport, asked = _answering(httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=Damaged()))
    with pytest.raises(Unreachable, match="cannot be unpacked"):
        _client_of(transport).limits()
    assert len(asked) == 1


class Damaged(httpx.SyncByteStream):
    """No gzip."""

    def __iter__(self) -> Iterator[bytes]:
        """Its bytes."""
        yield b"not gzip"


def test_an_answer_that_takes_too_long_is_not_asked_for_again() -> None:
    asked: list[httpx.Request] = []

    def late(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        raise httpx.ReadTimeout("late", request=request)

    client = Client("http://test")
    client._http = httpx.Client(transport=httpx.MockTransport(late), base_url="http://test")
    with pytest.raises(Unreachable, match="has not answered in time"):
        client.limits()
    assert len(asked) == 1


def test_a_refusal_knows_the_file_that_it_is_about(client: Client, sound: Path) -> None:
    with pytest.raises(Refused) as caught:
        client.validate(Model.of_file(sound))
    (finding,) = caught.value.findings
    assert (finding.place.path, finding.place.line) == (sound, 11)


def test_the_address_and_the_key_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PADSTRIDE_URL", "http://elsewhere:1/")
    monkeypatch.setenv("PADSTRIDE_API_KEY", "secret")
    client = Client()
    assert str(client._http.base_url) == "http://elsewhere:1"
    assert client._http.headers["X-API-Key"] == "secret"


def test_many_questions_are_awaited_together(url: str) -> None:
    async def sizes() -> list[Any]:
        async with AsyncClient(url) as client:
            answers = await asyncio.gather(*(client.output_size(CONV, input_size=size) for size in range(5, 25)))
        return [answer.output_size[0] for answer in answers]

    assert asyncio.run(sizes()) == [(size - 3) // 2 + 1 for size in range(5, 25)]


def test_one_client_serves_several_loops(url: str) -> None:
    client = AsyncClient(url)

    async def size() -> Any:
        first, second = await asyncio.gather(*(client.output_size(CONV, input_size=each) for each in (6, 8)))
        return first.output_size, second.output_size

    assert [asyncio.run(size()) for _ in range(3)] == [([2, 2], [3, 3])] * 3

    async def closed() -> None:
        async with client:
            await client.ready()

    asyncio.run(closed())


def test_answers_with_members_that_are_not_known_yet_are_read() -> None:
    from padstride.answers import LimitsAnswer

    assert LimitsAnswer.model_validate_json(json.dumps({"limits": {}, "later": 1})).limits == {}
