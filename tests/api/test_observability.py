"""What an operator sees of requests: lines in the log, metrics, traces."""

import json
import logging
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask.testing import FlaskClient

from service.observability import traces
from service.observability.ledger import LEDGER
from service.observability.logs import JsonFormatter
from service.observability.trace_context import trace_id_of
from service.settings import settings
from tests.conftest import Limited

QUESTION = {"input_size": 6, "layer": {"type": "conv1d", "kernel_size": 3}}
TRACE = "0af7651916cd43dd8448eb211c80319c"
TRACEPARENT = f"00-{TRACE}-b7ad6b7169203331-01"


@pytest.fixture
def lines(capfd: pytest.CaptureFixture[str]) -> Any:
    """`lines()` gives the requests logged since it was last called."""
    LEDGER.settle()
    capfd.readouterr()

    def read() -> list[dict[str, Any]]:
        LEDGER.settle()
        return [json.loads(line) for line in capfd.readouterr().out.splitlines()]

    return read


def metrics(client: FlaskClient) -> dict[str, float]:
    """The values of all metrics, by their names and labels."""
    response = client.get("/metrics")
    assert response.content_type == "text/plain; version=0.0.4; charset=utf-8"
    samples = [line.rpartition(" ") for line in response.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in samples}


@pytest.fixture
def grown(client: FlaskClient) -> Any:
    """`grown(name)` says by how much a metric has grown since the beginning of the test."""
    before = metrics(client)
    return lambda name: metrics(client).get(name, 0) - before.get(name, 0)


class TestLogs:
    def test_a_request_is_a_line_that_says_who_asked_what_and_how_it_went(
        self, client: FlaskClient, lines: Any
    ) -> None:
        response = client.post("/v1/output-size", json=QUESTION, headers={"X-Request-ID": "mine"})
        [line] = lines()
        assert line.pop("seconds") > 0
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", line.pop("time"))
        assert line == {
            "level": "info",
            "event": "request",
            "request_id": "mine",
            "trace_id": None,
            "client": "127.0.0.1",
            "method": "POST",
            "route": "/v1/output-size",
            "path": "/v1/output-size",
            "status": 200,
            "bytes_in": response.request.content_length,
            "bytes_out": len(response.data),
        }

    def test_a_route_is_told_without_the_values_in_it(self, client: FlaskClient, lines: Any) -> None:
        client.get("/v2/models/conv2d")
        client.get("/docs/start.js")
        client.get("/nowhere/at/all")
        assert [line["route"] for line in lines()] == ["/v2/models/{model}", "/docs/start.js", None]

    def test_a_long_path_is_cut(self, client: FlaskClient, lines: Any) -> None:
        client.get("/" + "x" * 3000)
        assert [len(line["path"]) for line in lines()] == [500]

    def test_what_machines_ask_for_again_and_again_is_not_logged(self, client: FlaskClient, lines: Any) -> None:
        for path in ("/healthz", "/readyz", "/metrics"):
            client.get(path)
        assert lines() == []

    def test_the_bytes_of_an_answer_in_pieces_are_counted(self, client: FlaskClient, lines: Any) -> None:
        inputs = [{"name": "input", "shape": [1, 1, 3], "datatype": "FP32", "data": [1, 2, 3]}]
        body = {"inputs": inputs, "parameters": {"kernel_size": 1}}
        response = client.post("/v2/models/max_pool1d/infer", json=body)
        assert response.status_code == 200
        assert [line["bytes_out"] for line in lines()] == [len(response.data)]

    @pytest.mark.parametrize(
        ("proxies", "forwarded", "client_told"),
        [
            (0, "203.0.113.7", "127.0.0.1"),
            (1, "203.0.113.7", "203.0.113.7"),
            (1, "10.0.0.1, 203.0.113.7", "203.0.113.7"),
            (2, "10.0.0.1, 203.0.113.7, 192.0.2.1", "203.0.113.7"),
            (2, "203.0.113.7", "127.0.0.1"),
            (1, None, "127.0.0.1"),
            (1, "x" * 1000, "x" * 45),
        ],
    )
    def test_only_our_own_proxies_are_believed(
        self, limited: Limited, lines: Any, proxies: int, forwarded: str | None, client_told: str
    ) -> None:
        client = limited(trusted_proxies=proxies)
        assert settings().trusted_proxies == proxies
        client.get("/v1/limits", headers={} if forwarded is None else {"X-Forwarded-For": forwarded})
        assert [line["client"] for line in lines()] == [client_told]

    def test_a_setting_that_is_no_limit_is_not_shown_as_one(self, client: FlaskClient) -> None:
        assert "trusted_proxies" not in client.get("/v1/limits").get_json()["limits"]

    def test_other_messages_are_lines_of_json_with_their_tracebacks(self) -> None:
        try:
            raise ValueError("the insides")
        except ValueError:
            record = logging.getLogger("x").makeRecord("x", 40, "f", 1, "it %s", ("broke",), sys.exc_info())
        record.request_id = "mine"
        line = json.loads(JsonFormatter().format(record))
        assert (line["level"], line["event"], line["request_id"]) == ("error", "it broke", "mine")
        assert "ValueError: the insides" in line["exception"]


