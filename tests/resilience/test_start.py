"""A bad setting stops the service before any worker starts, with one line for each mistake."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from service.check_settings import EXIT_CODE, Mistake, mistakes

REPOSITORY = Path(__file__).parents[2]
STARTS = {
    "service": ["-m", "service"],
    "gunicorn": ["-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"],
    "openapi": ["-m", "service.openapi"],
}


def started(command: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "HOST": "127.0.0.1", "PORT": "0", **variables}
    return subprocess.run(
        [sys.executable, *command], cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=30
    )


@pytest.mark.parametrize("start", STARTS)
def test_each_mistake_is_one_line_and_nothing_starts(start: str) -> None:
    result = started(STARTS[start], PADSTRIDE_MAX_LAYERS="abc", PADSTRIDE_MAX_LAYER="5")
    assert result.returncode == EXIT_CODE == 78
    lines = [json.loads(line) for line in result.stderr.splitlines()]
    assert [line["event"] for line in lines] == [
        "PADSTRIDE_MAX_LAYER is '5'; no setting has that name; the nearest known name is PADSTRIDE_MAX_LAYERS",
        "PADSTRIDE_MAX_LAYERS is 'abc'; allowed is a whole number, at least 1",
    ]
    assert {line["level"] for line in lines} == {"error"}
    assert result.stdout == ""


def test_a_number_of_workers_that_is_none_is_told_too() -> None:
    result = started(STARTS["service"], WEB_CONCURRENCY="abc", PORT="70000")
    assert result.returncode == EXIT_CODE
    assert [json.loads(line)["variable"] for line in result.stderr.splitlines()] == ["PORT", "WEB_CONCURRENCY"]
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("variable", "value", "allowed"),
    [
        ("PADSTRIDE_HEAVY_WAIT_SECONDS", "inf", "a number, at least 0, at most 3600"),
        ("PADSTRIDE_HEAVY_WAIT_SECONDS", "-1", "a number, at least 0, at most 3600"),
        ("PADSTRIDE_MAX_WORK", "", "a whole number, at least 1"),
        ("PADSTRIDE_MAX_WORK", "1.5", "a whole number, at least 1"),
        ("PADSTRIDE_WORKER_HOURS", "0", "a number, above 0, at most 8760"),
        ("PADSTRIDE_DRAIN_SECONDS", "soon", "a number, at least 0, at most 3600"),
        ("WEB_CONCURRENCY", "0", "a whole number, at least 1, at most 1000"),
        ("HOST", "", "text, at least 1 characters"),
    ],
)
def test_what_is_allowed_is_said(monkeypatch: pytest.MonkeyPatch, variable: str, value: str, allowed: str) -> None:
    monkeypatch.setenv(variable, value)
    assert mistakes() == [Mistake(variable=variable, value=value, allowed=allowed)]


@pytest.mark.parametrize(
    ("variable", "nearest"),
    [
        ("PADSTRIDE_HEAVY_REQUEST", "PADSTRIDE_HEAVY_REQUESTS"),
        ("PADSTRIDE_MAX_WORKS", "PADSTRIDE_MAX_WORK"),
        ("padstride_worker_memory", "PADSTRIDE_WORKER_MEMORY_MB"),
        ("PADSTRIDE_XYZZY", None),
    ],
)
def test_an_unknown_name_is_a_mistake(monkeypatch: pytest.MonkeyPatch, variable: str, nearest: str | None) -> None:
    monkeypatch.setenv(variable, "1")
    assert mistakes() == [Mistake(variable=variable, value="1", nearest=nearest)]


@pytest.mark.parametrize("variable", ["PADSTRIDE_SERVICE_HOST", "PADSTRIDE_PORT_8000_TCP_ADDR", "PADSTRIDE_PORT"])
def test_what_kubernetes_sets_is_no_mistake(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "tcp://10.0.0.1:8000")
    assert mistakes() == []


def test_names_are_not_case_sensitive_and_good_values_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("padstride_max_layers", "5")
    monkeypatch.setenv("PADSTRIDE_HEAVY_WAIT_SECONDS", "0.5")
    assert mistakes() == []
