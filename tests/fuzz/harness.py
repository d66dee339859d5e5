"""Runs one fuzzer for a time: coverage-guided where `atheris` is installed, drawn by hypothesis where it is not."""

import argparse
import hashlib
import importlib
import logging
import os
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

PAGE = os.sysconf("SC_PAGE_SIZE")
MOST_GROWTH = 24 * 2**20
"""Bytes that the process may grow by in the second half of a run. Caches and the corpus fill in the first."""
SLOW = {"hypothesis": 5.0, "atheris": 30.0}
"""Seconds of the processor for one case that are a finding; instrumented code takes ten times as long."""
LARGEST = 2**18
"""Bytes of a case."""
LIMITS = {"max_trials": 3000, "max_model_steps": 100_000}
"""Settings that bound how long a case takes. With the usual ones a few cases take most of a run's time: a question
about input sizes takes 4 to 9 s, and ten times that where the code is instrumented."""
MARKS = 20
"""How often the size of the process is taken in a run."""

Post = Callable[[Any, bytes], int]
Mutate = Callable[[bytes, random.Random], bytes]


@dataclass(frozen=True, kw_only=True)
class Fuzzer:
    """What is posted, what it is made of, and how one case becomes another."""

    name: str
    seeds: Callable[[], Sequence[bytes]]
    mutate: Mutate
    post: Post
    """Posts a case with a client, and gives the status."""
    guides: str = "service"
    """The package whose code guides the choice of cases. It is instrumented, and takes ten times as long."""