class TestTraceContext:
    def test_a_trace_is_taken_up_and_passed_on(self, client: FlaskClient, lines: Any) -> None:
        response = client.get("/v1/limits", headers={"traceparent": TRACEPARENT})
        assert response.headers["traceparent"] == TRACEPARENT
        assert [line["trace_id"] for line in lines()] == [TRACE]

    @pytest.mark.parametrize(
        "malformed",
        [
            "",
            "00",
            TRACEPARENT.upper(),
            f"ff-{TRACE}-b7ad6b7169203331-01",
            f"00-{'0' * 32}-b7ad6b7169203331-01",
            f"00-{TRACE}-{'0' * 16}-01",
            f"{TRACEPARENT}-more",
        ],
    )
    def test_a_malformed_trace_is_as_none(self, client: FlaskClient, lines: Any, malformed: str) -> None:
        assert trace_id_of(malformed) is None
        response = client.get("/v1/limits", headers={"traceparent": malformed})
        assert "traceparent" not in response.headers
        assert [line["trace_id"] for line in lines()] == [None]


class TestMetrics:
    def test_requests_are_counted_by_route_method_and_status(self, client: FlaskClient, grown: Any) -> None:
        client.post("/v1/output-size", json=QUESTION)
        client.post("/v1/output-size", json={})
        client.get("/v2/models/conv2d")
        client.get("/nowhere")
        client.open("/v1/limits", method="INVENTED")
        for route, method, status in (
            ("/v1/output-size", "POST", 200),
            ("/v1/output-size", "POST", 422),
            ("/v2/models/{model}", "GET", 200),
            ("none", "GET", 404),
            ("none", "other", 405),
        ):
            name = f'padstride_http_requests_total{{method="{method}",route="{route}",status="{status}"}}'
            assert grown(name) == 1, name

    def test_seconds_and_bytes_are_counted(self, client: FlaskClient, grown: Any) -> None:
        response = client.post("/v1/output-size", json=QUESTION)
        of_route = '{method="POST",route="/v1/output-size"}'
        assert grown(f"padstride_http_request_seconds_count{of_route}") == 1
        assert 0 < grown(f"padstride_http_request_seconds_sum{of_route}") < 10
        assert grown('padstride_http_received_bytes_total{route="/v1/output-size"}') == response.request.content_length
        assert grown('padstride_http_sent_bytes_total{route="/v1/output-size"}') == len(response.data)

    @pytest.mark.parametrize(
        ("path", "body", "layers"),
        [
            ("/v1/output-size", QUESTION, 1),
            ("/v1/networks/validate", {"inputs": {"x": [1, 3, 8, 8]}, "layers": [{"type": "relu"}] * 3}, 3),
            ("/v1/networks/validate", {"input_shape": [1, 3, 8, 8], "layers": [{"type": "relu"}] * 3}, 3),
            ("/v1/batch", {"operation": "output-size", "items": [QUESTION] * 4}, 4),
            ("/v1/batch", {"operation": "output-size", "detail": "sizes", "items": [QUESTION] * 4}, 4),
        ],
    )
    def test_layers_are_counted(self, client: FlaskClient, grown: Any, path: str, body: Any, layers: int) -> None:
        assert client.post(path, json=body).status_code in (200, 422)
        assert grown("padstride_layers_judged_total") == layers

    def test_multiply_accumulates_are_counted_by_algorithm(self, client: FlaskClient, grown: Any) -> None:
        body = {"input": [[1.0] * 6] * 5, "weight": [[1.0] * 3] * 2, "layer": {}}
        algorithm = client.post("/v1/convolve", json=body).get_json()["algorithm"]
        assert grown(f'padstride_multiply_accumulates_total{{algorithm="{algorithm}"}}') == 4 * 4 * 6

    def test_heavy_work_that_finds_no_slot_is_counted(self, limited: Limited) -> None:
        from service.routes import slots

        client = limited(heavy_wait_seconds=0)
        before = metrics(client)
        assert before["padstride_heavy_slots"] == 1
        with slots.compute_slot():
            assert metrics(client)["padstride_heavy_running"] == before["padstride_heavy_running"] + 1
            body = {"input": [[1.0]], "weight": [[1.0]], "layer": {}}
            assert client.post("/v1/convolve", json=body).status_code == 503
        after = metrics(client)
        assert after["padstride_heavy_refused_total"] == before["padstride_heavy_refused_total"] + 1
        assert after["padstride_heavy_running"] == before["padstride_heavy_running"]
        assert after["padstride_heavy_waiting"] == 0

    def test_what_runs_is_told(self, client: FlaskClient) -> None:
        assert any(name.startswith("padstride_build{") and 'version="' in name for name in metrics(client))


