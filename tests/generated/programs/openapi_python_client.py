"""What openapi-python-client's client asks; the answers as JSON."""

import io
import json
import sys

import numpy as np
from padstride_client import Client
from padstride_client.api.questions import convolve, output_size, validate_network
from padstride_client.models import (
    ConvolutionLayer,
    ConvolutionType,
    ConvolveAnswer,
    ConvolveForm,
    ConvolveRequest,
    NamedLayer,
    NetworkReport,
    NetworkRequest,
    OutputSizeAnswer,
    OutputSizeRequest,
    ProblemDocument,
)
from padstride_client.types import File

padstride = Client(base_url=sys.argv[1])

stem = ConvolutionLayer(type_=ConvolutionType.CONV2D, kernel_size=7, stride=2, padding=3)
size = output_size.sync(client=padstride, body=OutputSizeRequest(layer=stem, input_size=[224, 224]))
assert isinstance(size, OutputSizeAnswer)

first = ConvolutionLayer(type_=ConvolutionType.CONV2D, out_channels=8, kernel_size=3, padding=1)
second = NamedLayer.from_dict({"type": "nn.Conv2d", "in_channels": 16, "out_channels": 8, "kernel_size": 3})
network = NetworkRequest(input_shape=[1, 3, 32, 32], layers=[first, second])
report = validate_network.sync(client=padstride, body=network)
assert isinstance(report, NetworkReport)

image, kernel = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]], [[1.0, 0.0], [0.0, -1.0]]
convolved = convolve.sync(client=padstride, body=ConvolveRequest(input_=image, weight=kernel))
assert isinstance(convolved, ConvolveAnswer)


def npy(numbers: list[list[float]]) -> File:
    """The numbers as an `.npy` file."""
    file = io.BytesIO()
    np.save(file, np.array(numbers))
    return File(payload=io.BytesIO(file.getvalue()), file_name="array.npy")


form = ConvolveForm(request=ConvolveRequest(), input_=npy(image), weight=npy(kernel))
of_files = convolve.sync(client=padstride, body=form)
assert isinstance(of_files, ConvolveAnswer)

small = OutputSizeRequest(layer=ConvolutionLayer(type_=ConvolutionType.CONV2D, kernel_size=7), input_size=4)
refused = output_size.sync_detailed(client=padstride, body=small)
problem = refused.parsed
assert isinstance(problem, ProblemDocument)

answers = {
    "outputSize": size.output_size,
    "valid": report.valid,
    "messages": [diagnostic.message for diagnostic in report.diagnostics],
    "output": convolved.output,
    "outputOfFiles": of_files.output,
    "refused": [problem.status, problem.errors[0].name, problem.errors[0].fixes[0].title],
}
sys.stdout.write(json.dumps(answers))
