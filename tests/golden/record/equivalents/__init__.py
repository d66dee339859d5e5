"""Runs what the service calls equivalent: a layer in one framework, its equivalent in another, the same arrays in both.

The environments are apart, so there are three steps, each a command (`python -m tests.golden.record.equivalents`):
`draw` asks the service what it would write, `run` computes in one framework, `judge` compares and writes
`tests/golden/equivalents` and the table in `docs/frameworks.md`.
"""
