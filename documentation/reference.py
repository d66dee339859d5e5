"""The reference: pages made of the tables that the service runs on, so that they cannot say anything else."""

import importlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from service.core.diagnostics import DIAGNOSTICS
from service.core.frameworks import FRAMEWORKS
from service.core.layers import LAYERS, Kind
from service.core.layers.parameters import PARAMETERS
from service.deployment import Deployment
from service.operations import OPERATIONS, get_diagnostic
from service.operations.list_frameworks import OPERATION as LIST_FRAMEWORKS
from service.operations.shared.layer_row import row_of
from service.settings import Settings

Row = Sequence[str]

TAGS = {
    "questions": "Questions",
    "catalogue": "Catalogue",
    "operations": "Operations",
    "inference": "Open Inference Protocol",
}
NOTHING = "\u2013"
"""What a cell without an entry holds: a dash."""


def reference_pages() -> dict[str, str]:
    """Every page of the reference, by its place in the site."""
    return {
        "reference/endpoints.md": endpoints(),
        "reference/frameworks.md": frameworks(),
        "reference/layers.md": layers(),
        "reference/parameters.md": parameters(),
        "reference/diagnostics.md": diagnostics(),
        "reference/settings.md": settings(),
    }


def page(title: str, lead: str, *sections: str) -> str:
    """A page of its title, what it is, and sections."""
    return "\n\n".join([f"# {title}", lead, *sections]) + "\n"


def table(head: Row, rows: Iterable[Row]) -> str:
    """A table in Markdown; a bar inside a cell is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") or NOTHING for cell in line) + " |" for line in lines)


def code(text: Any) -> str:
    """A text as code; nothing where it is empty."""
    return f"`{text}`" if text != "" else ""


def codes(texts: Iterable[Any]) -> str:
    """Texts as code, separated by commas."""
    return ", ".join(code(text) for text in texts)


def value(default: Any) -> str:
    """A default value as JSON; nothing for null."""
    return "" if default is None else code(json.dumps(default))


def first_paragraph(text: str) -> str:
    """The first paragraph of a text, in one line."""
    return " ".join(text.split("\n\n")[0].split())


def endpoints() -> str:
    """Every endpoint, by its tag."""
    rows = {tag: sorted((op for op in OPERATIONS if op.tag == tag), key=lambda op: op.place) for tag in TAGS}
    sections = [
        f"## {title}\n\n"
        + table(
            ("request", "answers", "how"),
            [(code(f"{op.method.upper()} {op.path}"), op.summary, op.description) for op in rows[tag]],
        )
        for tag, title in TAGS.items()
    ]
    lead = (
        "Every endpoint. A running service has the whole description, where each request can be tried, at `/docs`, and"
        " as OpenAPI at `/openapi.json`."
    )
    return page("Endpoints", lead, *sections)


def frameworks() -> str:
    """Whose rules there are, and each family's rules."""
    rows = LIST_FRAMEWORKS.respond({})["frameworks"]
    versions = table(
        ("framework", "`framework`", "recorded from", "axes", "batch"),
        [
            (
                row["title"],
                code(row["name"]),
                row["version"]
                + ("" if "opsets" not in row else ", operator sets {oldest} to {newest}".format(**row["opsets"])),
                row["layout"].replace("_", " "),
                "optional" if row["unbatched"] else "always",
            )
            for row in rows
        ],
    )
    sections = [f"## {row['title']}\n\n" + "\n\n".join(families(row["layers"])) for row in rows]
    lead = (
        "What each framework accepts, as the service has it. [What the frameworks do](../frameworks.md) says it in"
        " words, side by side. A running service answers the same at `/v1/frameworks`."
    )
    return page("Frameworks' rules", lead, versions, *sections)


