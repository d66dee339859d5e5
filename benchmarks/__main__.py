"""`make bench`: each endpoint over HTTP, the start, a bare view, batches, networks, models, arrays, convolutions.

Each example is timed alternately with `/healthz`: the ratio shows what an answer costs beyond the request itself.
"""

import http.client
import json
import statistics
import threading
from time import perf_counter

from werkzeug.serving import make_server

from benchmarks import batch, convolution, models, networks, overhead, start, transport
from service.app import create_app
from service.operations import OPERATIONS

ROUNDS = 200


def milliseconds(connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None) -> float:
    """The milliseconds of one request and its whole answer."""
    began = perf_counter()
    connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        raise SystemExit(f"{method} {path} answered {answer.status}")
    return 1000 * (perf_counter() - began)


def main() -> None:
    """Print the median, its ratio to `/healthz`, and the 95th percentile; then the other benchmarks."""
    server = make_server("127.0.0.1", 0, create_app(), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port)
    print(f"{'request':<32}{'median ms':>12}{'x /healthz':>12}{'95 % ms':>12}")
    for operation in OPERATIONS:
        if not operation.has_body:
            continue
        body = json.dumps(operation.example).encode()
        own, healthz = [], []
        for _ in range(ROUNDS):
            own.append(milliseconds(connection, "POST", operation.example_path, body))
            healthz.append(milliseconds(connection, "GET", "/healthz", None))
        median, base = statistics.median(own), statistics.median(healthz)
        slow = statistics.quantiles(own, n=20)[-1]
        print(f"{operation.path:<32}{median:>12.2f}{median / base:>12.1f}{slow:>12.2f}")
    server.shutdown()
    start.main()
    overhead.main()
    batch.main()
    networks.main()
    models.main()
    transport.main()
    convolution.main()


if __name__ == "__main__":
    main()
