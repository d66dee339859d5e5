"""The language of an answer: `Accept-Language`, and what an answer says of its own.

Answers are made in English, whoever asks, and translated when they are finished. Whoever names no language pays for one
look at the headers.
"""

from collections.abc import Mapping
from typing import Any

from flask import Response

from service.languages import Language, preferred, translated
from service.routes.records import at_hand

ACCEPT_LANGUAGE = "Accept-Language"
LANGUAGE_WANTED: Mapping[str, Any] = {"$ref": f"#/components/parameters/{ACCEPT_LANGUAGE}"}
"""The parameter of an endpoint that answers in languages, as OpenAPI refers to it."""
_OF_ENVIRONMENT = "HTTP_ACCEPT_LANGUAGE"


def language_wanted() -> Language | None:
    """The language that the caller prefers to English; None for English."""
    header = at_hand().environ.get(_OF_ENVIRONMENT)
    return None if header is None else preferred(header)


def in_language(body: Any, language: Language) -> tuple[Any, Language | None]:
    """A finished answer in a language, and None in its place where nothing in the answer was translated."""
    other = translated(body, language)
    return other, None if other is body else language


def say_language(response: Response, language: Language) -> Response:
    """A response whose body is in another language than English, and says so."""
    response.headers["Content-Language"] = language.tag
    response.vary.add(ACCEPT_LANGUAGE)
    return response
