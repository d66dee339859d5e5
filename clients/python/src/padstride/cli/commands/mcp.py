"""Serve the tools for agents, over the Model Context Protocol.

  padstride mcp                        over standard input and output, as most agents start it
  padstride mcp --http                 on http://127.0.0.1:8765/mcp, without sessions

Over HTTP it answers to 127.0.0.1, localhost and the names of --name only: a request for any other host, or from a web
page of any other site, is refused. It needs the MCP SDK: pip install 'padstride[mcp]'.
"""

import argparse

from rich.console import Console

from padstride.cli.printing import console_of
from padstride.cli.words import SOUND, UNTIL_STOPPED, add_address, port
from padstride.errors import PadstrideError

HELP = "serve the tools for agents"
EXIT_CODES = UNTIL_STOPPED


def describe(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("--http", action="store_true", help="over HTTP, not standard input and output")
    parser.add_argument(
        "--host", default="127.0.0.1", help="with --http: the address to listen at (default: %(default)s)"
    )
    parser.add_argument(
        "--port", type=port, default=8765, help="with --http: the port to listen at (default: %(default)s)"
    )
    parser.add_argument(
        "--name",
        action="append",
        default=[],
        metavar="HOST",
        help="with --http: a further name that clients call it by, such as tools.example.org; repeatable",
    )
    add_address(parser)


def run(options: argparse.Namespace, _console: Console) -> int:
    """Serves until it is stopped."""
    try:
        from padstride.agents.http import assert_free, serve_over_http
        from padstride.agents.tools import server
    except ImportError:
        raise PadstrideError("the tools need the MCP SDK: pip install 'padstride[mcp]'") from None
    tools = server(options.url)
    if options.http:
        assert_free(options.host, options.port)
        started = f"tools for agents on http://{options.host}:{options.port}/mcp, until Ctrl-C"
        console_of(options.color, stderr=True).print(started, markup=False, soft_wrap=True)
        serve_over_http(tools, host=options.host, port=options.port, names=options.name)
    else:
        tools.run("stdio")
    return SOUND
