"""Writers of operators that take weights: a weight that only they take is the layer's own, others are inputs."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from service.core.geometry.shapes import Shape
from service.models.exported_program.arguments import Named
from service.models.exported_program.graph import Node, Weight

if TYPE_CHECKING:
    from service.models.exported_program.walk import Made, Walk

Writer = Callable[["Walk", Node], "Made | None"]


def _tensors(node: Node, *names: str) -> tuple[Named | None, ...]:
    """The arguments of these names, as far as they are tensors."""
    return tuple(value if isinstance(value := node.arguments.get(name), Named) else None for name in names)


def _inputs(walk: "Walk", *names: Named | None) -> list[Any]:
    return [walk.tensor(name.name) for name in names if name is not None]


def _known(shape: Shape | None) -> list[int] | None:
    """A shape of which every size is known."""
    if shape is None or None in shape:
        return None
    return [size for size in shape if size is not None]


# --- convolutions -----------------------------------------------------------------------------------------------------


def convolution(*, transposed: bool) -> Writer:
    """A writer of convolutions of any rank."""

    def write(walk: "Walk", node: Node) -> "Made | None":
        return _convolution(walk, node, transposed=transposed)

    return write


def general_convolution(walk: "Walk", node: Node) -> "Made | None":
    """`aten.convolution`, which is either."""
    return _convolution(walk, node, transposed=node.arguments.get("transposed") is True)


def _convolution(walk: "Walk", node: Node, *, transposed: bool) -> "Made | None":
    given = node.arguments
    tensor, weight, bias = _tensors(node, "input", "weight", "bias")
    shape = _known(walk.shape_of(weight))
    groups = given.get("groups", 1)
    if tensor is None or shape is None or not 3 <= len(shape) <= 5 or type(groups) is not int:
        return None
    words = ("stride", "padding", "dilation", *(("output_padding",) if transposed else ()))
    parameters: dict[str, Any] = {
        **{word: given[word] for word in words if given.get(word) is not None},
        "groups": groups,
    }
    rank = len(shape) - 2
    if not walk.owns(weight, bias):
        kind = "conv_transpose" if transposed else "conv"
        return walk.layer(node, f"F.{kind}{rank}d", parameters, _inputs(walk, tensor, weight, bias))
    channels = (shape[0], shape[1] * groups) if transposed else (shape[1] * groups, shape[0])
    own = {
        "in_channels": channels[0], "out_channels": channels[1], "kernel_size": shape[2:], **parameters,
        "bias": bias is not None,
    }  # fmt: skip
    name = "ConvTranspose" if transposed else "Conv"
    return walk.layer(node, f"torch.nn.{name}{rank}d", own, _inputs(walk, tensor), own=True)


# --- products ---------------------------------------------------------------------------------------------------------


def linear(walk: "Walk", node: Node) -> "Made | None":
    """A linear layer."""
    return _linear(walk, node, *_tensors(node, "input", "weight", "bias"))


def product(walk: "Walk", node: Node) -> "Made | None":
    """A matrix product, which is a linear layer where the second factor is a weight that was turned before."""
    bias, first, second = _tensors(node, "self", "mat1", "mat2")
    if node.operator[1] == "mm":
        bias, first = None, bias
    if first is None or second is None:
        return None
    weight = walk.values[second.name]
    plain = node.arguments.get("alpha", 1) == node.arguments.get("beta", 1) == 1
    if plain and isinstance(weight, Weight) and weight.turned and walk.owns(second, bias):
        is_vector = bias is None or len(walk.shape_of(bias) or ()) == 1
        if is_vector:
            return _linear(walk, node, first, second, bias, turned=True)
    type_name = "torch.mm" if bias is None else "torch.addmm"
    return walk.layer(node, type_name, {}, _inputs(walk, bias, first, second))


def _linear(
    walk: "Walk", node: Node, tensor: Named | None, weight: Named | None, bias: Named | None, *, turned: bool = False
) -> "Made | None":
    shape = _known(walk.shape_of(weight))
    if tensor is None or shape is None:
        return None
    if len(shape) != 2 or not walk.owns(weight, bias) or _is_turned(walk, weight) is not turned:
        return walk.layer(node, "F.linear", {}, _inputs(walk, tensor, weight, bias))
    features = shape if turned else shape[::-1]
    parameters = {"in_features": features[0], "out_features": features[1], "bias": bias is not None}
    return walk.layer(node, "torch.nn.Linear", parameters, _inputs(walk, tensor), own=True)


def _is_turned(walk: "Walk", weight: Named | None) -> bool:
    value = None if weight is None else walk.values[weight.name]
    return isinstance(value, Weight) and value.turned


# --- norms ------------------------------------------------------------------------------------------------------------


def batch_norm(walk: "Walk", node: Node) -> "Made | None":
    """A norm of channels over the batch, in any of its forms."""
    given = node.arguments
    tensor, weight, bias, mean, variance = _tensors(node, "input", "weight", "bias", "running_mean", "running_var")
    shape = walk.shape_of(tensor)
    if tensor is None or shape is None or len(shape) < 2:
        return None
    rank = {4: 2, 5: 3}.get(len(shape), 1)
    channels = next((_known(walk.shape_of(name)) for name in (weight, mean) if name is not None), None)
    numbers = {"eps": given.get("eps"), "momentum": given.get("momentum")}
    whole = (weight is None) == (bias is None) and (mean is None) == (variance is None)
    if whole and walk.owns(weight, bias, mean, variance):
        own = {
            "num_features": channels[0] if channels else shape[1], **numbers, "affine": weight is not None,
            "track_running_stats": mean is not None,
        }  # fmt: skip
        return walk.layer(node, f"torch.nn.BatchNorm{rank}d", own, _inputs(walk, tensor), own=True)[:1]
    inputs = _inputs(walk, tensor, mean, variance, weight, bias)
    return walk.layer(node, "F.batch_norm", {**numbers, "training": mean is None}, inputs)[:1]


def instance_norm(walk: "Walk", node: Node) -> "Made | None":
    """A norm of the channels of each example."""
    tensor, weight, bias, mean, variance = _tensors(node, "input", "weight", "bias", "running_mean", "running_var")
    shape = walk.shape_of(tensor)
    if tensor is None or shape is None or not 3 <= len(shape) <= 5 or not walk.owns(weight, bias, mean, variance):
        return None
    channels = _known(walk.shape_of(weight)) or _known(walk.shape_of(mean)) or shape[1:2]
    own = {
        "num_features": channels[0], "eps": node.arguments.get("eps"), "affine": weight is not None,
        "track_running_stats": mean is not None,
    }  # fmt: skip
    return walk.layer(node, f"torch.nn.InstanceNorm{len(shape) - 2}d", own, _inputs(walk, tensor), own=True)


def layer_norm(walk: "Walk", node: Node) -> "Made | None":
    """A norm of the last axes."""
    tensor, weight, bias = _tensors(node, "input", "weight", "bias")
    axes = node.arguments.get("normalized_shape")
    if tensor is None or not isinstance(axes, list):
        return None
    parameters = {"normalized_shape": walk.numbers(axes), "eps": node.arguments.get("eps")}
    if weight is None and bias is None:
        own = {**parameters, "elementwise_affine": False}
        return walk.layer(node, "torch.nn.LayerNorm", own, _inputs(walk, tensor), own=True)
    if weight is not None and walk.owns(weight, bias):
        own = {**parameters, "bias": bias is not None}
        return walk.layer(node, "torch.nn.LayerNorm", own, _inputs(walk, tensor), own=True)
    return walk.layer(node, "F.layer_norm", parameters, _inputs(walk, tensor, weight, bias))


def rms_norm(walk: "Walk", node: Node) -> "Made | None":
    """A norm of the last axes by their root mean square."""
    tensor, weight = _tensors(node, "input", "weight")
    axes = node.arguments.get("normalized_shape")
    if tensor is None or not isinstance(axes, list):
        return None
    parameters = {"normalized_shape": walk.numbers(axes), "eps": node.arguments.get("eps")}
    if walk.owns(weight):
        own = {**parameters, "elementwise_affine": weight is not None}
        return walk.layer(node, "torch.nn.RMSNorm", own, _inputs(walk, tensor), own=True)
    return walk.layer(node, "F.rms_norm", parameters, _inputs(walk, tensor, weight))


def group_norm(walk: "Walk", node: Node) -> "Made | None":
    """A norm of groups of channels."""
    tensor, weight, bias = _tensors(node, "input", "weight", "bias")
    groups = node.arguments.get("num_groups", node.arguments.get("group"))
    shape = walk.shape_of(tensor)
    if tensor is None or type(groups) is not int or shape is None or len(shape) < 2:
        return None
    parameters = {"num_groups": groups, "eps": node.arguments.get("eps")}
    if (weight is None) == (bias is None) and walk.owns(weight, bias):
        channels = (_known(walk.shape_of(weight)) or shape[1:2])[0]
        own = {**parameters, "num_channels": channels, "affine": weight is not None}
        return walk.layer(node, "torch.nn.GroupNorm", own, _inputs(walk, tensor), own=True)
    return walk.layer(node, "F.group_norm", parameters, _inputs(walk, tensor, weight, bias))


# --- others -----------------------------------------------------------------------------------------------------------


def embedding(walk: "Walk", node: Node) -> "Made | None":
    """Rows of a table."""
    weight, indices = _tensors(node, "weight", "indices")
    shape = _known(walk.shape_of(weight))
    if weight is None or indices is None or shape is None or len(shape) != 2:
        return None
    if not walk.owns(weight):
        return walk.layer(node, "F.embedding", {}, _inputs(walk, indices, weight))
    own = {"num_embeddings": shape[0], "embedding_dim": shape[1]}
    return walk.layer(node, "torch.nn.Embedding", own, _inputs(walk, indices), own=True)


def prelu(walk: "Walk", node: Node) -> "Made | None":
    """A rectifier with a trained slope."""
    tensor, weight = _tensors(node, "self", "weight")
    shape = _known(walk.shape_of(weight))
    if tensor is None or weight is None or shape is None:
        return None
    if not walk.owns(weight) or len(shape) != 1:
        return walk.layer(node, "F.prelu", {}, _inputs(walk, tensor, weight))
    return walk.layer(node, "torch.nn.PReLU", {"num_parameters": shape[0]}, _inputs(walk, tensor), own=True)


def recurrent(type_name: str, **settled: Any) -> Writer:
    """A writer of a recurrent layer with all of its weights and its initial states."""

    def write(walk: "Walk", node: Node) -> "Made | None":
        given = node.arguments
        tensor, initial = given.get("input"), given.get("hx")
        states, weights = _named(initial if isinstance(initial, list) else [initial]), _named(given.get("params"))
        if not isinstance(tensor, Named) or not states or len(weights) < 2 or not walk.owns(*weights):
            return None
        first, second = (_known(walk.shape_of(weight)) for weight in weights[:2])
        shape, hidden = walk.shape_of(states[0]), second[-1] if second else None
        if first is None or hidden is None or shape is None:
            return None
        parameters = {
            "input_size": first[-1], "hidden_size": hidden, "num_layers": given.get("num_layers"),
            "bias": given.get("has_biases"), "batch_first": given.get("batch_first"),
            "bidirectional": given.get("bidirectional"), **settled,
        }  # fmt: skip
        if type_name == "LSTM" and shape[-1] != hidden:
            return None
        return walk.layer(node, f"torch.nn.{type_name}", parameters, _inputs(walk, tensor, *states), own=True)

    return write


def _named(values: Any) -> list[Named]:
    """A list of tensors; empty where it is none."""
    named = [value for value in values if isinstance(value, Named)] if isinstance(values, list) else []
    return named if named and len(named) == len(values) else []


def attention(walk: "Walk", node: Node) -> "Made | None":
    """Attention as one of its kernels computes it; what else the kernel makes is not known."""
    inputs: Sequence[Named | None] = _tensors(node, "query", "key", "value", "attn_mask")
    if None in inputs[:3]:
        return None
    parameters = {"is_causal": node.arguments.get("is_causal")}
    return walk.layer(node, "F.scaled_dot_product_attention", parameters, _inputs(walk, *inputs))


WRITERS: Mapping[str, Writer] = {
    **{f"conv{rank}d": convolution(transposed=False) for rank in (1, 2, 3)},
    **{f"conv_transpose{rank}d": convolution(transposed=True) for rank in (1, 2, 3)},
    "convolution": general_convolution,
    "linear": linear,
    **dict.fromkeys(("addmm", "mm"), product),
    **dict.fromkeys(
        (
            *("batch_norm", "_native_batch_norm_legit_no_training", "_native_batch_norm_legit", "native_batch_norm"),
            *("_native_batch_norm_legit_functional", "_batch_norm_with_update", "cudnn_batch_norm"),
        ),
        batch_norm,
    ),
    "instance_norm": instance_norm,
    **dict.fromkeys(("layer_norm", "native_layer_norm"), layer_norm),
    **dict.fromkeys(("group_norm", "native_group_norm"), group_norm),
    **dict.fromkeys(("rms_norm", "_fused_rms_norm"), rms_norm),
    "embedding": embedding,
    "prelu": prelu,
    "_prelu_kernel": prelu,
    "lstm": recurrent("LSTM"),
    "gru": recurrent("GRU"),
    "rnn_tanh": recurrent("RNN"),
    "rnn_relu": recurrent("RNN", nonlinearity="relu"),
    **dict.fromkeys(
        (
            *("_scaled_dot_product_flash_attention_for_cpu", "_scaled_dot_product_fused_attention_overrideable"),
            *("_scaled_dot_product_flash_attention", "_scaled_dot_product_efficient_attention"),
        ),
        attention,
    ),
}  # fmt: skip
"""What writes each of these operators down."""
