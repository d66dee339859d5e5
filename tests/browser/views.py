"""The views of the explorer, each with states worth looking at; each test of all views goes through these."""

from collections.abc import Mapping, Sequence

VIEWS: Sequence[str] = ("layer",)
STATES: Mapping[str, str] = {
    "layer": "#/layer",
    "layer, padded": "#/layer?input_size=[5,5]&stride=[1,1]&padding=same",
    "layer, transposed": "#/layer?kind=conv_transpose&input_size=[3,3]",
    "layer, refused": "#/layer?kernel_size=[9,9]",
    "layer of one axis": "#/layer?rank=1&input_size=[7]&kernel_size=[3]&stride=[1]&amounts=[[2,0]]&framework=onnx"
    "&dilation=[1]&output_padding=[0]&output_size=[2]&chosen=[0]",
    "layer, large": "#/layer?input_size=[224,224]&kernel_size=[7,7]",
}
"""Places of the page by what they show."""
PICTURES: Mapping[str, tuple[str, int]] = {
    "layer": ("#/layer?input_size=[5,5]&stride=[1,1]&amounts=[[1,1],[1,1]]&chosen=[1,2]", 900),
}
"""What the documentation shows: a place of the page, and the height of the window."""