class TestDashboardAndAlerts:
    """The files of the compose profile `observability`."""

    FOLDER = Path(__file__).parents[2] / "deploy/observability"

    def expressions(self) -> list[str]:
        dashboard = json.loads((self.FOLDER / "grafana/dashboards/padstride.json").read_text(encoding="utf-8"))
        alerts = yaml.safe_load((self.FOLDER / "alerts.yml").read_text(encoding="utf-8"))
        shown = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
        return shown + [rule["expr"] for group in alerts["groups"] for rule in group["rules"]]

    def exposed(self, client: FlaskClient) -> dict[str, str]:
        """The names that the service exposes, and the type of each."""
        types = dict(re.findall(r"^# TYPE (\w+) (\w+)$", client.get("/metrics").text, re.MULTILINE))
        histograms = [name for name, kind in types.items() if kind == "histogram"]
        return types | {f"{name}_{part}": "counter" for name in histograms for part in ("bucket", "sum", "count")}

    def test_they_name_only_metrics_that_there_are(self, client: FlaskClient) -> None:
        named = {name for text in self.expressions() for name in re.findall(r"\bpadstride_\w+", text)}
        assert len(named) > 8
        assert named <= self.exposed(client).keys()

    def test_every_metric_is_shown(self, client: FlaskClient) -> None:
        text = " ".join(self.expressions())
        types = re.findall(r"^# TYPE (padstride_\w+) \w+$", client.get("/metrics").text, re.MULTILINE)
        assert [name for name in types if name not in text and not name.endswith("_created")] == []

    def test_a_rate_is_of_a_counter(self, client: FlaskClient) -> None:
        exposed = self.exposed(client)
        for text in self.expressions():
            for name in re.findall(r"rate\((\w+)", text):
                assert exposed[name] == "counter", text

    def test_they_group_by_labels_that_there_are(self, client: FlaskClient) -> None:
        client.post("/v1/convolve", json={"input": [[1.0]], "weight": [[1.0]], "layer": {}})
        client.post("/v2/models/conv2d/infer", json={})
        labels = set(re.findall(r'(\w+)="', client.get("/metrics").text))
        grouped = {
            label
            for text in self.expressions()
            for by in re.findall(r"by \(([^)]*)\)", text)
            for label in by.split(", ")
        }
        assert grouped
        assert grouped <= labels

    def test_the_compose_file_mounts_files_that_there_are(self) -> None:
        root = self.FOLDER.parents[1]
        services = yaml.safe_load((root / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
        profiled = {name: one for name, one in services.items() if one.get("profiles") == ["observability"]}
        assert profiled.keys() == {"prometheus", "grafana"}
        mounted = [volume.split(":")[0] for one in profiled.values() for volume in one["volumes"]]
        assert all((root / path).exists() for path in mounted if path.startswith("./"))
        assert "8000" in services["service"]["expose"]


class TestTraces:
    @pytest.fixture
    def spans(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
        """`spans()` gives the spans that have ended."""
        pytest.importorskip("opentelemetry.sdk")
        from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

        exporter = InMemorySpanExporter()
        tracer = traces.tracer_to(exporter)
        monkeypatch.setattr(traces, "tracer", lambda: tracer)

        def ended() -> Any:
            tracer.span_processor.force_flush()
            return exporter.get_finished_spans()

        yield ended
        tracer.span_processor.shutdown()

    def test_a_request_is_a_span_in_its_callers_trace(self, client: FlaskClient, spans: Any) -> None:
        response = client.get("/v2/models/conv2d", headers={"traceparent": TRACEPARENT})
        [span] = spans()
        assert span.name == "GET /v2/models/{model}"
        assert f"{span.context.trace_id:032x}" == TRACE
        assert f"{span.parent.span_id:016x}" == "b7ad6b7169203331"
        assert response.headers["traceparent"] == f"00-{TRACE}-{span.context.span_id:016x}-01"
        assert dict(span.attributes) == {
            "http.request.method": "GET",
            "http.route": "/v2/models/{model}",
            "url.path": "/v2/models/conv2d",
            "http.response.status_code": 200,
        }

    def test_without_a_caller_a_trace_begins_here(self, client: FlaskClient, spans: Any, lines: Any) -> None:
        response = client.get("/nowhere")
        [span] = spans()
        assert span.parent is None
        assert f"{span.context.trace_id:032x}" in response.headers["traceparent"]
        assert [line["trace_id"] for line in lines()] == [f"{span.context.trace_id:032x}"]

    @pytest.mark.parametrize(
        ("variables", "made"),
        [
            ({}, False),
            ({"OTEL_TRACES_EXPORTER": "none"}, False),
            ({"OTEL_TRACES_EXPORTER": "zipkin"}, False),
            ({"OTEL_TRACES_EXPORTER": "console"}, True),
            ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}, True),
            ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_SDK_DISABLED": "true"}, False),
        ],
    )
    def test_only_the_usual_variables_turn_them_on(
        self, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], made: bool
    ) -> None:
        pytest.importorskip("opentelemetry.sdk")
        for name in (traces.EXPORTER, traces.DISABLED, *traces.ENDPOINTS):
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        tracer = traces.tracer.__wrapped__()
        assert (tracer is not None) is made
        if tracer is not None:
            tracer.span_processor.shutdown()
