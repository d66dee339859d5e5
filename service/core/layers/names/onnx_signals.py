"""ONNX's names of quantised operators, of those that scatter and pick, of signals, losses and newer attention."""

from collections.abc import Mapping
from typing import Any

from service.core.layers.names import conversions as to
from service.core.layers.names.layer_name import LayerName, Vocabulary, Word, Words, called, ignored
from service.core.layers.names.onnx import CONVOLVED, NEWEST, PREFIXES

SHIFTS: Mapping[str, str] = {"LEFT": "shift_left", "RIGHT": "shift_right"}
AXIS: Words = {"axis": "dim"}
QUANTIZED: Words = {
    **AXIS,
    "saturate": Word(None, to.flag),
    **ignored("precision", "output_dtype"),
}
TOTAL: Words = {**AXIS, "reverse": "from_the_end"}
RANDOM: Words = ignored("mean", "scale", "low", "high", "seed", "dtype")
OF_WINDOW: Words = {
    "size": Word("length", to.count),
    "periodic": Word(None, to.flag),
    **ignored("output_datatype"),
}
LOSS: Words = ignored("ignore_index")


def vocabulary(value: Any) -> Any:
    """The places of n-grams in what comes out: it is as long as the last of them says."""
    if not to.are_integers(value) or not value or min(value) < 0:
        raise ValueError("a list of integers of at least 0")
    return max(value) + 1


def box_size(values: dict[str, Any]) -> dict[str, Any]:
    """The height and the width of what is made of each box, 1 unless they are given."""
    rest = {name: value for name, value in values.items() if name not in ("height", "width")}
    return {**rest, "output_size": [values.get("height", 1), values.get("width", 1)]}


NAMES: tuple[LayerName, ...] = (
    called("QuantizeLinear", opsets=(10, NEWEST), kind="quantize", words=QUANTIZED),
    called("DequantizeLinear", opsets=(10, NEWEST), kind="dequantize", words=QUANTIZED),
    called("DynamicQuantizeLinear", opsets=(11, NEWEST), kind="dynamic_quantize"),
    called("QLinearConv", opsets=(10, NEWEST), kind="quantized_conv", words=CONVOLVED),
    called("ConvInteger", opsets=(10, NEWEST), kind="integer_conv", words=CONVOLVED),
    called("DeformConv", opsets=(19, NEWEST), kind="deformable_conv", words=CONVOLVED),
    called("QLinearMatMul", opsets=(10, NEWEST), kind="quantized_matmul"),
    called("MatMulInteger", opsets=(10, NEWEST), kind="integer_matmul"),
    called("Scatter", opsets=(9, 10), kind="scatter", words=AXIS),
    called("ScatterElements", opsets=(11, NEWEST), kind="scatter", words={**AXIS, **ignored("reduction")}),
    called("ScatterND", opsets=(11, NEWEST), kind="scatter_nd", words=ignored("reduction")),
    called("TensorScatter", opsets=(24, NEWEST), kind="scatter_sequence",
           words={**AXIS, "mode": Word(None, to.one_of("linear", "circular"))}),
    called("GatherND", opsets=(11, NEWEST), kind="gather_nd"),
    called("Compress", opsets=(9, NEWEST), kind="compress", words=AXIS),
    called("Unique", opsets=(11, NEWEST), kind="unique", words={**AXIS, "sorted": Word(None, to.flag)}),
    called("NonMaxSuppression", opsets=(10, NEWEST), kind="non_max_suppression",
           words={"center_point_box": Word(None, to.flag),
                  **ignored("max_output_boxes_per_class", "iou_threshold", "score_threshold")}),
    called("ReverseSequence", opsets=(10, NEWEST), kind="reverse_sequence"),
    called("RoiAlign", opsets=(10, NEWEST), kind="roi_align", adapts=box_size,
           words={"output_height": "height", "output_width": "width",
                  **ignored("mode", "sampling_ratio", "spatial_scale", "coordinate_transformation_mode")}),
    called("MaxRoiPool", kind="roi_align", words={"pooled_shape": "output_size", **ignored("spatial_scale")}),
    called("CumProd", opsets=(26, NEWEST), kind="cumprod", words=TOTAL),
    called("BitCast", opsets=(26, NEWEST), kind="cast", words={"to": Word("dtype")}),
    called("BitShift", opsets=(11, NEWEST), kind="shift_left", chooses=("direction", SHIFTS)),
    called("Det", opsets=(11, NEWEST), kind="det"),
    called("EyeLike", opsets=(9, NEWEST), kind="eye_like", words=ignored("dtype", "k")),
    called("Multinomial", opsets=(7, NEWEST), kind="multinomial", words=ignored("dtype", "seed")),
    called("RandomNormal", "RandomUniform", kind="constant_of_shape", words=RANDOM, needs=("shape",)),
    called("HannWindow", "HammingWindow", "BlackmanWindow", opsets=(17, NEWEST), kind="signal_window",
           words=OF_WINDOW),
    called("MelWeightMatrix", opsets=(17, NEWEST), kind="mel_weights",
           words={"num_mel_bins": Word("num_mel_bins", to.count), "dft_length": Word("dft_length", to.count),
                  **ignored("sample_rate", "lower_edge_hertz", "upper_edge_hertz", "output_datatype")}),
    called("DFT", opsets=(17, NEWEST), kind="dft", older={20: {"dim": 1}},
           words={"axis": Word("dim", to.single), "dft_length": Word("dft_length", to.count)}),
    called("STFT", opsets=(17, NEWEST), kind="stft",
           words={"frame_step": Word("frame_step", to.count), "frame_length": Word("frame_length", to.count)}),
    called("NegativeLogLikelihoodLoss", opsets=(12, NEWEST), kind="nll_loss", words=LOSS),
    called("SoftmaxCrossEntropyLoss", opsets=(12, NEWEST), kind="cross_entropy_loss", words=LOSS),
    called("TfIdfVectorizer", opsets=(9, NEWEST), kind="count_ngrams",
           words={"ngram_indexes": Word("vocabulary_size", vocabulary),
                  **ignored("mode", "weights", "ngram_counts", "pool_int64s", "pool_strings", "max_skip_count",
                            "min_gram_length", "max_gram_length")}),
    called("ImageDecoder", opsets=(20, NEWEST), kind="decode_image"),
    called("RotaryEmbedding", opsets=(23, NEWEST), kind="rotary_embedding",
           words={"rotary_embedding_dim": "rotary_dim", "interleaved": Word(None, to.flag)}),
    called("SwiGLU", opsets=(28, NEWEST), kind="swiglu", words={"alpha": Word(None, to.number)}),
    called("LinearAttention", opsets=(27, NEWEST), kind="linear_attention",
           words=ignored("chunk_size", "scale", "update_rule")),
    called("CausalConvWithState", opsets=(27, NEWEST), kind="causal_conv_with_state",
           words={"activation": Word(None, to.text)}),
)  # fmt: skip

VOCABULARIES = (
    Vocabulary(framework="onnx", prefixes=PREFIXES, names=NAMES, everywhere=ignored("domain", "doc_string")),
)
