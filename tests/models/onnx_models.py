"""Small ONNX models, built here: text for the nodes, arrays of zeros for the weights.

The recorder runs them in onnxruntime (`python -m tests.golden.record.onnx_files --built`), the tests read them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper, parser


@dataclass(frozen=True, kw_only=True)
class Built:
    """A model as text, its weights, and the shapes that its inputs get."""

    text: str
    opset: int = 17
    weights: Mapping[str, Any] = field(default_factory=dict)
    """Arrays, or shapes of arrays of zeros."""
    inputs: Mapping[str, Sequence[int]] = field(default_factory=dict)
    functions: str = ""
    domains: str = ""

    @property
    def model(self) -> onnx.ModelProto:
        """The model."""
        header = f'<ir_version: 10, opset_import: ["" : {self.opset}{self.domains}]>'
        model = parser.parse_model(f"{header} {self.text} {self.functions}")
        for name, weight in self.weights.items():
            array = weight if isinstance(weight, np.ndarray) else np.zeros(weight, np.float32)
            model.graph.initializer.append(numpy_helper.from_array(array, name))
        return model


def integers(*values: int) -> Any:
    """A tensor of integers of 64 bits."""
    return np.array(values, np.int64)


def number(value: float, kind: Any = np.float32) -> Any:
    """A tensor without axes."""
    return np.array(value, kind)


BUILT: Mapping[str, Built] = {
    "convolutions": Built(
        text="""g (float[N, 3, 33, 28] x) => (float[N, 10] y) {
            c = Conv<pads=[1, 1, 1, 1], strides=[2, 1]>(x, w, b)
            n = BatchNormalization(c, s, s, s, s)
            r = Relu(n)
            m = MaxPool<kernel_shape=[2, 3], ceil_mode=1, strides=[2, 2]>(r)
            t = ConvTranspose<group=2, strides=[2, 2], output_padding=[1, 0]>(m, wt)
            p = GlobalAveragePool(t)
            f = Flatten(p)
            y = Gemm<transB=1>(f, wl, bl)
        }""",
        weights={"w": (8, 3, 3, 5), "b": (8,), "s": (8,), "wt": (8, 3, 2, 3), "wl": (10, 6), "bl": (10,)},
        inputs={"x": [2, 3, 33, 28]},
    ),
    "gelu": Built(
        text="""g (float[2, 7] x) => (float y) {
            a = Div(x, root)
            e = Erf(a)
            o = Add(e, one)
            m = Mul(x, o)
            g = Mul(m, half)
            c = Mul(g, g)
            c3 = Mul(c, g)
            k = Mul(c3, small)
            i = Add(g, k)
            j = Mul(i, root2pi)
            t = Tanh(j)
            u = Add(t, one)
            v = Mul(g, half)
            y = Mul(v, u)
        }""",
        weights={"root": number(2**0.5), "one": number(1), "half": number(0.5), "small": number(0.044715),
                 "root2pi": number(0.7978846)},
    ),
    "activations": Built(
        text="""g (float[2, 3, 5, 4] x) => (float y) {
            h = HardSigmoid<alpha=0.1666667>(x)
            a = Mul(x, h)
            b = Add(a, three)
            c = Clip(b, zero, six)
            d = Mul(a, c)
            e = Div(d, six)
            s = Sigmoid(e)
            f = Mul(e, s)
            p = Softplus(f)
            q = Tanh(p)
            y = Mul(f, q)
        }""",
        weights={"three": number(3), "zero": number(0), "six": number(6)},
    ),
    "layer_norm": Built(
        text="""g (float[2, 5, 12] x) => (float y) {
            m = ReduceMean<axes=[-1]>(x)
            d = Sub(x, m)
            q = Pow(d, two)
            v = ReduceMean<axes=[-1]>(q)
            e = Add(v, eps)
            r = Sqrt(e)
            n = Div(d, r)
            w = Mul(n, scale)
            y = Add(w, shift)
        }""",
        weights={"two": number(2), "eps": number(1e-6), "scale": (12,), "shift": (12,)},
    ),
    "attention": Built(
        text="""g (float[N, L, 24] x) => (float y) {
            s = Shape(x)
            n = Gather<axis=0>(s, zero)
            l = Gather<axis=0>(s, one)
            nu = Unsqueeze(n, zero1)
            lu = Unsqueeze(l, zero1)
            heads = Concat<axis=0>(nu, lu, four, six)
            q0 = MatMul(x, wq)
            q1 = Reshape(q0, heads)
            q = Transpose<perm=[0, 2, 1, 3]>(q1)
            k0 = MatMul(x, wk)
            k1 = Reshape(k0, heads)
            k = Transpose<perm=[0, 2, 3, 1]>(k1)
            a = MatMul(q, k)
            p = Softmax<axis=-1>(a)
            v = MatMul(p, q)
            t = Transpose<perm=[0, 2, 1, 3]>(v)
            flat = Concat<axis=0>(nu, lu, all)
            y = Reshape(t, flat)
        }""",
        weights={"zero": number(0, np.int64), "one": number(1, np.int64), "zero1": integers(0), "four": integers(4),
                 "six": integers(6), "all": integers(24), "wq": (24, 24), "wk": (24, 24)},
        inputs={"x": [2, 9, 24]},
    ),
    "sizes_of_others": Built(
        text="""g (float[1, 4, H, W] x) => (float y, float z) {
            a = MaxPool<kernel_shape=[2, 2], strides=[2, 2]>(x)
            b = Conv<pads=[1, 1, 1, 1], strides=[2, 2]>(a, w)
            sa = Shape(a)
            tail = Slice(sa, two, last, zero1)
            sb = Shape(b)
            head = Slice(sb, zero1, two, zero1)
            target = Concat<axis=0>(head, tail)
            up = Resize<mode="nearest">(b, , , target)
            y = Concat<axis=1>(up, a)
            h = Gather<axis=0>(sb, two0)
            h2 = Mul(h, two0)
            v = Gather<axis=0>(sb, three0)
            v2 = Mul(v, two0)
            hu = Unsqueeze(h2, zero1)
            vu = Unsqueeze(v2, zero1)
            twice = Concat<axis=0>(head, hu, vu)
            z = Resize<mode="linear">(b, , , twice)
        }""",
        weights={"w": (4, 4, 3, 3), "two": integers(2), "last": integers(2**62), "zero1": integers(0),
                 "two0": number(2, np.int64), "three0": number(3, np.int64)},
        inputs={"x": [1, 4, 38, 25]},
    ),
    "lstm": Built(
        text="""g (float[L, N, 6] x, float[2, N, 5] h, float[2, N, 5] c) => (float y, float last) {
            a, hn, cn = LSTM<hidden_size=5, direction="bidirectional">(x, w, r, b, , h, c)
            t = Transpose<perm=[0, 2, 1, 3]>(a)
            y = Reshape(t, shape)
            g1, last = GRU<hidden_size=3>(y, wg, rg)
        }""",
        weights={"w": (2, 20, 6), "r": (2, 20, 5), "b": (2, 40), "shape": integers(0, 0, -1), "wg": (1, 9, 10),
                 "rg": (1, 9, 3)},
        inputs={"x": [7, 2, 6], "h": [2, 2, 5], "c": [2, 2, 5]},
    ),
    "quantised": Built(
        text="""g (float[1, 3, 9, 8] x) => (float y, float z) {
            q = QuantizeLinear(x, s, zp)
            d = DequantizeLinear(q, s, zp)
            wd = DequantizeLinear<axis=0>(wq, ws, wz)
            c = Conv(d, wd)
            cq = QLinearConv(q, s, zp, wq, ws, wz, s, zp)
            y = DequantizeLinear(cq, s, zp)
            dq, ds, dz = DynamicQuantizeLinear(x)
            i = ConvInteger(dq, wi, dz)
            f = Cast<to=1>(i)
            z = Mul(f, ds)
        }""",
        weights={"s": number(0.1), "zp": number(3, np.uint8), "wq": np.zeros((4, 3, 3, 2), np.int8),
                 "ws": np.ones(4, np.float32), "wz": np.zeros(4, np.int8), "wi": np.zeros((4, 3, 3, 2), np.uint8)},
    ),
    "branches": Built(
        text="""g (float[2, 6] x, bool flag) => (float y, float z) {
            y, z = If(flag) <
                then_branch = a () => (float p, float q) { p = Relu(x) q = Relu(x) },
                else_branch = b () => (float r, float s) { r = Tanh(x) s = Concat<axis=0>(x, x) }
            >
        }""",
    ),
    "known_branch": Built(
        text="""g (float[2, 6] x) => (float y) {
            s = Shape(x)
            n = Gather<axis=0>(s, zero)
            t = Equal(n, two)
            y = If(t) <
                then_branch = a () => (float p) { p = Concat<axis=1>(x, x) },
                else_branch = b () => (float r) { r = Relu(x) }
            >
        }""",
        weights={"zero": number(0, np.int64), "two": number(2, np.int64)},
    ),
    "loop": Built(
        text="""g (float[2, 6] x) => (float y, float all) {
            y, all = Loop(count, yes, x) <
                body = b (int64 i, bool go, float[2, 6] c) => (bool on, float[2, 6] d, float[2, 6] e) {
                    on = Identity(go)
                    d = Relu(c)
                    e = Tanh(d)
                }
            >
        }""",
        weights={"count": number(3, np.int64), "yes": number(True, np.bool_)},
    ),
    "function": Built(
        text="""g (float[2, 3, 8, 6] x) => (float y) {
            a = own.Block<slope = 0.2>(x, w)
            y = own.Block<slope = 0.1>(a, w)
        }""",
        domains=', "own" : 1',
        functions="""<domain: "own", opset_import: ["" : 17]> Block<slope>(v, k) => (o) {
            c = Conv<pads=[1, 1, 1, 1]>(v, k)
            o = LeakyRelu<alpha: float = @slope>(c)
        }""",
        weights={"w": (3, 3, 3, 3)},
    ),
    "language": Built(
        text="""g (int64[N, L] ids) => (float y) {
            e = Gather<axis=0>(table, ids)
            n = LayerNormalization<axis=-1>(e, s, b)
            s0 = Shape(ids)
            l = Slice(s0, one, two)
            p = Gather<axis=0>(positions, zero)
            a = Add(n, p)
            h = MatMul(a, w)
            r = Reshape(h, shape)
            y = ReduceMean<axes=[1], keepdims=0>(r)
        }""",
        weights={"table": (50, 16), "s": (16,), "b": (16,), "one": integers(1), "two": integers(2),
                 "positions": (40, 16), "zero": number(0, np.int64), "w": (16, 12), "shape": integers(0, -1, 3, 4)},
        inputs={"ids": [2, 11]},
    ),
    "opset_9": Built(
        text="""g (float[1, 4, 6, 5] x) => (float y) {
            u = Upsample<mode="nearest">(x, scales)
            s = Slice<axes=[2, 3], starts=[1, 0], ends=[9, 1000]>(u)
            p = Pad<pads=[0, 0, 1, 2, 0, 0, 3, 4]>(s)
            q = Unsqueeze<axes=[0]>(p)
            y = Squeeze<axes=[0]>(q)
        }""",
        opset=9,
        weights={"scales": np.array([1, 1, 2, 3], np.float32)},
    ),
    "group_norm": Built(
        text="""g (float[2, 8, 5, 6] x) => (float y) {
            s = Shape(x)
            r = Reshape(x, groups)
            i = InstanceNormalization(r, one, one)
            b = Reshape(i, s)
            m = Mul(b, w)
            y = Add(m, w)
        }""",
        weights={"groups": integers(0, 4, -1), "one": (4,), "w": (8, 1, 1)},
    ),
    "sequences": Built(
        text="""g (float[4, 6] x) => (float y) {
            s = SplitToSequence<axis=1>(x, two)
            a = SequenceAt(s, zero)
            b = SequenceAt(s, minus)
            e = SequenceConstruct(a, b)
            f = SequenceInsert(e, a)
            y = ConcatFromSequence<axis=0>(f)
        }""",
        weights={"two": number(2, np.int64), "zero": number(0, np.int64), "minus": number(-1, np.int64)},
    ),
    "scan": Built(
        text="""g (float[3] start, float[5, 3] x) => (float last, float sums) {
            last, sums = Scan(start, x) <
                num_scan_inputs = 1,
                body = b (float[3] t, float[3] v) => (float[3] u, float[3] w) { u = Add(t, v) w = Relu(u) }
            >
        }""",
    ),
}  # fmt: skip
"""The models by name."""
