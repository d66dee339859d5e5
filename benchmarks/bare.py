"""A bare view to compare with: Flask and Pydantic, one convolution's sizes by the formula, and nothing else.

It reads what `/v1/output-size` reads and answers with the same members, but knows one kind of layer, judges nothing,
logs nothing and sends no headers of its own. Its answer is written by orjson, as the service's is.
"""

from typing import Any, Literal

import orjson
from flask import Flask, Response, request
from pydantic import BaseModel


class Layer(BaseModel):
    """A convolution of images."""

    type: Literal["conv2d"]
    kernel_size: list[int]
    stride: int = 1
    padding: int = 0
    dilation: int = 1


class Question(BaseModel):
    """One layer and one input size."""

    framework: str = "pytorch"
    input_size: list[int]
    layer: Layer


app = Flask(__name__, static_folder=None)


@app.post("/v1/output-size")
def output_size() -> Response:
    """What comes out of a convolution."""
    question = Question.model_validate_json(request.get_data())
    pairs = zip(question.input_size, question.layer.kernel_size, strict=True)
    axes = [axis(size, kernel, question.layer) for size, kernel in pairs]
    answer = {
        "framework": question.framework,
        "output_size": [axis["output"] for axis in axes],
        "axes": axes,
        "diagnostics": [],
    }
    return Response(orjson.dumps(answer), content_type="application/json")


def axis(size: int, kernel: int, layer: Layer) -> dict[str, Any]:
    """`o = floor((i + 2*p - d*(k - 1) - 1) / s) + 1`, and the members that an axis has in an answer."""
    effective = layer.dilation * (kernel - 1) + 1
    spare = size + 2 * layer.padding - effective
    output = spare // layer.stride + 1
    return {
        "input": size,
        "padding": [layer.padding, layer.padding],
        "kernel": kernel,
        "effective_kernel": effective,
        "stride": layer.stride,
        "dilation": layer.dilation,
        "output": output,
        "unread": spare % layer.stride,
        "formula": f"floor(({size} + {layer.padding} + {layer.padding} - {layer.dilation}*({kernel} - 1) - 1)"
        f" / {layer.stride}) + 1 = {output}",
    }
