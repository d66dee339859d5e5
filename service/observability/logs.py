"""Logs: one line of JSON for each request, and for whatever else is worth telling."""

import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import orjson

from service.observability.entry import Entry

STDOUT = 1
"""The descriptor that requests are logged on; everything else is logged on the standard error."""
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
"""Paths that machines ask for again and again, and that are not logged."""
PIECE = 4096
"""Bytes that a pipe takes in one piece, so that lines of several processes do not mix: Linux' PIPE_BUF."""
MEMBERS = ("request_id", "trace_id")
"""What a record may carry beside its message."""


def log_requests(entries: Iterable[Entry]) -> None:
    """Write a line for each request that people send."""
    with suppress(OSError):  # a log that nobody reads any more stops no request
        for piece in _pieces(line_of(entry) for entry in entries if entry.path not in QUIET):
            os.write(STDOUT, piece)


def line_of(entry: Entry) -> bytes:
    """A request as a line of JSON."""
    members: dict[str, Any] = {"time": None, "level": "info", "event": "request"} | entry._asdict()
    members |= {"time": datetime.fromtimestamp(entry.time, UTC), "seconds": round(entry.seconds, 6)}
    return orjson.dumps(members, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z)


def _pieces(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The lines, as many at a time as go in one piece; a longer line by itself."""
    piece = b""
    for line in lines:
        if piece and len(piece) + len(line) > PIECE:
            yield piece
            piece = b""
        piece += line
    if piece:
        yield piece


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON: time, level, logger, event, and the traceback of an exception."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        members: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            "logger": record.name,
            "process": record.process,
        }
        members |= {name: value for name in MEMBERS if (value := getattr(record, name, None)) is not None}
        if record.exc_info:
            members["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(members, default=str, option=orjson.OPT_UTC_Z).decode()


CONFIGURATION: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": JsonFormatter}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}},
    "root": {"level": "INFO", "handlers": ["stderr"]},
    "loggers": {"gunicorn.error": {"level": "INFO", "handlers": ["stderr"], "propagate": False}},
}
"""What `logging.config.dictConfig` takes; gunicorn's own messages included."""
