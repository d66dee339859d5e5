"""A diagnostic as a page to read: what it means, an example, and how to mend it. No script, and no other file."""

import json
import re
from base64 import b64encode
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from html import escape
from typing import Any

from flask import Response, request

from service.languages import Language, translated
from service.operations.get_diagnostic import OPERATION
from service.problems import Problem
from service.routes.exchange import JSON, dumps
from service.routes.kept import Kept, kept_answer
from service.routes.languages import ACCEPT_LANGUAGE, LANGUAGE_WANTED, language_wanted
from service.routes.transport import Transport
from service.settings import Settings, settings

HTML = "text/html"
CODE = re.compile(r"`([^`]+)`")
STYLE = """
:root { color-scheme: light dark; --text: #1c2127; --soft: #5a6572; --back: #fff; --box: #f3f5f8; --line: #d8dee6;
  --error: #b3261e; --warning: #8a5a00; --link: #0b57d0; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e9ed; --soft: #9aa6b4; --back: #14181d; --box: #1e242b;
  --line: #333c47; --error: #ff8a80; --warning: #f5c065; --link: #8ab4f8; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 3rem 1.25rem 4rem; max-width: 46rem; background: var(--back); color: var(--text);
  font: 1rem/1.6 system-ui, sans-serif; overflow-wrap: break-word; }
header p { margin: 0; color: var(--soft); }
h1 { margin: .25rem 0 .75rem; font-size: 1.9rem; line-height: 1.2; }
h2 { margin: 2.25rem 0 .5rem; font-size: 1.15rem; }
code, pre { font: .9em/1.5 ui-monospace, Menlo, Consolas, monospace; }
code { padding: .1em .3em; border-radius: .25rem; background: var(--box); }
pre { margin: .75rem 0; padding: .9rem 1rem; border: 1px solid var(--line); border-radius: .5rem;
  background: var(--box); overflow-x: auto; }
pre code { padding: 0; }
a { color: var(--link); }
.error, .warning { font-weight: 600; }
.error { color: var(--error); }
.warning { color: var(--warning); }
blockquote { margin: .75rem 0; padding: .1rem 1rem; border-left: .25rem solid var(--line); }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft); }
"""
DIGEST = b64encode(sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{DIGEST}'; frame-ancestors 'none'"
"""The page's own style and nothing else."""
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{name} \u00b7 Padstride</title>
<style>{style}</style>
</head>
<body>
<header>
<p>{code} \u00b7 <span class="{severity}">{severity}</span></p>
<h1>{name}</h1>
</header>
<main>
<h2>What it means</h2>
{meaning}
{example}
<h2>How to mend it</h2>
{mending}
</main>
<footer>For programs this page is JSON (<code>Accept: application/json</code>). <a href="/v1/diagnostics">All
diagnostics</a> \u00b7 <a href="/docs">API</a></footer>
</body>
</html>
"""
IN_GENERAL = (
    "Each answer says it for the request at hand: `help` in words, and `fixes` as changes that were tried, each a JSON"
    " Patch for the posted body."
)
MOST_KEPT = 512
"""Pages that are kept. Chosen: more than there are diagnostics, by name and code."""


def page_of(members: Mapping[str, Any]) -> str:
    """The page of a diagnostic, from its JSON."""
    example = members.get("example")
    return PAGE.format(
        style=STYLE,
        **{name: escape(members[name]) for name in ("name", "code", "severity")},
        meaning=_prose(members["description"]),
        example="" if example is None else _example(example),
        mending=_mending(None if example is None else example["diagnostic"]),
    )


def _example(example: Mapping[str, Any]) -> str:
    """A request and what is said of it."""
    found = example["diagnostic"]
    asked = f"<pre><code>POST {escape(example['path'])}\n{escape(_laid_out(example['request']))}</code></pre>"
    where = f"<p>At <code>{escape(found['location'] or '/')}</code>:</p>"
    return f"<h2>An example</h2>\n{asked}\n{where}\n<blockquote>{_prose(found['message'])}</blockquote>"


def _mending(found: Mapping[str, Any] | None) -> str:
    """What the service advises in the example, and where it does so in general."""
    if found is None:
        return _prose(IN_GENERAL)
    advice = [f"In the example: {found['help']}."] if found["help"] else []
    patches = [f"<pre><code>{escape(json.dumps(fix['patch']))}</code></pre>" for fix in found["fixes"][:1]]
    return "\n".join([_prose("\n\n".join(advice)), *patches, _prose(IN_GENERAL)])


def _prose(text: str) -> str:
    """Paragraphs, with code in backticks."""
    paragraphs = (escape(part.strip()) for part in text.split("\n\n") if part.strip())
    return "\n".join("<p>" + CODE.sub(r"<code>\1</code>", paragraph) + "</p>" for paragraph in paragraphs)


def _laid_out(body: Mapping[str, Any]) -> str:
    """JSON with each member, and each layer, on a line of its own."""
    lines = [f'  "{name}": {_member(value)}' for name, value in body.items()]
    return "{\n" + ",\n".join(lines) + "\n}"


def _member(value: Any) -> str:
    if not (isinstance(value, list) and value and isinstance(value[0], Mapping)):
        return json.dumps(value)
    return "[\n" + ",\n".join(f"    {json.dumps(entry)}" for entry in value) + "\n  ]"


@lru_cache(maxsize=MOST_KEPT)
def _made(_settings: Settings, name: str, media_type: str, language: Language | None) -> Kept:
    """The answer in one of its two forms; the example's diagnostic in a language, where it is JSON."""
    members = OPERATION.respond({"name": name})
    if media_type == JSON:
        return Kept(dumps(members if language is None else translated(members, language)), JSON)
    return Kept(page_of(members).encode(), f"{HTML}; charset=utf-8", POLICY)


def diagnostic_page(name: str) -> Response:
    """The page for browsers, JSON for programs."""
    media_type = request.accept_mimetypes.best_match([JSON, HTML]) if request.accept_mimetypes else JSON
    if media_type is None:
        accepted = request.headers["Accept"]
        raise Problem(406, f"the answer is {JSON} or {HTML}, which `Accept: {accepted}` leaves out")
    language = language_wanted() if media_type == JSON else None
    response = kept_answer(_made(settings(), name, media_type, language))
    response.vary.add("Accept")
    if media_type == JSON:
        response.vary.add(ACCEPT_LANGUAGE)
    if language is not None:
        response.headers["Content-Language"] = language.tag
    return response


TRANSPORT = Transport(
    view=diagnostic_page,
    answer_contents={HTML: {"schema": {"type": "string"}}},
    parameters=(LANGUAGE_WANTED,),
)
