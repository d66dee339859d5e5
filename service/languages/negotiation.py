"""Which language a caller prefers, by `Accept-Language` (RFC 9110)."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from service.languages.chinese import LANGUAGE as CHINESE
from service.languages.language import Language

LANGUAGES: Mapping[str, Language] = {language.tag: language for language in (CHINESE,)}
"""The languages beside English, by their tags."""
MOST_HEADERS = 128
"""Values of `Accept-Language` whose meaning is cached: callers write few, and each in every request. Chosen."""
ENGLISH = "en"
ANY = "*"


@lru_cache(maxsize=MOST_HEADERS)
def preferred(header: str) -> Language | None:
    """The language that an `Accept-Language` prefers; None where that is English, or none that there is.

    Of languages with the same weight the first named is taken. `*` stands for English.
    """
    best, most = None, 0.0
    for wanted, weight in _ranges(header):
        if weight <= most:
            continue
        language = next((language for language in LANGUAGES.values() if language.takes(wanted)), None)
        if language is not None or wanted == ANY or wanted.partition("-")[0] == ENGLISH:
            best, most = language, weight
    return best


def _ranges(header: str) -> Sequence[tuple[str, float]]:
    """The language ranges of a header, in lower case, and their weights; what is malformed is left out."""
    ranges = []
    for part in header.lower().split(","):
        wanted, _, parameter = (word.strip() for word in part.partition(";"))
        name, _, value = (word.strip() for word in parameter.partition("="))
        try:
            weight = float(value) if name == "q" else 1.0
        except ValueError:
            continue
        if wanted and 0 <= weight <= 1:
            ranges.append((wanted, weight))
    return ranges
