"""Finished answers in another language: every diagnostic, fix and problem document in them, wherever it stands.

Nothing is changed in place, since answers are cached: what holds a translated text is a copy, all else is shared.
"""

from collections.abc import Mapping
from typing import Any

from service.languages.language import PROBLEM, Language


def translated(answer: Any, language: Language) -> Any:
    """The answer with its texts in a language; the same object where it has none that the language has."""
    return _value(answer, language, "")


def _value(value: Any, language: Language, name: str) -> Any:
    """A value of an answer; `name` is the diagnostic that it belongs to."""
    if isinstance(value, list | tuple):
        if not value or not isinstance(value[0], list | tuple | dict):
            return value
        entries = [_value(entry, language, name) for entry in value]
        return entries if any(new is not old for new, old in zip(entries, value, strict=True)) else value
    if not isinstance(value, dict):
        return value
    if "code" in value and "message" in value:
        return _diagnostic(value, language)
    if "patch" in value and "title" in value:
        return _with_texts(value, language, name, ("title",))
    if "detail" in value and "errors" in value:
        return _problem(value, language)
    return _members(value, value, language, name)


def _members(value: Mapping[str, Any], known: Mapping[str, Any], language: Language, name: str) -> Any:
    """An object with what its members hold translated."""
    new = {key: _value(known[key], language, name) for key in known if isinstance(known[key], list | tuple | dict)}
    changed = {key: entry for key, entry in new.items() if entry is not known[key]}
    return {**value, **changed} if changed else value


def _with_texts(value: Mapping[str, Any], language: Language, name: str, keys: tuple[str, ...]) -> Any:
    """An object with some of its own texts translated."""
    texts = {key: language.translate(name, value[key]) for key in keys if value.get(key) is not None}
    changed = {key: text for key, text in texts.items() if text is not None}
    return {**value, **changed} if changed else value


def _diagnostic(value: Mapping[str, Any], language: Language) -> Any:
    """A diagnostic, with its notes, fixes and consequences; places and patches are the caller's own."""
    name = value["name"]
    own = _with_texts(value, language, name, ("message", "help"))
    related = [_with_texts(note, language, name, ("message",)) for note in value["related"]]
    changed = any(new is not old for new, old in zip(related, value["related"], strict=True))
    own = {**own, "related": related} if changed else own
    parts = {key: value[key] for key in ("fixes", "consequences") if key in value}
    return _members(own, parts, language, name)


def _problem(value: Mapping[str, Any], language: Language) -> Any:
    """A problem document; where it has diagnostics its detail is what the first of them says."""
    whole = _members(value, {"errors": value["errors"]}, language, "")
    new = _with_texts(whole, language, PROBLEM, ("title", "detail"))
    if not value["errors"] or not isinstance(value["errors"][0], dict):
        return new
    before, after = value["errors"][0]["message"], whole["errors"][0]["message"]
    if after != before and value["detail"].startswith(before):
        more = value["detail"].removeprefix(before)
        more = more and (language.translate(PROBLEM, more) or more)
        return {**new, "detail": after + more}
    return new