def families(rules: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The rules of one framework: a table for the families that share them."""
    alike: dict[str, list[str]] = {}
    for family, row in rules.items():
        alike.setdefault(json.dumps({key: row[key] for key in row if key != "name"}), []).append(family)
    for text, names in alike.items():
        shown = {key: entry for key, entry in json.loads(text).items() if entry not in (None, [], {}, False)}
        cells = [(code(key), codes(entry) if isinstance(entry, list) else value(entry)) for key, entry in shown.items()]
        yield f"**{', '.join(name.replace('_', ' ') for name in names)}**\n\n" + table(("rule", "value"), cells)


def layers() -> str:
    """Every layer type, by subject."""
    sections = [
        f"## {subject(module)}\n\n"
        + table(
            ("type", "what it does", *(row.title for row in FRAMEWORKS.values()), "parameters"),
            [layer(list(kinds)) for _, kinds in groupby(group, key=lambda kind: kind.layer)],
        )
        for module, group in by_module().items()
    ]
    lead = (
        f"All {len(LAYERS)} types that a layer may have, with the names that frameworks give them: any of these may be"
        " the `type` too, and then each parameter means what it means there. [Parameters](parameters.md) says what the"
        " parameters are. A running service answers with one type at `/v1/layers/conv2d`."
    )
    return page("Layers", lead, *sections)


def by_module() -> dict[str, list[Kind]]:
    """The kinds of layers by the module that they are written in, in the order of the registry."""
    groups: dict[str, list[Kind]] = {}
    for kind in LAYERS.values():
        groups.setdefault(kind.layer.__module__, []).append(kind)
    return groups


def subject(module: str) -> str:
    """What a module of layers is about, as a heading."""
    return first_paragraph(importlib.import_module(module).__doc__ or "").split(":")[0].rstrip(".")


def layer(kinds: Sequence[Kind]) -> Row:
    """The row of a layer, which may have several types: one a rank, or one a name."""
    rows = [row_of(kind) for kind in kinds]
    names = (codes(dict.fromkeys(name for row in rows for name in row["names"][framework])) for framework in FRAMEWORKS)
    return (
        codes(row["type"] for row in rows),
        first_paragraph(rows[0]["description"]),
        *names,
        ", ".join(f"[`{entry['name']}`](parameters.md#{entry['name']})" for entry in rows[0]["parameters"]),
    )


def parameters() -> str:
    """Every parameter, with an anchor of its own."""
    sections = []
    for name, row in sorted(PARAMETERS.items()):
        users = list(dict.fromkeys(kind.family for kind in LAYERS.values() if name in kind.layer.parameter_names()))
        facts = [f"{row.meaning}", f"Takes {row.form}."]
        facts += [f"Also spelled {codes(row.aliases)}."] if row.aliases else []
        facts += [f"In {codes(users)}." if len(users) <= 12 else f"In {len(users)} families of layers."]
        sections.append(f"### `{name}` {{ #{name} }}\n\n" + " ".join(facts))
    lead = (
        "What every parameter of a layer means, what it takes, and how frameworks spell it. Which of them a layer has,"
        " the [table of layers](layers.md) says; defaults are the framework's."
    )
    return page("Parameters", lead, *sections)


def diagnostics() -> str:
    """Every diagnostic with its text and its example."""
    sections = []
    for severity in ("error", "warning"):
        rules = [rule for rule in DIAGNOSTICS.values() if rule.severity == severity]
        sections.append(f"## {severity.capitalize()}s")
        sections += [diagnostic(rule.name) for rule in sorted(rules, key=lambda rule: rule.code)]
    lead = (
        f"The {len(DIAGNOSTICS)} things that the service tells of a request. An error makes a request or a network"
        " unsound; a warning does not. Each has a code, a name and a text. A running service has each as a page of its"
        " own, such as `/v1/diagnostics/unread-input`."
    )
    return page("Diagnostics", lead, *sections)


def diagnostic(name: str) -> str:
    """One diagnostic as a section."""
    row = get_diagnostic.OPERATION.respond({"name": name})
    parts = [f"### `{name}` {{ #{name} }}", f"{row['code']}. {row['description']}"]
    if example := row.get("example"):
        found = example["diagnostic"]
        asked = json.dumps(example["request"], ensure_ascii=False)
        parts.append(f'```json title="POST {example["path"]}"\n{asked}\n```')
        parts.append("> " + found["message"] + (f"  \n> Help: {found['help']}" if found["help"] else ""))
    return "\n\n".join(parts)


def settings() -> str:
    """Every environment variable, with its default."""
    lead = (
        "Every setting is an environment variable. Those of the first table are limits, or bound what a request may"
        " take; a running service answers with its own at `/v1/limits`. [Running it](../operations.md) says more."
    )
    limits = {name: field for name, field in Settings.model_fields.items() if not field.exclude}
    others = {name: field for name, field in Settings.model_fields.items() if field.exclude}
    head = ("variable", "default", "meaning")
    return page(
        "Limits and environment variables",
        lead,
        "## Limits\n\n" + table(head, map(setting, limits.items())),
        "## Access\n\n" + table(head, map(setting, others.items())),
        "## The server\n\n" + table(head, map(setting, Deployment.model_fields.items())),
    )


def setting(named: tuple[str, Any]) -> Row:
    """The row of a setting."""
    name, field = named
    variable = str(field.validation_alias or f"PADSTRIDE_{name.upper()}")
    default = (
        "unset" if field.default == () else f"{field.default:,}" if isinstance(field.default, int) else field.default
    )
    return code(variable), "the cores" if name == "workers" else str(default), field.description
