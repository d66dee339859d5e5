"""The commands, a module each: `HELP`, `EXIT_CODES`, `describe(parser)`, and `run(options, console)`.

The docstring is the first part of a command's help; `run` returns its exit code.
"""

from types import ModuleType

from padstride.cli.commands import check, compare, convolve, mcp, serve, size, solve, summary, translate

COMMANDS: dict[str, ModuleType] = {
    "check": check,
    "summary": summary,
    "size": size,
    "solve": solve,
    "compare": compare,
    "translate": translate,
    "convolve": convolve,
    "mcp": mcp,
    "serve": serve,
}
