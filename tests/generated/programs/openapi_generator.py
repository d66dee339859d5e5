"""What the Python client of openapi-generator asks; the answers as JSON."""

import json
import sys
from typing import TypeVar

from padstride_generated import (
    ApiClient,
    ApiException,
    Configuration,
    ConvolveRequest,
    NetworkRequest,
    OutputSizeRequest,
    ProblemDocument,
    QuestionsApi,
)

Request = TypeVar("Request")
questions = QuestionsApi(ApiClient(Configuration(host=sys.argv[1])))


def made(request: Request | None) -> Request:
    """A request that `from_dict` made: to a type checker it may be None."""
    assert request is not None
    return request


def refused(request: OutputSizeRequest) -> ProblemDocument:
    """The problem of a request that the service refuses."""
    try:
        answer = questions.output_size(request)
    except ApiException as exception:
        problem: object = exception.data
        assert isinstance(problem, ProblemDocument)
        return problem
    raise AssertionError(answer)


stem = {"type": "conv2d", "kernel_size": 7, "stride": 2, "padding": 3}
size = questions.output_size(made(OutputSizeRequest.from_dict({"layer": stem, "input_size": [224, 224]})))

first = {"type": "conv2d", "out_channels": 8, "kernel_size": 3, "padding": 1}
second = {"type": "nn.Conv2d", "in_channels": 16, "out_channels": 8, "kernel_size": 3}
network = {"input_shape": [1, 3, 32, 32], "layers": [first, second]}
report = questions.validate_network(made(NetworkRequest.from_dict(network)))

arrays = {"input": [[1, 2, 3], [4, 5, 6], [7, 8, 9]], "weight": [[1, 0], [0, -1]]}
convolved = questions.convolve(made(ConvolveRequest.from_dict(arrays)))

problem = refused(made(OutputSizeRequest.from_dict({"layer": stem | {"padding": 0}, "input_size": 4})))

answers = {
    "outputSize": size.output_size,
    "valid": report.valid,
    "messages": [diagnostic.message for diagnostic in report.diagnostics],
    "output": convolved.output,
    "refused": [problem.status, problem.errors[0].name, problem.errors[0].fixes[0].title],
}
sys.stdout.write(json.dumps(answers))
