"""The views: one blueprint a resource. A view reads a body, asks core, and answers."""

from flask import Blueprint

from service.routes import catalogue, convolve, documents, health, networks, output_size, padding

BLUEPRINTS: tuple[Blueprint, ...] = (
    output_size.blueprint,
    padding.blueprint,
    networks.blueprint,
    convolve.blueprint,
    catalogue.blueprint,
    documents.blueprint,
    health.blueprint,
)
