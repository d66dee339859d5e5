"""The tools for agents, asked by the SDK's own client over both transports.

Those over HTTP are at PADSTRIDE_TEST_MCP_URL, such as the compose project's http://127.0.0.1:8765, else started here.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from conftest import BROKEN, PROJECT, SOUND
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from padstride import AsyncClient, Busy
from padstride.agents.tools import server

TOOLS = {"check_model", "layer_types", "output_size", "solve_padding", "solve", "compare", "translate"}
COMMAND = ["-m", "padstride", "mcp"]
CONV = {"type": "conv2d", "kernel_size": 3, "stride": 2}
SHAPE = [1, 3, 32, 32]
CONV_INIT = "super().__init__(); self.c = nn.Conv2d(3, 8, 3)"
ARGUED = SOUND.replace("def __init__(self)", "def __init__(self, width)")
PATIENCE = 30
"""Seconds until a server must answer."""
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}


@pytest.fixture(scope="module")
def tools_url(url: str) -> Iterator[str]:
    """The address of the tools over HTTP, as a container serves them: at every address, and by the name `mcp`."""
    given = os.environ.get("PADSTRIDE_TEST_MCP_URL")
    if given:
        yield given
        return
    port = _free_port()
    everywhere = "0.0.0.0"  # noqa: S104 - as in a container
    options = ["--http", "--host", everywhere, "--port", str(port), "--url", url, "--name", "mcp"]
    process = subprocess.Popen([sys.executable, *COMMAND, *options])
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=10)


class Agent:
    """The SDK's client with one connection, for tests that wait."""

    def __init__(self, portal: BlockingPortal, client: Client) -> None:
        self._portal = portal
        self._client = client

    def tools(self) -> list[Any]:
        """What is offered."""
        return self._portal.call(self._client.list_tools).tools

    def call(self, tool: str, **arguments: Any) -> Any:
        """The answer of a tool."""
        return self._portal.call(self._client.call_tool, tool, arguments)

    def asked(self, tool: str, **arguments: Any) -> Any:
        """The same, as the object that it is."""
        return self.call(tool, **arguments).structured_content


@contextmanager
def _connected(server: Any) -> Iterator[Agent]:
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(Client(server)) as client:
        yield Agent(portal, client)


def _over_stdio(url: str) -> Any:
    environment = {**os.environ, "PADSTRIDE_URL": url}
    return stdio_client(StdioServerParameters(command=sys.executable, args=COMMAND, env=environment))


@pytest.fixture(scope="module", params=["stdio", "http"])
def agent(request: pytest.FixtureRequest, url: str) -> Iterator[Agent]:
    """An agent that is connected over each transport."""
    over_http = request.param == "http"
    with _connected(f"{request.getfixturevalue('tools_url')}/mcp" if over_http else _over_stdio(url)) as connected:
        yield connected


def test_every_tool_is_listed_with_its_arguments(agent: Agent) -> None:
    tools = {tool.name: tool for tool in agent.tools()}
    assert set(tools) == TOOLS
    assert all(tool.description for tool in tools.values())
    assert tools["translate"].input_schema["required"] == ["to"]
    assert all(tool.annotations.read_only_hint for tool in tools.values())


def test_what_an_agent_reads_about_a_tool_is_short(agent: Agent) -> None:
    for tool in agent.tools():
        assert len(json.dumps(tool.input_schema)) < 2000
        assert len(json.dumps(tool.output_schema)) < 3000


def test_the_documentation_lists_every_tool() -> None:
    page = (PROJECT / "docs/how-to/agents.md").read_text()
    assert set(re.findall(r"(?m)^\| `(\w+)` \|", page)) == TOOLS


def test_a_model_is_checked(agent: Agent) -> None:
    checked = agent.asked("check_model", source=BROKEN, input_shape=SHAPE)
    (mistake,) = checked["mistakes"]
    assert (checked["sound"], mistake["place"], mistake["text"]) == (False, "8:36", "32")
    assert "+        self.norm = nn.BatchNorm2d(16)" in mistake["fix"]


