"""Answers in other languages than English: the core says everything in English, and a finished answer is translated.

A language is one package here that declares LANGUAGE: its tag, whom it is for, and its tables of texts. A text that
no table has stays English; codes, names, places, numbers and whatever stands in backticks always do.
"""

from service.languages.answers import translated
from service.languages.language import Language
from service.languages.negotiation import LANGUAGES, preferred

__all__ = ["LANGUAGES", "Language", "preferred", "translated"]
