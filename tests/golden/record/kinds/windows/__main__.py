"""Records window reductions of JAX: python -m tests.golden.record.kinds.windows --out tests/golden/kinds

Whole numbers from -4 to 4 go in, so that all but the averages are exact; the values are kept of small outputs.
"""

import argparse
import random
from math import prod
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
from flax import nnx
from jax import lax

from tests.golden.record import forked
from tests.golden.record.arrays import from_numpy, to_numpy, tuples
from tests.golden.record.frameworks.jax import run
from tests.golden.record.kinds.windows.draws import drawn
from tests.golden.record.layers.drafts import Layer, Shape
from tests.golden.record.recording import write_cases

PACKAGES = "jax==0.10.2 jaxlib==0.10.2 flax==0.12.8"
LARGEST_INPUT = 2_000
"""Elements."""
MOST_VALUES = 60
"""Elements of an input or an output that is recorded with its values. Chosen: the file stays small."""
Drawn = tuple[Layer, Shape, list[int]]


def cases_of(seed: int, count: int) -> list[Drawn]:
    """As many layers, each with the shape of an input and its numbers."""
    rng, cases = random.Random(f"{seed} windows"), []
    while len(cases) < count:
        layer, shape = drawn(rng)
        if 0 < prod(shape) <= LARGEST_INPUT:
            cases.append((layer, shape, [rng.randint(-4, 4) for _ in range(prod(shape))]))
    return cases


def ran(layer: Layer, shape: Shape, numbers: list[int]) -> dict[str, Any]:
    """The array that comes out; raises what JAX raises."""
    name = layer["type"].rpartition(".")[2]
    array = to_numpy({"shape": shape, "data": numbers})
    if "." not in layer["type"]:
        return from_numpy(run(layer, array))
    words = {word: tuples(value) for word, value in layer.items() if word not in ("type", "computation", "reduce_fn")}
    known = {"lax": lax, "jax.lax": lax, "jnp": jnp}
    if name == "reduce_window":
        home, _, function = layer["computation"].rpartition(".")
        begins = {"max": -np.inf, "maximum": -np.inf, "min": np.inf, "minimum": np.inf, "add": 0.0}[function]
        return from_numpy(
            np.asarray(lax.reduce_window(jnp.asarray(array), begins, getattr(known[home], function), **words))
        )
    if name == "pool":
        words |= {"init": float(layer["init"]), "reduce_fn": getattr(lax, layer["reduce_fn"].rpartition(".")[2])}
    return from_numpy(np.asarray(getattr(nnx, name)(jnp.asarray(array), **words)))


def recorded(case: Drawn, outcome: dict[str, Any]) -> dict[str, Any]:
    """The case with its shape and, of small ones, its values; or with the refusal."""
    layer, shape, numbers = case
    if "refused" in outcome:
        return {"layer": layer, "input": shape, "refused": outcome["refused"]}
    made = outcome["output"]
    found = {"layer": layer, "input": shape, "output": made["shape"]}
    if not 0 < len(made["data"]) <= MOST_VALUES or len(numbers) > MOST_VALUES:
        return found
    texts = [value if abs(value) < float("inf") else str(value) for value in made["data"]]
    return {**found, "numbers": numbers, "values": texts}


def main() -> None:
    """Record the file."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden.record.kinds.windows", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=600)
    parser.add_argument("--out", type=Path, required=True, help="the directory to write to")
    options = parser.parse_args()
    cases = cases_of(options.seed, options.cases)
    lines = [recorded(case, outcome) for case, outcome in zip(cases, forked.outcomes(ran, cases), strict=True)]
    version = PACKAGES.split()[0].rpartition("=")[2]
    header = {"framework": "jax", "version": version, "seed": options.seed}
    options.out.mkdir(parents=True, exist_ok=True)
    write_cases(options.out / "jax_windows.jsonl", header, lines)


if __name__ == "__main__":
    main()
