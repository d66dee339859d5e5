"""A worker of gunicorn as it is deployed: bodies that come in pieces, and what never reaches the application."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from time import sleep

import numpy as np
import pytest

Talk = Callable[..., list[tuple[int, dict[str, str], bytes]]]

REPOSITORY = Path(__file__).parents[2]
INFER = "/v2/models/max_pool2d/infer"
HEAD_LENGTH = "Inference-Header-Content-Length"
IMAGE = np.arange(900_000, dtype=np.float32).reshape(1, 1, 900, 1000)
HEAD = json.dumps(
    {
        "inputs": [
            {
                "name": "input",
                "shape": IMAGE.shape,
                "datatype": "FP32",
                "parameters": {"binary_data_size": IMAGE.nbytes},
            }
        ],
        "parameters": {"kernel_size": 1, "binary_data_output": True},
    }
).encode()
QUESTION = b'{"input_size": 6, "layer": {"type": "conv1d", "kernel_size": 3}}'


def post(path: str, body: bytes, *fields: str, length: int | None = None) -> bytes:
    """The bytes of a request."""
    content_length = f"Content-Length: {len(body) if length is None else length}"
    return "\r\n".join([f"POST {path} HTTP/1.1", "Host: localhost", content_length, *fields, "\r\n"]).encode() + body


def question(*fields: str) -> bytes:
    return post("/v1/output-size", QUESTION, "Content-Type: application/json", *fields)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a server with one worker, which must not be restarted during the tests."""
    log = tmp_path_factory.mktemp("server") / "log"
    with closing(socket.create_server(("127.0.0.1", 0))) as reserved:
        free_port = reserved.getsockname()[1]
    environment = {**os.environ, "HOST": "127.0.0.1", "PORT": str(free_port), "WEB_CONCURRENCY": "1"}
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"]
    with log.open("w") as stream:
        process = subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=stream, stderr=stream)
    try:
        wait_for(free_port)
        yield free_port
    finally:
        process.terminate()
        process.wait()
    log_text = log.read_text()
    assert log_text.count("Booting worker") == 1, log_text
    assert "unexpected error" not in log_text


def wait_for(port: int) -> None:
    """Wait until somebody listens."""
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            sleep(0.1)
        else:
            return
    pytest.fail("the server does not listen")


@pytest.fixture
def talk(port: int) -> Talk:
    """`talk(*pieces)` sends the pieces in order and returns every response: status, headers, body."""

    def send(*pieces: bytes) -> list[tuple[int, dict[str, str], bytes]]:
        with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
            for piece in pieces:
                connection.sendall(piece)
                sleep(0.02)
            connection.shutdown(socket.SHUT_WR)
            return responses_in(b"".join(iter(lambda: connection.recv(2**16), b"")))

    return send


def responses_in(data: bytes) -> list[tuple[int, dict[str, str], bytes]]:
    """The responses on a connection: status, headers, body."""
    responses = []
    while data:
        head, _, rest = data.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        length = int(headers["Content-Length"])
        responses.append((int(first.split()[1]), headers, rest[:length]))
        data = rest[length:]
    return responses


@pytest.mark.parametrize("places", [[], [50], [400], [400, 401, 2**20, 2**20 + 7, 3 * 2**20]])
def test_a_body_is_read_whole_however_it_is_cut(talk: Talk, places: list[int]) -> None:
    request = post(INFER, HEAD + IMAGE.tobytes(), f"{HEAD_LENGTH}: {len(HEAD)}")
    pieces = [request[first:last] for first, last in zip([0, *places], [*places, None], strict=True)]
    [(status, headers, body)] = talk(*pieces)
    assert status == 200
    assert body[int(headers[HEAD_LENGTH]) :] == IMAGE.tobytes()


def test_requests_that_arrive_together_are_answered_separately(talk: Talk) -> None:
    large = post(INFER, HEAD + IMAGE.tobytes(), f"{HEAD_LENGTH}: {len(HEAD)}")
    responses = talk(question() + large + question() + question("Connection: close"))
    assert [status for status, *_ in responses] == [200] * 4
    assert [json.loads(body)["output_size"] for _, _, body in (responses[0], *responses[2:])] == [[4]] * 3


def test_an_unread_body_is_skipped(talk: Talk) -> None:
    responses = talk(post("/v1/layers", QUESTION) + question("Connection: close"))
    assert [status for status, *_ in responses] == [405, 200]


@pytest.mark.parametrize("length", [100, 2**20 + 100, 60_000_000])
def test_a_body_that_breaks_off_is_a_400(talk: Talk, length: int) -> None:
    [(status, _, body)] = talk(post("/v1/output-size", b"{}", "Content-Type: application/json", length=length))
    assert status == 400
    assert json.loads(body)["detail"] == f"the body ended after 2 of the {length} bytes announced"


@pytest.mark.parametrize(
    ("fields", "body", "expected"),
    [
        ("Content-Length: -5", b"{}", 400),
        ("Content-Length: +2", b"{}", 400),
        ("Content-Length: 2\r\nContent-Length: 3", b"{}", 400),
        ("Content-Length: 2\r\nTransfer-Encoding: chunked", b"0\r\n\r\n", 400),
        (f"Content-Length: {10**30}", b"{}", 413),
        ("Content-Length: 70000000", b"{}", 413),
        ("Transfer-Encoding: gzip", b"{}", 400),
        ("Transfer-Encoding: x, chunked", b"0\r\n\r\n", 501),
        ("Transfer-Encoding: chunked", b"zz\r\n{}\r\n0\r\n\r\n", 400),
        ("Transfer-Encoding: chunked", b"ff\r\n{}", 400),
        ("Transfer-Encoding: chunked", b"0\r\n\r\n", 400),
        ("X: a\0b", b"", 400),
        ("X: " + "a" * 9000, b"", 431),
        ("Expect: the-unexpected", b"", 417),
    ],
)
def test_broken_framing_is_a_problem_and_stops_no_worker(talk: Talk, fields: str, body: bytes, expected: int) -> None:
    head = f"POST /v1/output-size HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{fields}\r\n\r\n"
    status, headers, answer = talk(head.encode() + body)[0]
    assert status == expected
    assert headers["Content-Type"] == "application/problem+json"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert json.loads(answer)["status"] == status
    assert talk(question("Connection: close"))[0][0] == 200