@dataclass(kw_only=True)
class Run:
    """One run of a fuzzer, and what it has found."""

    fuzzer: Fuzzer
    seconds: float
    out: Path
    engine: str
    client: Any = None
    began: float = field(default_factory=time.monotonic)
    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    findings: dict[str, str] = field(default_factory=dict)
    slowest: float = 0.0
    sizes: list[tuple[float, int]] = field(default_factory=list)
    log: list[logging.LogRecord] = field(default_factory=list)

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.began

    def start(self) -> None:
        """Makes the application, and takes what it logs."""
        for name, limit in LIMITS.items():
            os.environ.setdefault(f"PADSTRIDE_{name.upper()}", str(limit))
        from service.app import create_app
        from service.observability.ledger import LEDGER

        LEDGER.by_itself = False
        self.client = create_app().test_client()
        logging.getLogger().handlers[:] = [_Collector(self.log)]
        self.began = time.monotonic()

    def one_case(self, data: bytes) -> None:
        """Posts a case, judges the answer, and ends the process when the time is over."""
        began = time.process_time()
        try:
            status = self.fuzzer.post(self.client, data)
        except Exception:  # noqa: BLE001 - whatever comes through is what is looked for
            self._found(traceback.format_exc(limit=-3), data)
        else:
            self.statuses[status] += 1
            if status >= 500:
                self._found("\n".join(map(_text_of, self.log)) or f"status {status}", data)
        took = time.process_time() - began
        self.slowest = max(self.slowest, took)
        if took > SLOW[self.engine]:
            self._found(f"a case took {took:.0f} s of the processor", data)
        self.log.clear()
        self.cases += 1
        if self.elapsed > len(self.sizes) * self.seconds / MARKS:
            self.sizes.append((self.elapsed, resident()))
        if self.elapsed > self.seconds:
            sys.stdout.flush()
            os._exit(self.report())

    def _found(self, what: str, data: bytes) -> None:
        """Keeps the first case of each finding."""
        lines = what.strip().splitlines()
        key = "\n".join(lines[-4:])
        if key in self.findings:
            return
        self.findings[key] = name = hashlib.sha256(data).hexdigest()[:12]
        (self.out / f"{self.fuzzer.name}-{name}").write_bytes(data)
        print(f"FOUND {name}: {what}", flush=True)

    def report(self) -> int:
        """Prints the figures; the code to end with."""
        growth = self.growth()
        answers = ", ".join(f"{count} x {status}" for status, count in sorted(self.statuses.items()))
        print(f"{self.fuzzer.name} ({self.engine}): {self.cases} cases in {self.elapsed:.0f} s; {answers}")
        print(f"slowest {self.slowest:.2f} s; {growth / 2**20:+.1f} MB in the second half")
        print("MB, once a minute: " + " ".join(f"{size / 2**20:.0f}" for size in [*self.each_minute(), resident()]))
        print(f"{len(self.findings)} findings", flush=True)
        return int(bool(self.findings) or growth > MOST_GROWTH)

    def each_minute(self) -> list[int]:
        """The bytes of the process after the first case, and at the first mark of each further minute."""
        marks = {int(at // 60): size for at, size in reversed(self.sizes)}
        return [marks[minute] for minute in sorted(marks)]

    def growth(self) -> int:
        """Bytes by which the process is larger than half way through."""
        half = [size for at, size in self.sizes if at >= self.seconds / 2]
        return self.sizes[-1][1] - half[0] if half else 0


class _Collector(logging.Handler):
    """Keeps what is logged with an exception."""

    def __init__(self, records: list[logging.LogRecord]) -> None:
        super().__init__(logging.ERROR)
        self.records = records

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


def _text_of(record: logging.LogRecord) -> str:
    """The last lines of the exception that was logged, or the message."""
    if record.exc_info:
        return "".join(traceback.format_exception(*record.exc_info, limit=-3))
    return record.getMessage()


def resident() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


def varied(data: bytes, drawn: random.Random) -> bytes:
    """Bytes with a few changed, cut, doubled or put in."""
    broken = bytearray(data or b"0")
    for _ in range(drawn.choice([1, 1, 2, 4])):
        at, length = drawn.randrange(len(broken) or 1), drawn.randint(1, 8)
        kind = drawn.randrange(6)
        if kind == 0 and broken:
            broken[at] = drawn.randrange(256)
        elif kind == 1:
            del broken[at : at + length]
        elif kind == 2:
            broken[at:at] = broken[at : at + length * 8]
        elif kind == 3:
            broken[at:at] = drawn.randbytes(length)
        elif kind == 4 and broken:
            broken[at] ^= 1 << drawn.randrange(8)
        else:
            broken = broken[: drawn.randint(0, len(broken))]
    return bytes(broken)[:LARGEST]


def main(fuzzer: Fuzzer, arguments: Sequence[str] | None = None) -> int:
    """Runs a fuzzer from the command line."""
    parser = argparse.ArgumentParser(description=fuzzer.name)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--out", type=Path, default=Path(tempfile.gettempdir()) / "padstride-fuzz")
    parser.add_argument("--engine", choices=["atheris", "hypothesis"], help="by default atheris, where it is installed")
    parser.add_argument("--case", type=Path, help="post only this one")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    atheris = None if options.engine == "hypothesis" else _atheris(required=options.engine is not None)
    run = Run(fuzzer=fuzzer, seconds=options.seconds, out=options.out, engine="atheris" if atheris else "hypothesis")
    if options.case is not None:
        run.start()
        run.one_case(options.case.read_bytes())
        return run.report()
    return _guided(run, atheris) if atheris else _drawn(run)


def _atheris(*, required: bool) -> ModuleType | None:
    try:
        return importlib.import_module("atheris")
    except ImportError:
        if required:
            raise
        return None


def _guided(run: Run, atheris: Any) -> int:
    """Cases that reach new code become seeds of more."""
    with atheris.instrument_imports(include=[run.fuzzer.guides]):
        run.start()

    def mutator(data: bytes, most: int, seed: int) -> bytes:
        drawn = random.Random(seed)
        return (varied(data, drawn) if drawn.random() < 0.1 else run.fuzzer.mutate(data, drawn))[:most]

    with tempfile.TemporaryDirectory() as corpus:
        for index, seed in enumerate(run.fuzzer.seeds()):
            (Path(corpus) / f"{index}").write_bytes(seed)
        # libFuzzer stops at a size of the process and after a time by itself; here both are reported
        options = [sys.argv[0], corpus, f"-max_len={LARGEST}", "-rss_limit_mb=0", "-timeout=3600", "-verbosity=0"]
        atheris.Setup(options, run.one_case, custom_mutator=mutator)
        run.began = time.monotonic()
        atheris.Fuzz()
    return 1  # the case after the time is over ends the process


def _drawn(run: Run) -> int:
    """Cases drawn by hypothesis from the seeds, again and again."""
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import strategies as st

    run.start()
    seeds = list(run.fuzzer.seeds())

    @settings(
        max_examples=1000,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(seed=st.sampled_from(seeds), rounds=st.integers(1, 6), number=st.integers(0, 2**64 - 1))
    def a_thousand_cases(seed: bytes, rounds: int, number: int) -> None:
        drawn = random.Random(number)
        for _ in range(rounds):
            seed = varied(seed, drawn) if drawn.random() < 0.1 else run.fuzzer.mutate(seed, drawn)
        run.one_case(seed[:LARGEST])

    while True:
        a_thousand_cases()
