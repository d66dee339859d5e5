"""Reports as text and in notebooks."""

from pathlib import Path

from padstride import Client, Model

CONV = {"type": "conv2d", "kernel_size": 3, "stride": 2}


def test_a_printed_report_has_the_mistake_at_its_line(client: Client, broken: Path) -> None:
    text = str(client.validate(Model.of_file(broken), input_shape=[1, 3, 32, 32]))
    assert f"{broken}:8:" in text
    assert text.endswith(f"{broken}: 1 error")


def test_a_notebook_shows_cause_help_and_change(client: Client, broken: Path) -> None:
    html = client.validate(Model.of_file(broken), input_shape=[1, 3, 32, 32])._repr_html_()
    assert "`num_features` is 32, but `first` produces 16 channels" in html
    assert '<span class="added">+        self.norm = nn.BatchNorm2d(16)</span>' in html
    assert "<b>help</b>" in html


def test_names_are_escaped_in_html(client: Client) -> None:
    layers = [{"name": "<script>", "type": "relu"}]
    html = client.validate(layers, input_shape=[1, 3, 8, 8])._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_sizes_and_comparisons_are_tables(client: Client) -> None:
    assert "floor((6 + 0 + 0 - 1*(3 - 1) - 1) / 2) + 1 = 2" in client.output_size(CONV, input_size=6)._repr_html_()
    layer = {"type": "conv1d", "kernel_size": 2, "stride": 2, "padding": "same"}
    assert "<td>pytorch</td><td>refused</td>" in client.compare(layer, input_size=5)._repr_html_()
