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

OF = ("keras", "torchvision", "timm")


def main() -> None:
    """Record the models of one collection: a header line, then one model a line."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden.record.models", description=__doc__)
    parser.add_argument("--of", choices=OF, required=True)
    parser.add_argument("--only", nargs="*", help="these models only")
    parser.add_argument("--out", type=Path, required=True, help="the directory to write to")
    options = parser.parse_args()
    collection = importlib.import_module(f"tests.golden.record.models.{options.of}")
    lines = [{**collection.versions(), "models": len(options.only or collection.names())}]
    for name in options.only or collection.names():
        began = time.monotonic()
        lines.append({"model": name, **collection.record(name)})
        sys.stderr.write(f"{name}: {len(lines[-1]['body']['layers'])} layers, {time.monotonic() - began:.1f} s\n")
    text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / f"{options.of}.jsonl.gz").write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main()
