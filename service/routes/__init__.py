"""HTTP only: how a request is read, how an answer travels, and how errors are answered.

The paths and what is done at them are declared in `service.operations`, and become views here.
"""

from flask import Blueprint

from service.routes import documents, metrics, page, views

BLUEPRINTS: tuple[Blueprint, ...] = (views.blueprint, documents.blueprint, page.blueprint, metrics.blueprint)
