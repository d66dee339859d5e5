"""Records model files with what was measured while the models ran.

For example: python -m tests.golden.record.readers --of keras --out tests/golden/readers

`--of keras` and `--of exported` are small models of our own, which are committed. `--of applications` and
`--of torchvision` are real ones, whose files are large: write them outside the project, and let the tests read them
there with RECORDED_READERS=DIRECTORY.
"""

import argparse
import gzip
import importlib
import json
import sys
from pathlib import Path

OF = ("keras", "older_keras", "exported", "applications", "torchvision")


def main() -> None:
    """Record one collection: a header line, then one model a line."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden.record.readers", description=__doc__)
    parser.add_argument("--of", choices=OF, required=True)
    parser.add_argument("--only", nargs="*", help="these models only")
    parser.add_argument("--out", type=Path, required=True, help="the directory to write to")
    options = parser.parse_args()
    collection = importlib.import_module(f"tests.golden.record.readers.{options.of}")
    names = options.only or collection.names()
    options.out.mkdir(parents=True, exist_ok=True)
    with gzip.GzipFile(options.out / f"{options.of}.jsonl.gz", "wb", mtime=0) as file:
        file.write(json.dumps({**collection.versions(), "models": len(names)}).encode() + b"\n")
        for name in names:
            for line in collection.record(name):
                file.write(json.dumps({"model": name, **line}, separators=(",", ":")).encode() + b"\n")
            sys.stderr.write(f"{name}\n")


if __name__ == "__main__":
    main()
