"""What models of datamodel-code-generator write and read; httpx carries them."""

import json
import sys

import httpx
from padstride_models import (
    ConvolutionLayer,
    ConvolveAnswer,
    ConvolveRequest,
    NamedLayer,
    NetworkReport,
    NetworkRequest,
    OutputSizeAnswer,
    OutputSizeRequest,
    ProblemDocument,
)
from pydantic import BaseModel

padstride = httpx.Client(base_url=sys.argv[1], headers={"Content-Type": "application/json"})


def ask(path: str, request: BaseModel) -> bytes:
    """The answer to a request, as it comes."""
    return padstride.post(path, content=request.model_dump_json(exclude_unset=True)).content


stem = ConvolutionLayer(type="conv2d", kernel_size=7, stride=2, padding=3)
question = OutputSizeRequest(layer=stem, input_size=[224, 224])
size = OutputSizeAnswer.model_validate_json(ask("/v1/output-size", question))

first = ConvolutionLayer(type="conv2d", out_channels=8, kernel_size=3, padding=1)
second = NamedLayer.model_validate({"type": "nn.Conv2d", "in_channels": 16, "out_channels": 8, "kernel_size": 3})
network = NetworkRequest(input_shape=[1, 3, 32, 32], layers=[first, second])
report = NetworkReport.model_validate_json(ask("/v1/networks/validate", network))

arrays = ConvolveRequest(input=[[1, 2, 3], [4, 5, 6], [7, 8, 9]], weight=[[1, 0], [0, -1]])
convolved = ConvolveAnswer.model_validate_json(ask("/v1/convolve", arrays))

small = OutputSizeRequest(layer=ConvolutionLayer(type="conv2d", kernel_size=7), input_size=4)
problem = ProblemDocument.model_validate_json(ask("/v1/output-size", small))

answers = {
    "outputSize": size.output_size,
    "valid": report.valid,
    "messages": [diagnostic.message for diagnostic in report.diagnostics],
    "output": convolved.output,
    "refused": [problem.status, problem.errors[0].name, problem.errors[0].fixes[0].title],
}
sys.stdout.write(json.dumps(answers))