def test_each_mistake_has_its_cause_and_the_whole_its_repair(agent: Agent) -> None:
    source = BROKEN.replace("nn.Conv2d(16, 32, 3)", "nn.Conv2d(24, 32, 3)")
    checked = agent.asked("check_model", source=source, input_shape=SHAPE)
    norm, second = checked["mistakes"]
    assert "7:35: 16 channels come from here" in norm["related"]
    assert (norm["fix"] is None, second["fix"] is None) == (False, False)
    repair = checked["repairs"][0]
    assert "BatchNorm2d(16)" in repair["diff"]
    assert "Conv2d(16, 32, 3)" in repair["diff"]
    assert len(checked["repairs"]) <= 2


def test_a_report_of_many_mistakes_stays_short(agent: Agent) -> None:
    lines = "".join(f"    nn.Sequential(nn.Flatten(0), nn.Linear({7 + each}, 3072)),\n" for each in range(30))
    checked = agent.call(
        "check_model", source=f"from torch import nn\nnet = nn.Sequential(\n{lines})", input_shape=SHAPE
    )
    answer = checked.structured_content
    assert (len(answer["mistakes"]), answer["mistakes_left_out"]) == (20, 10)
    assert len(checked.content[0].text) < 20_000


def test_several_files_and_several_inputs_are_one_model(agent: Agent) -> None:
    pair = "\n    def forward(self, x, y):\n        return self.c(x) + self.c(y)\n"
    block = f"from torch import nn\nclass Block(nn.Module):\n    def __init__(self):\n        {CONV_INIT}{pair}"
    files = {"net.py": "from block import Block\nnet = Block()\n", "block.py": block}
    checked = agent.asked("check_model", files=files, input_shapes=[SHAPE, SHAPE])
    assert (checked["sound"], checked["output_shape"]) == (True, [1, 8, 30, 30])


def test_text_that_is_json_arrives_as_it_is(agent: Agent) -> None:
    source = json.dumps({"layers": [CONV | {"out_channels": 4}]})
    assert agent.asked("check_model", source=source, input_shape=SHAPE)["output_shape"] == [1, 4, 15, 15]


def test_types_of_layers_and_their_parameters_are_listed(agent: Agent) -> None:
    listed = agent.asked("layer_types")
    assert {"conv2d", "linear"} <= set(listed["types"])
    assert listed["parameters"] == {}
    assert agent.asked("layer_types", name="conv2d")["parameters"]["kernel_size"].endswith("(required): Window size.")


def test_a_size_is_computed(agent: Agent) -> None:
    assert agent.asked("output_size", layer=CONV, input_size=6)["output_size"] == [2, 2]


def test_a_model_is_translated_and_the_translation_is_sound(agent: Agent) -> None:
    written = agent.asked("translate", source=SOUND, to="keras", input_shape=SHAPE)
    assert "layers.Conv2D(16, 3" in written["source"]
    checked = agent.asked("check_model", source=written["source"])
    assert (checked["sound"], checked["mistakes"]) == (True, [])


def test_a_broken_model_is_not_translated(agent: Agent) -> None:
    written = agent.asked("translate", source=BROKEN, to="keras", input_shape=SHAPE)
    (mistake,) = written["mistakes"]
    assert (written["source"], mistake["place"]) == (None, "8:36")


