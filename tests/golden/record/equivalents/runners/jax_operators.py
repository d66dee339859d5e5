"""Operators, reductions, products and layers along axes in JAX, and Flax's Embed."""

from typing import Any

import numpy as np
from flax import nnx

from tests.golden.record.equivalents.runners import Array, Arrays, Step
from tests.golden.record.equivalents.runners.numpy_like import Function, functions_of, given, plain
from tests.golden.record.frameworks import jax as recorder

jax, jnp = recorder.jax, recorder.jnp
special: Any = jax.scipy.special


def apply(step: Step, arrays: list[Array], weights: Arrays) -> Any:
    """What comes out, as arrays."""
    sources = [jnp.asarray(array) for array in arrays]
    if step["type"] == "embedding":
        layer = nnx.Embed(step["num_embeddings"], step["features"], rngs=nnx.Rngs(0))
        layer.embedding.value = jnp.asarray(weights["weight"])
        return np.asarray(layer(sources[0]))
    result = TABLE[step["type"]](step, sources)
    return [np.asarray(part) for part in result] if isinstance(result, tuple | list) else np.asarray(result)


def norm(step: Step, xs: list[Any]) -> Any:
    arguments = given(step)
    axis = arguments["axis"]
    axis = axis if isinstance(axis, tuple) else (axis,)
    return jnp.linalg.norm(xs[0], ord=arguments.get("ord", 2), axis=axis[0] if len(axis) == 1 else axis,
                           keepdims=arguments.get("keepdims", False))  # fmt: skip


TABLE: dict[str, Function] = {
    **functions_of(jnp),
    "positive": plain(jnp.positive),
    "rsqrt": plain(jax.lax.rsqrt),
    "erf": plain(special.erf),
    "erfc": plain(special.erfc),
    "erfinv": plain(special.erfinv),
    "lgamma": plain(special.gammaln),
    "digamma": plain(special.digamma),
    "logit": plain(special.logit),
    "logsumexp": plain(jax.nn.logsumexp),
    "glu": plain(jax.nn.glu),
    "xlogy": lambda step, xs: special.xlogy(*xs),
    "copysign": lambda step, xs: jnp.copysign(*xs),
    "sparse_plus": plain(jax.nn.sparse_plus),
    "squareplus": plain(jax.nn.squareplus),
    "sparse_sigmoid": plain(jax.nn.sparse_sigmoid),
    "clamp": lambda step, xs: jnp.clip(xs[0], step.get("min"), step.get("max")),
    "norm": norm,
    "concat": lambda step, xs: jnp.concatenate(xs, axis=step.get("axis", min(1, xs[0].ndim - 1))),
    "topk": lambda step, xs: jax.lax.top_k(xs[0], step["k"], axis=step.get("axis", -1)),
}
TYPES = frozenset({*TABLE, "embedding"})
