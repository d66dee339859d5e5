"""Reports as text and in notebooks."""

import re
from pathlib import Path
from unittest.mock import Mock

from padstride import Client, Model

CONV = {"type": "conv2d", "kernel_size": 3, "stride": 2}


def test_a_printed_report_has_the_mistake_at_its_line(client: Client, broken: Path) -> None:
    text = str(client.validate(Model.of_file(broken), input_shape=[1, 3, 32, 32]))
    assert f"{broken}:8:" in text
    assert text.endswith(f"{broken}: 1 error")


def test_a_notebook_shows_cause_help_and_change(client: Client, broken: Path) -> None:
    html = client.validate(Model.of_file(broken), input_shape=[1, 3, 32, 32])._repr_html_()
    assert "<code>num_features</code> is 32, but <code>first</code> produces 16 channels" in html
    assert 'self.norm = nn.BatchNorm2d(<span class="meant">32</span>)</pre>' in html
    assert '<span class="added">+        self.norm = nn.BatchNorm2d(16)\n</span>' in html
    assert "<b>help</b>" in html


def test_names_are_escaped_in_html(client: Client) -> None:
    layers = [{"name": "<script>", "type": "relu"}]
    html = client.validate(layers, input_shape=[1, 3, 8, 8])._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_lines_of_a_change_stay_lines_where_a_host_drops_the_style(client: Client, broken: Path) -> None:
    html = client.validate(Model.of_file(broken), input_shape=[1, 3, 32, 32])._repr_html_()
    (change,) = re.findall(r"<pre>(?=<span class=.context)(.*?)</pre>", html, re.DOTALL)
    lines = re.sub(r"<[^>]*>", "", change).splitlines()
    assert [line[:1] for line in lines if line[:1] in "+-"] == ["-", "+"]


def test_what_a_notebook_shows_without_html_is_what_is_printed(client: Client, sound: Path) -> None:
    report = client.validate(Model.of_file(sound), input_shape=[1, 3, 32, 32])
    written = client.write(Model.of_file(sound), format="keras", input_shape=[1, 3, 32, 32])
    for answer in (report, written):
        printer = Mock()
        answer._repr_pretty_(printer, False)
        printer.text.assert_called_once_with(str(answer))
    assert str(written) == written.source
    assert "import keras" in written._repr_html_()


def test_what_cannot_be_written_says_why(client: Client, broken: Path) -> None:
    written = client.write(Model.of_file(broken), format="keras", input_shape=[1, 3, 32, 32])
    assert "produces 16 channels" in str(written)
    assert "<code>first</code> produces 16 channels" in written._repr_html_()


def test_paddings_and_combinations_are_tables(client: Client) -> None:
    transposed = {"type": "conv_transpose2d", "kernel_size": [4, 3], "stride": 2}
    found = client.padding(transposed, input_size=[12, 10], output_size=[24, 20])._repr_html_()
    assert "<td>onnx</td><td>pads=[1, 1, 1, 1] output_padding=[0, 1]</td>" in found
    assert "<td>keras</td><td>conv_transpose2d kernel_size=[4, 3] strides=2 padding=valid, then crop" in found
    assert "no padding" in client.padding(CONV, input_size=8, output_size=2)._repr_html_()
    solved = client.solve(
        {"type": "conv2d", "padding": 1}, input_size=32, output_size=16, unknown=["kernel_size", "stride"]
    )
    assert "<th>kernel_size</th><th>stride</th>" in solved._repr_html_()
    assert "<b>2 solutions</b>" in solved._repr_html_()


def test_sizes_and_comparisons_are_tables(client: Client) -> None:
    assert "floor((6 + 0 + 0 - 1*(3 - 1) - 1) / 2) + 1 = 2" in client.output_size(CONV, input_size=6)._repr_html_()
    layer = {"type": "conv1d", "kernel_size": 2, "stride": 2, "padding": "same"}
    assert "<td>pytorch</td><td>refused</td>" in client.compare(layer, input_size=5)._repr_html_()
    layer = {"type": "Conv2D", "filters": 8, "kernel_size": 2, "strides": 2, "padding": "same"}
    assert "Instead: pad padding=" in client.compare(layer, input_size=5, framework="keras")._repr_html_()
