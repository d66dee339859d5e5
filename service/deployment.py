"""Settings of the server: where it listens, its worker processes, how they are replaced and how they stop."""

import os
from functools import cache

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Deployment(BaseSettings):
    """What gunicorn and its workers are told; nothing of it is a limit for requests."""

    model_config = SettingsConfigDict(env_prefix="PADSTRIDE_", frozen=True)

    host: str = Field("127.0.0.1", min_length=1, validation_alias="HOST", description="Address to listen at.")
    port: int = Field(8000, ge=0, le=65_535, validation_alias="PORT", description="Port to listen at; 0: any free one.")
    workers: int = Field(
        CORES, ge=1, le=1000, validation_alias="WEB_CONCURRENCY", description="Worker processes; by default the cores."
    )
    revision: str = Field("unknown", description="The revision that was built; the image sets it.")
    worker_memory_mb: int = Field(
        1024, ge=1, description="MB of memory of its own above which a worker is replaced; checked three times."
    )
    worker_hours: float = Field(
        24.0,
        gt=0,
        le=8760,
        allow_inf_nan=False,
        description="Hours after which a worker is replaced, give or take 20 %.",
    )
    drain_seconds: float = Field(
        0.0,
        ge=0,
        le=3600,
        allow_inf_nan=False,
        description="Seconds after SIGTERM in which the service still accepts requests while `/readyz` answers 503.",
    )


@cache
def deployment() -> Deployment:
    """The settings, read once."""
    return Deployment()
