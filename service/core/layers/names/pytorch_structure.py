"""PyTorch's names for what changes the structure of tensors: functions, methods of tensors, operators, modules."""

from typing import Any

from service.core.layers.names import conversions as to
from service.core.layers.names.layer_name import LayerName, Vocabulary, Word, Words, called, ignored

RANKS = (1, 2, 3)
METHOD_PREFIXES = ("torch.", "Tensor.", "torch.Tensor.")
FLAG = Word(None, to.flag)


def sections_or(name: str) -> Any:
    """An integer says how many parts there are, a list something else."""

    def adapts(values: dict[str, Any]) -> dict[str, Any]:
        if not to.is_integer(values.get(name)):
            return values
        return {**{key: value for key, value in values.items() if key != name}, "sections": values[name]}

    return adapts


SPLIT: Words = {"split_size_or_sections": "split_size", "split_sizes": "split_size", "split_size": "split_size"}
METHODS: tuple[LayerName, ...] = (
    called("split", "split_with_sizes", kind="split", words=SPLIT),
    called("chunk", kind="chunk"),
    called(
        "tensor_split",
        kind="tensor_split",
        words={"indices_or_sections": "boundaries"},
        adapts=sections_or("boundaries"),
    ),
    called("unbind", kind="unbind"),
    called("select", kind="select", words={"index": "position"}),
    called("narrow", kind="narrow", words={"dimension": "dim"}),
    called("take_along_dim", kind="take_along"),
    called("squeeze", kind="squeeze"),
    called("unsqueeze", kind="unsqueeze"),
    called("transpose", "swapaxes", "swapdims", kind="transpose", needs=("dim0", "dim1")),
    called("t", kind="transpose", settled={"dim0": None, "dim1": None}),
    called("movedim", "moveaxis", kind="movedim"),
    called("permute", kind="permute", needs=("dims",)),
    called("reshape", kind="reshape"),
    called("flatten", kind="flatten", defaults={"start_dim": 0}),
    called("ravel", kind="reshape", settled={"shape": [-1]}),
    called("unflatten", kind="unflatten"),
    called("stack", kind="stack"),
    called("roll", kind="roll"),
    called("flip", kind="flip", needs=("dims",)),
    called("fliplr", kind="flip", settled={"dims": 1}),
    called("flipud", kind="flip", settled={"dims": 0}),
    called("rot90", kind="rot90"),
    called("tril", kind="tril"),
    called("triu", kind="triu"),
    called("meshgrid", kind="meshgrid", defaults={"indexing": "ij"}),
    called("masked_fill", "masked_fill_", kind="masked_fill"),
    called("broadcast_to", kind="expand", words={"size": "shape"}),
    called("tile", kind="tile", words={"dims": "repeats"}),
    called("repeat_interleave", kind="repeat_interleave", words={"output_size": None}),
    called("nonzero", "argwhere", kind="nonzero", words={"as_tuple": Word(None, to.one_of(False))}),
    called("channel_shuffle", kind="channel_shuffle"),
)
TENSOR: tuple[LayerName, ...] = (
    called("T", kind="transpose", settled={"dim0": None, "dim1": None}),
    called("mT", kind="transpose", settled={"dim0": -2, "dim1": -1}),
    called("view", kind="reshape", words={"size": "shape"}),
    called("view_as", "reshape_as", kind="reshape_as"),
    called("expand", kind="expand", words={"sizes": "shape", "size": "shape", "implicit": FLAG}),
    called("expand_as", kind="expand_as"),
    called("repeat", kind="repeat", words={"sizes": "repeats"}),
    called("unfold", kind="windows", words={"dimension": "dim"}),
    called("contiguous", "clone", "detach", kind="identity", words={"memory_format": None}),
    called("__getitem__", kind="getitem"),
    called("__setitem__", kind="setitem"),
)
OPERATORS: tuple[LayerName, ...] = (called("getitem", kind="getitem"), called("setitem", kind="setitem"))
SAMPLED: Words = {**ignored("padding_mode"), "mode": Word(None, to.text), "interpolation_mode": None}
FUNCTIONS: tuple[LayerName, ...] = (
    called("fold", kind="fold"),
    called("unfold", kind="unfold"),
    called("channel_shuffle", kind="channel_shuffle"),
    called("affine_grid", kind="affine_grid", words={"size": "shape"}),
    called("grid_sample", kind="grid_sample", words=SAMPLED),
    *(called(f"max_unpool{rank}d", kind=f"max_unpool{rank}d") for rank in RANKS),
)
MODULES: tuple[LayerName, ...] = (
    called("Fold", kind="fold"),
    called("Unfold", kind="unfold"),
    called("Unflatten", kind="unflatten", words={"unflattened_size": "sizes"}),
    called("ChannelShuffle", kind="channel_shuffle"),
    *(called(f"MaxUnpool{rank}d", kind=f"max_unpool{rank}d") for rank in RANKS),
)
TORCH: tuple[LayerName, ...] = (
    called("arange", kind="range", words={"end": "limit", "step": "delta", **ignored("dtype", "device")}),
)
VISION: tuple[LayerName, ...] = (
    called("roi_align", "RoIAlign", kind="roi_align", words=ignored("spatial_scale", "sampling_ratio", "aligned")),
)

VOCABULARIES = (
    Vocabulary(framework="pytorch", prefixes=METHOD_PREFIXES, names=METHODS),
    Vocabulary(framework="pytorch", prefixes=("Tensor.", "torch.Tensor."), names=TENSOR),
    Vocabulary(framework="pytorch", prefixes=("operator.",), names=OPERATORS),
    Vocabulary(framework="pytorch", prefixes=("F.", "nn.functional.", "torch.nn.functional."), names=FUNCTIONS),
    Vocabulary(framework="pytorch", prefixes=("", "nn.", "torch.nn.", "torch.nn.modules."), names=MODULES),
    Vocabulary(framework="pytorch", prefixes=("torch.",), names=TORCH),
    Vocabulary(framework="pytorch", prefixes=("ops.", "torchvision.ops."), names=VISION),
)
