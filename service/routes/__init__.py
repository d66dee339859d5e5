"""The views: one blueprint a resource. A view reads a body, asks core, and answers."""

from flask import Blueprint

from service.routes import (
    batch,
    catalogue,
    compare,
    convolve,
    documents,
    health,
    inference,
    input_sizes,
    networks,
    output_size,
    padding,
    solve,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    output_size.blueprint,
    compare.blueprint,
    padding.blueprint,
    solve.blueprint,
    networks.blueprint,
    input_sizes.blueprint,
    convolve.blueprint,
    batch.blueprint,
    catalogue.blueprint,
    documents.blueprint,
    health.blueprint,
    inference.blueprint,
)
