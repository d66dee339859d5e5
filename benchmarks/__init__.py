"""Timings. Never part of the tests: machines are noisy, so figures are ratios measured side by side."""
