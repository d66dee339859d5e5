"""What mkdocs is told beside mkdocs.yml: where the words of a Chinese text end, so that the search finds them."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import rjieba
from material.plugins.search import plugin

GLOSSARY = Path(__file__).parents[1] / "docs" / "glossary.md"
CHINESE = re.compile(r"[\u4e00-\u9fff]{2,}")


def on_startup(**_: Any) -> None:
    """Give the search plugin a segmenter, which it looks for under another name, and the glossary's words to it."""
    for word in CHINESE.findall(GLOSSARY.read_text(encoding="utf-8")):
        rjieba.add_word(word, None, None)  # as often, and what kind of word, as it thinks right
    plugin.jieba = SimpleNamespace(cut=lambda text: rjieba.cut(text.decode()))
