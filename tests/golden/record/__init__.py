"""Records what a framework really does: `python -m tests.golden.record --framework pytorch --out tests/golden/pytorch`.

- `frameworks`: one file for each framework; it runs a layer and is found by itself.
- `layers`: draws random layers, as each framework spells them.
- `recorder`, `recording`: what a framework's file gives, and which cases are recorded.
- `networks`: draws, spoils and runs whole networks.
- `costs`: what tools count for layers and networks.
"""
