"""The tools for agents, asked by the SDK's own client over both transports."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from typing import Any

import pytest
from conftest import BROKEN
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

TOOLS = {"check_model", "output_size", "solve_padding", "solve", "compare", "translate"}
COMMAND = ["-m", "padstride.cli.main", "mcp"]


async def _asked(server: Any) -> tuple[set[str], Any, Any]:
    async with Client(server) as client:
        tools = await client.list_tools()
        checked = await client.call_tool("check_model", {"source": BROKEN, "input_shape": [1, 3, 32, 32]})
        size = await client.call_tool(
            "output_size", {"layer": {"type": "conv2d", "kernel_size": 3, "stride": 2}, "input_size": 6}
        )
    return {tool.name for tool in tools.tools}, checked.structured_content, size.structured_content


def _agree(names: set[str], checked: Any, size: Any) -> None:
    assert names == TOOLS
    (mistake,) = checked["mistakes"]
    assert (checked["sound"], mistake["text"]) == (False, "32")
    assert "+        self.norm = nn.BatchNorm2d(16)" in mistake["fix"]
    assert size["output_size"] == [2, 2]


def test_tools_answer_over_stdin_and_stdout(url: str) -> None:
    environment = {**os.environ, "PADSTRIDE_URL": url}
    server = stdio_client(StdioServerParameters(command=sys.executable, args=COMMAND, env=environment))
    _agree(*asyncio.run(_asked(server)))


def test_tools_answer_over_http_without_sessions(url: str) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, *COMMAND, "--http", "--port", str(port), "--url", url])
    try:
        _wait_for(port)
        _agree(*asyncio.run(_asked(f"http://127.0.0.1:{port}/mcp")))
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_for(port: int) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("the tools' server did not start")