def test_other_questions_are_answered(agent: Agent) -> None:
    assert agent.asked("solve_padding", layer=CONV, input_size=6, output_size=3)["padding"] == [[1, 1], [1, 1]]
    unknown = ["kernel_size", "stride"]
    solved = agent.asked("solve", layer={"type": "conv1d"}, input_size=8, output_size=4, unknown=unknown)
    assert {"kernel_size": 2, "stride": 2} in solved["solutions"]
    assert agent.asked("compare", layer=CONV, input_size=6)["keras"]["output_size"] == [2, 2]


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("check_model", {"source": SOUND}, "is not known (line 11); give `input_shape`, such as [1, 3, 224, 224]"),
        ("check_model", {"source": SOUND, "entry": "X"}, "entry: the source has no `X`; name one of `Net`"),
        ("check_model", {"source": "[]"}, 'give PyTorch or Keras source, a Keras configuration, or {"layers"'),
        ("check_model", {"input_shape": SHAPE}, "give `source`, or `files` by path"),
        ("check_model", {"source": SOUND, "shape": SHAPE}, "shape\n  Extra inputs are not permitted"),
        ("translate", {"source": ARGUED, "to": "keras"}, "arguments: Net needs `width`; give `width` in `arguments`"),
        ("output_size", {"layer": {"type": "conv9"}, "input_size": 6}, "the tool `layer_types` lists"),
        (
            "output_size",
            {"layer": CONV, "input_size": 2},
            "the padded input has only 2 (2 + 0 + 0); use a smaller kernel",
        ),
        ("compare", {"layer": CONV | {"kernel_size": 0}, "input_size": 6}, "`kernel_size` is 0, below 1; give"),
        ("solve", {"layer": CONV, "output_size": 6, "unknown": ["kernel"]}, "'kernel_size', 'stride', 'padding'"),
    ],
)
def test_an_agent_reads_why_there_is_no_answer_and_what_to_give(
    tool: str, arguments: dict[str, Any], said: str, agent: Agent
) -> None:
    refused = agent.call(tool, **arguments)
    assert refused.is_error
    assert said in refused.content[0].text


def test_an_agent_reads_that_the_service_is_not_there() -> None:
    with _connected(server("http://127.0.0.1:9")) as agent:
        answer = agent.call("check_model", source=SOUND)
    assert answer.is_error
    assert "nothing answers at http://127.0.0.1:9" in answer.content[0].text


def test_an_agent_is_not_told_that_a_model_is_broken_where_the_service_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    async def busy(_client: AsyncClient, _call: object) -> None:
        raise Busy(503, {"detail": "the service is full"})

    monkeypatch.setattr(AsyncClient, "send", busy)
    with _connected(server(None)) as agent:
        answer = agent.call("check_model", source=SOUND)
    assert answer.is_error
    assert "the service is full" in answer.content[0].text


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("localhost:8765", None, 200),
        ("[::1]:8765", None, 200),
        ("mcp:8765", None, 200),
        ("mcp", "http://mcp", 200),
        ("localhost", "http://localhost:6274", 200),
        ("rebound.example:8765", None, 421),
        ("mcp.example:8765", None, 421),
        ("localhost.example", None, 421),
        ("localhost", "https://site.example", 403),
        ("localhost", "null", 403),
    ],
)
def test_only_known_hosts_and_origins_are_answered(tools_url: str, host: str, origin: str | None, status: int) -> None:
    headers = {"Host": host, "Accept": "application/json, text/event-stream"} | ({"Origin": origin} if origin else {})
    assert httpx.post(f"{tools_url}/mcp", json=INITIALIZE, headers=headers).status_code == status


def test_ctrl_c_ends_the_tools_without_a_traceback(url: str) -> None:
    port = _free_port()
    command = [sys.executable, *COMMAND, "--http", "--port", str(port), "--url", url]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    _wait_for(f"http://127.0.0.1:{port}/healthz")
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=10)
    assert process.returncode == 130
    assert said == f"tools for agents on http://127.0.0.1:{port}/mcp, until Ctrl-C\n"


def test_an_address_where_nobody_can_listen_is_told(url: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        used = taken.getsockname()[1]
        for host, port, reason in (
            ("127.0.0.1", used, "Address already in use"),
            ("nowhere.invalid", 8765, ""),
        ):
            command = [sys.executable, *COMMAND, "--http", "--host", host, "--port", str(port), "--url", url]
            ended = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
            assert ended.returncode == 2
            assert f"padstride: cannot listen at {host}:{port}: " in ended.stderr
            assert reason in ended.stderr
            assert "Traceback" not in ended.stderr


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(address: str) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            assert httpx.get(address).status_code == 200
        except httpx.TransportError:
            assert time.monotonic() < end, "the tools' server did not start"
            time.sleep(0.1)
        else:
            return
