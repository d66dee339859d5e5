"""Integers and axes: sizes, shapes, padding, and which inputs an output sees.

Everything here is arithmetic that holds in every framework; what frameworks accept stands in `service.core.frameworks`.
Read `arithmetic` first, then `axes`.
"""
