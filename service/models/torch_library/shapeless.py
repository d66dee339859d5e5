"""What changes no shape in PyTorch: settings, contexts, decorators, start values."""

import math
from collections.abc import Mapping, Sequence

from service.models.source.host import NotKnownError, RaisedError, Run, Value
from service.models.torch_library.dtypes import CPU, dtype_of
from service.models.torch_library.hosts import (
    Answer,
    Function,
    Harmless,
    Namespace,
    Token,
    TypeOf,
    always,
    nothing,
    same,
)
from service.models.torch_library.tensors import TensorHost

Keywords = Mapping[str, Value]


def checkpoint(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
    """Calls the function with the other arguments."""
    own = {
        "use_reentrant",
        "context_fn",
        "determinism_check",
        "debug",
        "preserve_rng_state",
        "early_stop",
    }
    if not arguments:
        raise NotKnownError("what a checkpoint runs is not known")
    return run.call(arguments[0], arguments[1:], {key: value for key, value in keywords.items() if key not in own})


def checkpoint_sequential(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
    """Calls the functions one after another."""
    functions = arguments[0] if arguments else keywords["functions"]
    value = keywords["input"] if "input" in keywords else arguments[2]
    for function in run.iterate(functions):
        value = run.call(function, [value], {})
    return value


def second(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
    """The second argument: `torch.jit.annotate(int, value)`."""
    return arguments[1]


def decorator(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
    """A decorator, with arguments of its own or without."""
    if len(arguments) == 1 and not keywords and not isinstance(arguments[0], str | bool | int | list | tuple | Token):
        return arguments[0]
    return Function("decorator", same)


def fan(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
    """The inputs and outputs of each element of a weight."""
    tensor = arguments[0] if arguments else keywords.get("tensor")
    if not isinstance(tensor, TensorHost) or tensor.shape is None or len(tensor.shape) < 2 or None in tensor.shape:
        raise NotKnownError("the fan of a weight is not known")
    sizes = [size or 0 for size in tensor.shape]
    field = math.prod(sizes[2:])
    return sizes[1] * field, sizes[0] * field


def gain(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
    """A factor for start values, which change no shape."""
    return 1.0


def device(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
    """`torch.device("cuda")`"""
    named = arguments[0] if arguments else next(iter(keywords.values()), "cpu")
    return Token(str(named).partition(":")[0], "device") if isinstance(named, str) else CPU


def limits(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
    """`torch.finfo(dtype)`"""
    name = dtype_of(arguments[0]) if arguments else None
    whole = name is not None and "int" in name
    largest = 2**31 - 1 if whole else 65504.0 if name == "float16" else 3.4028234663852886e38
    values: dict[str, Value] = {"max": largest, "min": -largest, "bits": 32}
    if not whole:
        values |= {"eps": 1.1920929e-07, "tiny": 1.1754944e-38, "smallest_normal": 1.1754944e-38}
    return Namespace("torch.finfo", values)


def _functions(prefix: str, names: Mapping[str, Answer]) -> dict[str, Value]:
    return {name: Function(f"{prefix}.{name}", answer) for name, answer in names.items()}


def harmless(name: str) -> Namespace:
    """A module of which every name is harmless."""
    return Namespace(name, find=lambda found, run: Harmless(f"{name}.{found}"))


def initialisers() -> Namespace:
    """`torch.nn.init`: every function gives back its tensor."""
    own: Mapping[str, Answer] = {"calculate_gain": gain, "_calculate_fan_in_and_fan_out": fan, "_calculate_correct_fan":
           lambda arguments, keywords, run: fan(arguments[:1], {}, run)[arguments[-1] != "fan_in"]}  # fmt: skip
    return Namespace(
        "torch.nn.init",
        _functions("torch.nn.init", own),
        find=lambda name, run: Function(f"torch.nn.init.{name}", same),
    )


def asserted(error: str) -> Answer:
    """`torch._assert(condition, message)`, `torch._check(condition, message)`"""

    def answer(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
        holds = arguments[0] if arguments else keywords.get("condition", keywords.get("cond"))
        if holds is False:
            message = arguments[1] if len(arguments) > 1 else keywords.get("message", "the condition does not hold")
            raise RaisedError(error, run.text_of(message if isinstance(message, str) else run.call(message, [], {})))
        return None

    return answer


JIT: Mapping[str, Answer] = {
       "is_scripting": always(False), "is_tracing": always(False), "annotate": second, "script": same,
       "trace": same,
       "unused": decorator, "ignore": decorator, "export": decorator, "script_method": same, "interface": same,
       "script_if_tracing": same, "_script_if_tracing": same, "fork": checkpoint, "wait": same,
       "is_scripting_": always(False), "isinstance": lambda arguments, keywords, run:
       run.is_instance(arguments[0], arguments[1]), "freeze": same}  # fmt: skip
CUDA: Mapping[str, Answer] = {"is_available": always(False), "device_count": always(0), "current_device": always(0),
        "is_bf16_supported": always(False), "empty_cache": nothing, "manual_seed": nothing,
        "manual_seed_all": nothing, "synchronize": nothing, "is_initialized": always(False)}  # fmt: skip
DISTRIBUTED: Mapping[str, Answer] = {
               "is_available": always(False), "is_initialized": always(False), "get_rank": always(0),
               "get_world_size": always(1)}  # fmt: skip
TORCH: Mapping[str, Answer] = {
    "manual_seed": nothing, "seed": always(0), "_assert": asserted("AssertionError"),
    "is_grad_enabled": always(False), "compile": decorator,
    "set_grad_enabled": lambda arguments, keywords, run: Harmless("torch.set_grad_enabled"),
    "is_autocast_enabled": always(False), "set_default_dtype": nothing, "get_default_dtype": lambda *_: None,
    "set_printoptions": nothing, "use_deterministic_algorithms": nothing, "is_inference_mode_enabled": always(False),
    "set_float32_matmul_precision": nothing, "set_num_threads": nothing, "get_num_threads": always(1),
    "_check": asserted("RuntimeError"), "device": device, "finfo": limits, "iinfo": limits, "load": lambda *_: {},
    "save": nothing, "get_autocast_gpu_dtype": lambda *_: None, "is_deterministic_algorithms_warn_only_enabled":
    always(False), "are_deterministic_algorithms_enabled": always(False), "_dynamo": nothing, "typename":
    lambda arguments, keywords, run: "torch.Tensor", "typing": nothing, "set_default_device": nothing,
    "set_deterministic_debug_mode": nothing,
}  # fmt: skip
CONTEXTS = ("no_grad", "enable_grad", "inference_mode", "autocast", "set_grad_enabled", "Generator", "random", "_C",
            "classes", "ops", "library", "profiler", "autograd", "overrides", "version", "xpu", "mps",
            "_utils")  # fmt: skip
"""What may be used as a context or decorator, or looked into, and does nothing to shapes."""
CONSTANTS: Mapping[str, Value] = {"pi": math.pi, "inf": math.inf, "nan": math.nan, "e": math.e, "newaxis": None,
                                  "__version__": "2.13.0"}  # fmt: skip
UTILS: Mapping[str, Answer] = {"checkpoint": checkpoint, "checkpoint_sequential": checkpoint_sequential}


def modules() -> dict[str, Namespace]:
    """The modules of which little or nothing matters, by name."""
    named: Mapping[str, Mapping[str, Answer]] = {
        "torch.jit": JIT, "torch.cuda": CUDA, "torch.distributed": DISTRIBUTED, "torch.utils.checkpoint": UTILS,
        "torch.fx": {"wrap": same}, "torch._dynamo": {"disable": decorator, "allow_in_graph": same},
        "torch.compiler": {"disable": decorator, "is_compiling": always(False)},
        "torch.utils.model_zoo": {"load_url": lambda *_: {}}, "torch.hub": {"load_state_dict_from_url": lambda *_: {}},
        "torch.cuda.amp": {"custom_fwd": decorator, "custom_bwd": decorator},
        "torch.utils": {}, "torch.backends": {}, "torch.amp": {"custom_fwd": decorator, "custom_bwd": decorator},
        "torch.overrides": {"has_torch_function": always(False), "handle_torch_function": nothing,
                            "has_torch_function_unary": always(False), "has_torch_function_variadic": always(False)},
    }  # fmt: skip
    made = {name: Namespace(name, _functions(name, answers), harmless(name).find) for name, answers in named.items()}
    for name in ("torch.backends.cudnn", "torch.utils.data", "torch.optim", "torch.autograd", "torch.utils.tensorboard",
                 "torch.types", "torch.fx.proxy", "torch.fx.graph_module", "torch.library", "torch.multiprocessing",
                 "torch.optim.lr_scheduler", "torch.onnx", "torch._C", "torch.distributions", "torch.profiler",
                 "torch.fx.node", "torch.fx.passes", "torch.version", "torch.utils._pytree"):  # fmt: skip
        made[name] = harmless(name)
    return made


PARAMETER = TypeOf("torch.nn.Parameter")


def parameter(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
    """`nn.Parameter(torch.zeros(3))`: a tensor that is trained."""
    given = arguments[0] if arguments else keywords.get("data")
    if isinstance(given, TensorHost):
        made = TensorHost(given.shape, dtype=given.dtype, kind="parameter")
        made.literals = given.literals
    else:
        made = TensorHost((0,) if given is None else None, kind="parameter")
    made.made_at = run.place
    return made


def buffer(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
    """`nn.Buffer(torch.zeros(3))`: a tensor that is kept."""
    given = arguments[0] if arguments else keywords.get("data")
    return TensorHost(given.shape, dtype=given.dtype, kind="buffer") if isinstance(given, TensorHost) else given


PARAMETER.make = parameter
