"""For modules of PyTorch that exist: `check(module, shape)` says what is wrong with one, in your own process.

    from padstride.torch import check

    report = check(Net(width=32), (1, 3, 224, 224))
    print(report)  # every mistake at its line

PyTorch must be there; this package does not install it. What travels to the service is a graph or source text, never
a weight.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from padstride.client import Client
from padstride.errors import PadstrideError
from padstride.reports import NetworkReport

if TYPE_CHECKING:
    import torch


def check(
    module: "torch.nn.Module", *inputs: "torch.Tensor | Sequence[int]", client: Client | None = None
) -> NetworkReport:
    """A module judged, with what it is called with: tensors, or their shapes.

    A module that `torch.export` takes is judged as exported. Any other is judged by the source of its class, where the
    layers that the service reads there are those that the module has; else by a trace of `torch.fx`. An answer that
    disagrees with what the module does when it is called is never returned.

    Raises:
        PadstrideError: PyTorch is missing, or the module could not be judged; says what it raises.
        Refused, Busy, Unreachable: as every question.
    """
    torch = _torch()
    if not isinstance(module, torch.nn.Module):
        raise PadstrideError(f"{type(module).__name__} is no torch.nn.Module")
    if not inputs:
        raise PadstrideError("name what goes in: a shape such as (1, 3, 224, 224), or a tensor")
    from padstride.torch.exported import export_report
    from padstride.torch.running import failure_of, tensor_of
    from padstride.torch.traced import traced_report
    from padstride.torch.written import written_report

    tensors = tuple(tensor_of(each, module) for each in inputs)
    with nullcontext(client) if client else Client() as asked:
        report = export_report(module, tensors, asked)
        if report is not None:
            return report
        failure = failure_of(module, tensors)
        for judge in (written_report, traced_report):
            report = judge(module, tensors, asked)
            if report is not None and report.valid == (failure is None):
                return report
    if failure is None:
        raise PadstrideError(
            "the module runs, but torch.export refuses it, and neither its source nor a trace is understood"
        )
    reason = str(failure).strip().splitlines()
    raise PadstrideError(
        f"the module raises {type(failure).__name__} ({reason[0] if reason else 'without a message'}), "
        "and no cause was found in its source or its trace"
    ) from failure


def _torch() -> Any:
    try:
        import torch
    except ImportError:
        raise PadstrideError("padstride.torch needs PyTorch: pip install torch") from None
    return torch
