"""Headers that every answer carries, and that tell browsers to do nothing with it that it is not meant for."""

from collections.abc import Sequence

POLICY = "Content-Security-Policy"
NOTHING = "default-src 'none'; frame-ancestors 'none'"
"""The policy of an answer that is no page: load nothing, run nothing, be in no frame."""
CONSTANT: Sequence[tuple[str, str]] = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
"""The same in every answer; which other origins may read it is said by CORS."""
LINES = "".join(f"{name}: {value}\r\n" for name, value in (*CONSTANT, (POLICY, NOTHING)))
"""All of them, for an answer that is written without Flask."""
