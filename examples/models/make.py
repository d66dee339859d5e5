"""Writes the model files beside it, each of which has one mistake.

    python examples/models/make.py onnx      # needs onnx
    python examples/models/make.py keras     # needs keras and TensorFlow

`segmenter.onnx` halves an image twice and doubles it twice, with a skip in between. Its sizes vary, so that ONNX's
checker and its shape inference accept it; onnxruntime raises an error where a size is no multiple of four.

`thumbnails.keras` was saved before it had seen an image. So Keras has checked nothing of it, and raises an error when
it is called with images of 28 x 28.
"""

import sys
import zipfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SEGMENTER = """
<ir_version: 10, opset_import: ["" : 21]>
segmenter (float[batch, 3, height, width] image) => (float[batch, 2, rows, columns] scores) {
    [encoder_1] encoder_1 = Conv <pads = [1, 1, 1, 1]> (image, encoder_1_weight, encoder_1_bias)
    [encoder_1_relu] features_1 = Relu (encoder_1)
    [pool_1] pooled_1 = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (features_1)
    [encoder_2] encoder_2 = Conv <pads = [1, 1, 1, 1]> (pooled_1, encoder_2_weight, encoder_2_bias)
    [encoder_2_relu] features_2 = Relu (encoder_2)
    [pool_2] pooled_2 = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (features_2)
    [upsample_2] upsampled_2 = Resize <mode = "nearest"> (pooled_2, , doubled)
    [skip_2] skip_2 = Concat <axis = 1> (upsampled_2, features_2)
    [decoder_2] decoder_2 = Conv <pads = [1, 1, 1, 1]> (skip_2, decoder_2_weight, decoder_2_bias)
    [upsample_1] upsampled_1 = Resize <mode = "nearest"> (decoder_2, , doubled)
    [skip_1] skip_1 = Concat <axis = 1> (upsampled_1, features_1)
    [head] scores = Conv (skip_1, head_weight, head_bias)
}
"""
WEIGHTS = {"encoder_1": (4, 3, 3, 3), "encoder_2": (8, 4, 3, 3), "decoder_2": (4, 16, 3, 3), "head": (2, 8, 1, 1)}


def segmenter() -> bytes:
    """The ONNX file. Its weights are zeros: only their shapes matter here."""
    import numpy as np
    from onnx import checker, numpy_helper, parser, shape_inference

    model = parser.parse_model(SEGMENTER)
    arrays: dict[str, Any] = {"doubled": np.array([1, 1, 2, 2], np.float32)}
    for name, shape in WEIGHTS.items():
        arrays |= {f"{name}_weight": np.zeros(shape, np.float32), f"{name}_bias": np.zeros(shape[0], np.float32)}
    model.graph.initializer.extend(numpy_helper.from_array(array, name) for name, array in arrays.items())
    checker.check_model(model, full_check=True)
    shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    data: bytes = model.SerializeToString(deterministic=True)
    return data


def thumbnails() -> Any:
    """The Keras model, which is not built."""
    import keras
    from keras import layers

    return keras.Sequential(
        [
            layers.Conv2D(16, 3, activation="relu", name="conv1"),
            layers.MaxPooling2D(3, name="pool1"),
            layers.Conv2D(32, 3, activation="relu", name="conv2"),
            layers.MaxPooling2D(3, name="pool2"),
            layers.Conv2D(64, 3, activation="relu", name="conv3"),
            layers.GlobalAveragePooling2D(name="pool3"),
            layers.Dense(10, activation="softmax", name="classes"),
        ],
        name="thumbnails",
    )


def pack(path: Path) -> None:
    """Compress the members of a zip file: Keras leaves empty weights at 20 kB."""
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)


def main() -> None:
    """Write the file of the format that is named."""
    if sys.argv[1:] == ["onnx"]:
        (HERE / "segmenter.onnx").write_bytes(segmenter())
    elif sys.argv[1:] == ["keras"]:
        path = HERE / "thumbnails.keras"
        thumbnails().save(path)
        pack(path)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
