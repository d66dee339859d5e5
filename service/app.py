"""The application: settings, blueprints and error handlers put together."""

from service.observability import metrics
from service.routes import BLUEPRINTS, api_keys, cors, error_handlers
from service.routes.lean_flask import LeanFlask
from service.settings import settings


def create_app() -> LeanFlask:
    """The WSGI application."""
    app = LeanFlask("service", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings().max_body_bytes
    error_handlers.register(app)
    cors.register(app)
    api_keys.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    metrics.describe_build()
    metrics.heavy_slots.set(settings().heavy_requests)
    return app
