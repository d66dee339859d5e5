"""Pools: `pooling` is the way in; `windows` says what a pool reads, `blocks` cuts it, `folding` computes a block."""
