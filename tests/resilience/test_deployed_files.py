"""What the files in deploy/ and the compose file say fits together, and fits the service's settings."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.settings import Settings

REPOSITORY = Path(__file__).parents[2]
MEBI = 2**20
CONFIGURATION = (REPOSITORY / "deploy/nginx.conf").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text(encoding="utf-8"))
GUNICORN = (REPOSITORY / "deploy/gunicorn.conf.py").read_text(encoding="utf-8")
UNITS = {"k": 2**10, "m": 2**20, "g": 2**30}


def number(pattern: str, text: str) -> int:
    """The one number that a pattern finds."""
    [found] = re.findall(pattern, text)
    return int(found)


def in_bytes(size: str) -> int:
    """Bytes of a size such as 64m."""
    return int(size[:-1]) * UNITS[size[-1]]


@pytest.fixture
def largest_body() -> int:
    """Bytes that nginx passes on."""
    return number(r"client_max_body_size\s+(\d+)m;", CONFIGURATION) * MEBI


def test_the_proxy_passes_on_what_the_service_takes(largest_body: int) -> None:
    default = Settings()
    assert largest_body == max(default.max_body_bytes, default.max_model_bytes) + MEBI


def test_the_proxy_names_its_own_limit(largest_body: int) -> None:
    assert number(r"the body is larger than (\d+) MiB", CONFIGURATION) * MEBI == largest_body


def test_four_of_the_largest_bodies_fit_into_the_proxys_memory(largest_body: int) -> None:
    proxy = COMPOSE["services"]["proxy"]
    [temporary] = proxy["tmpfs"]
    room = number(r"size=(\d+)m", temporary) * MEBI
    assert 4 * largest_body <= room
    assert room + 128 * MEBI <= in_bytes(proxy["mem_limit"]) == in_bytes(proxy["memswap_limit"])


def test_the_proxy_follows_the_name_of_the_service() -> None:
    upstream = CONFIGURATION[CONFIGURATION.index("upstream service {") : CONFIGURATION.index("server {\n")]
    assert re.search(r"^\s+server service:8000 resolve ", upstream, re.MULTILINE)
    assert re.search(r"^\s+zone service ", upstream, re.MULTILINE)
    assert "service" in COMPOSE["services"]


def test_who_waits_longer_than_whom() -> None:
    keepalive = number(r"(?m)^keepalive = (\d+)", GUNICORN)
    graceful = number(r"(?m)^graceful_timeout = (\d+)", GUNICORN)
    reused = number(r"keepalive_timeout\s+(\d+)s;\n    }", CONFIGURATION)
    grace = number(r"(\d+)s", COMPOSE["services"]["service"]["stop_grace_period"])
    assert reused < keepalive
    assert graceful < grace


def test_no_count_of_requests_replaces_a_worker() -> None:
    assert number(r"(?m)^max_requests = (\d+)", GUNICORN) == 0


def test_as_many_workers_as_cores() -> None:
    service = COMPOSE["services"]["service"]
    assert service["environment"]["WEB_CONCURRENCY"] == service["cpus"]


def test_the_proxy_says_who_asked_it_and_is_believed() -> None:
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in CONFIGURATION
    assert COMPOSE["services"]["service"]["environment"]["PADSTRIDE_TRUSTED_PROXIES"] == 1


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_every_container_can_write_only_where_it_must_and_gain_nothing(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert (service["cap_drop"], service["security_opt"]) == (["ALL"], ["no-new-privileges:true"])
    assert {"mem_limit", "pids_limit", "restart", "logging"} <= set(service)


def test_the_tools_for_agents_are_reached_from_this_machine_only_and_ask_the_proxy() -> None:
    tools = COMPOSE["services"]["mcp"]
    [published] = tools["ports"]
    port = number(r"(?m)^EXPOSE (\d+)$", (REPOSITORY / "clients/python/Dockerfile").read_text(encoding="utf-8"))
    assert published == f"127.0.0.1:${{MCP_PORT:-{port}}}:{port}"
    asked = tools["environment"]["PADSTRIDE_URL"]
    assert asked == f"http://proxy:{number(r'listen (8[0-9]+) default_server;', CONFIGURATION)}"


def test_the_tools_for_agents_answer_to_the_name_of_their_container() -> None:
    command = COMPOSE["services"]["mcp"]["command"]
    assert command[command.index("--name") + 1] == "mcp"
