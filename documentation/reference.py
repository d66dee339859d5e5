"""The reference: pages made of the tables that the service runs on, so that they cannot say anything else."""

import ast
import importlib
import inspect
import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from service.core.diagnostics import DIAGNOSTICS
from service.core.frameworks import FRAMEWORKS
from service.core.frameworks.window_rules import WindowRules
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
WIDE = "---\nhide: [toc]\n---\n\n"
"""The head of a page whose tables need the room of the table of contents."""


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
    return WIDE + page("Endpoints", lead, *sections)


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
    families = dict.fromkeys(family for row in rows for family in row["layers"])
    sections = [family_rules(family, rows) for family in families]
    lead = (
        "What each framework's layers with windows accept, family by family, as the service has it. [What the"
        " frameworks do](../frameworks.md) says it in words. A running service answers the same at `/v1/frameworks`."
    )
    return WIDE + page("Frameworks' rules", lead, versions, *sections)


def family_rules(family: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """The rules of one family, side by side; those that say nothing in any framework are left out."""
    meanings = rule_meanings()
    there = [row["layers"].get(family) for row in rows]
    lines = []
    for name, meaning in meanings.items():
        values = [None if rules is None else rules.get(name) for rules in there]
        if any(entry not in (None, [], {}, False) for entry in values):
            lines.append((meaning, *map(said, values)))
    names = (
        "The framework's name for it.",
        *("no such layer" if rules is None else code(rules["name"]) for rules in there),
    )
    return f"## {family.replace('_', ' ').capitalize()}\n\n" + table(
        ("rule", *(row["title"] for row in rows)), [names, *lines]
    )


def rule_meanings() -> dict[str, str]:
    """What each rule says, in the order of the class: the text below the field, or its name."""
    tree = ast.parse(inspect.getsource(WindowRules)).body[0]
    assert isinstance(tree, ast.ClassDef)
    meanings: dict[str, str] = {}
    last = ""
    for part in tree.body:
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            last = part.target.id
            meanings[last] = last.replace("_", " ").capitalize() + "."
        elif isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant) and last:
            meanings[last] = first_paragraph(str(part.value.value))
        else:
            last = ""
    return {name: meaning for name, meaning in meanings.items() if name != "name"}


def said(entry: Any) -> str:
    """The value of a rule, in words."""
    if entry is None or entry == [] or entry == {}:
        return ""
    if isinstance(entry, bool):
        return "yes" if entry else "no"
    if isinstance(entry, list):
        return codes(entry)
    if isinstance(entry, dict):
        return ", ".join(f"{code(key)} {number}" for key, number in entry.items())
    return str(entry)


def layers() -> str:
    """Every layer type, by subject."""
    sections = [
        f"## {subject(module)}\n\n{about(module)}\n\n"
        + table(
            ("type", "what it does", "in frameworks", "parameters"),
            [layer(list(kinds)) for _, kinds in groupby(group, key=lambda kind: kind.layer)],
        )
        for module, group in by_module().items()
    ]
    lead = (
        f"All {len(LAYERS)} types that a layer may have, with the names that frameworks give them: any of these may be"
        " the `type` too, and then each parameter means what it means there. [Parameters](parameters.md) says what the"
        " parameters are. A running service answers with one type at `/v1/layers/conv2d`."
    )
    return WIDE + page("Layers", lead, *sections)


def by_module() -> dict[str, list[Kind]]:
    """The kinds of layers by the module that they are written in, in the order of the registry."""
    groups: dict[str, list[Kind]] = {}
    for kind in LAYERS.values():
        groups.setdefault(kind.layer.__module__, []).append(kind)
    return groups


def subject(module: str) -> str:
    """What a module of layers is called, as a heading."""
    return module.rpartition(".")[2].replace("_", " ").capitalize()


def about(module: str) -> str:
    """What a module of layers is about, in a sentence."""
    return first_paragraph(importlib.import_module(module).__doc__ or "")


def layer(kinds: Sequence[Kind]) -> Row:
    """The row of a layer, which may have several types: one a rank, or one a name."""
    rows = [row_of(kind) for kind in kinds]
    names = {
        framework.title.split()[0]: codes(dict.fromkeys(name for row in rows for name in row["names"][key]))
        for key, framework in FRAMEWORKS.items()
    }
    return (
        codes(row["type"] for row in rows),
        first_paragraph(rows[0]["description"]),
        "<br>".join(f"{framework}: {those}" for framework, those in names.items() if those),
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
