"""Records real models.

For example: python -m tests.golden.record.models --of torchvision --out tests/golden/models
"""

import argparse
import gzip
import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any

OF = ("keras", "torchvision", "timm")


def main() -> None:
    """Record the models of one collection: a header line, then one model a line."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden.record.models", description=__doc__)
    parser.add_argument("--of", choices=OF, required=True)
    parser.add_argument("--only", nargs="*", help="these models only")
    parser.add_argument("--out", type=Path, required=True, help="the directory to write to")
    options = parser.parse_args()
    collection = importlib.import_module(f"tests.golden.record.models.{options.of}")
    names = options.only or collection.names()
    options.out.mkdir(parents=True, exist_ok=True)
    with gzip.GzipFile(options.out / f"{options.of}.jsonl.gz", "wb", mtime=0) as file:
        write(file, {**collection.versions(), "models": len(names)})
        for name in names:
            began = time.monotonic()
            model = collection.record(name)
            write(file, {"model": name, **model})
            sys.stderr.write(f"{name}: {len(model['body']['layers'])} layers, {time.monotonic() - began:.1f} s\n")


def write(file: gzip.GzipFile, line: dict[str, Any]) -> None:
    """Write one line of JSON."""
    file.write(json.dumps(line, separators=(",", ":")).encode() + b"\n")


if __name__ == "__main__":
    main()
