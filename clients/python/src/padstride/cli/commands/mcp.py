"""Serve the tools for agents, over the Model Context Protocol.

padstride mcp                        # over stdin and stdout, as most agents start it
padstride mcp --http --port 8765     # over HTTP, without sessions
"""

import argparse

from rich.console import Console

from padstride.cli.words import SOUND
from padstride.errors import PadstrideError

HELP = "serve the tools for agents"


def describe(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("--http", action="store_true", help="over HTTP instead of stdin and stdout")
    parser.add_argument("--host", default="127.0.0.1", help="with --http: the address to listen at")
    parser.add_argument("--port", type=int, default=8765, help="with --http: the port to listen at")
    parser.add_argument("--url", metavar="URL", help="the service's address")


def run(options: argparse.Namespace, _console: Console) -> int:
    """Serves until it is stopped."""
    try:
        from padstride.agent_tools import server
    except ImportError:
        raise PadstrideError("the tools need the MCP SDK: pip install 'padstride[mcp]'") from None
    if options.http:
        server(options.url).run("streamable-http", host=options.host, port=options.port, stateless_http=True)
    else:
        server(options.url).run("stdio")
    return SOUND
