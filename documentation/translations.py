"""Which Chinese text belongs to which English one, and whether it is in step with it.

Below the heading of each section of a translation stands a digest of the section that it translates. Where the English
changes, its digest does, and a test fails until somebody has looked at the Chinese and written the digests anew:

    python -m documentation.translations
"""

import re
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[1]
TRANSLATIONS = {"README.md": "README.zh.md", "docs/tutorial.md": "docs/tutorial.zh.md"}

FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
DIGEST = re.compile(r"\n<!-- of ([0-9a-f]{8}) -->\n")


def sections(text: str) -> list[str]:
    """A text, cut before each heading; a line of code that looks like a heading is none."""
    hidden = FENCE.sub(lambda fence: re.sub(r"^#", "\0", fence.group(), flags=re.MULTILINE), text)
    return [part.replace("\0", "#") for part in re.split(r"^(?=#+ )", hidden, flags=re.MULTILINE) if part]


def digest(section: str) -> str:
    """The digest of a section, whatever its lines are broken at."""
    return sha256(" ".join(section.split()).encode()).hexdigest()[:8]


def recorded(section: str) -> str | None:
    """The digest that stands in a section of a translation."""
    found = DIGEST.search(section)
    return found and found[1]


def with_digests(original: str, translation: str) -> str:
    """A translation whose digests are those of the original as it is now."""
    pairs = zip(sections(original), sections(DIGEST.sub("", translation)), strict=True)
    return "".join(marked(theirs, digest(ours)) for ours, theirs in pairs)


def marked(section: str, text: str) -> str:
    """A section with a digest below its heading."""
    heading, rest = section.split("\n", 1)
    return f"{heading}\n\n<!-- of {text} -->\n{rest}"


def main() -> None:
    """Write the digests of all translations anew."""
    for original, translation in TRANSLATIONS.items():
        path = ROOT / translation
        ours = (ROOT / original).read_text(encoding="utf-8")
        path.write_text(with_digests(ours, path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
