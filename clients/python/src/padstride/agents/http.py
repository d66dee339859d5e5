"""The tools over HTTP, without sessions: any request may reach any of several servers."""

import os
import socket
from collections.abc import Sequence

from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from starlette.requests import Request
from starlette.responses import JSONResponse

from padstride.errors import PadstrideError

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
"""Names by which this machine asks itself."""


def serve_over_http(tools: MCPServer, *, host: str, port: int, names: Sequence[str]) -> None:
    """Serves at /mcp until it is stopped, under the names of this machine and these."""
    tools.custom_route("/healthz", ["GET"])(_alive)
    tools.run(
        "streamable-http",
        host=host,
        port=port,
        stateless_http=True,
        json_response=True,
        transport_security=security(names),
    )


def assert_free(host: str, port: int) -> None:
    """Tries to listen at an address; the SDK would end the process where it cannot.

    Raises:
        PadstrideError: where the address is in use, or is none of this machine.
    """
    try:
        family = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0][0]
        socket.create_server((host, port), family=family).close()
    except (OSError, UnicodeError) as error:
        number = error.errno or 0 if isinstance(error, OSError) else 0
        reason = os.strerror(number) if number > 0 else getattr(error, "strerror", None) or str(error)
        raise PadstrideError(f"cannot listen at {host}:{port}: {reason}") from None


def security(names: Sequence[str]) -> TransportSecuritySettings:
    """Which `Host` and `Origin` are answered: only those of known names, with or without a port.

    A page in a browser can have its own name point at this machine, and so ask what listens here; its `Host` gives it
    away. The SDK looks at none where it listens at another address than the loopback's.
    """
    known = [*LOOPBACK, *names]
    origins = [f"{scheme}://{name}" for name in known for scheme in ("http", "https")]
    return TransportSecuritySettings(
        allowed_hosts=[*known, *(f"{name}:*" for name in known)],
        allowed_origins=[*origins, *(f"{origin}:*" for origin in origins)],
    )


async def _alive(_request: Request) -> JSONResponse:
    return JSONResponse({"status": "ok"})
