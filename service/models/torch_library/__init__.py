"""PyTorch as an interpreter of posted source sees it: modules, tensors and functions that write layers down.

| looking for | look in |
|---|---|
| what a module of PyTorch, torchvision or timm holds | `library.py`; what is told as source: `preludes/` |
| the names of modules, of arguments and their order | `signatures.py`, recorded in `signatures.json`, `names.json` |
| a module of `torch.nn` that is a layer, its weights and methods | `leaves.py`, `weights.py`, `leaf_methods.py` |
| how a call becomes a layer, or is a constant | `calls.py`, `written.py`, `results.py` |
| a function; one that no layer says | `functions.py`, `unsaid.py` |
| a tensor: its methods, operators, indexing | `tensors.py`, `methods.py`, `operators.py`, `indexing.py` |
| constants, and values that are computed | `made.py`, `computing.py`, `dtypes.py` |
| what changes no shape | `shapeless.py`, `reparametrised.py`, `hosts.py` |
| patterns of axes | `einops.py`, `einops_packing.py` |
| how a model is read | `reader.py` |
"""
