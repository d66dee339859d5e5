"""Settings from the environment, each variable prefixed `PADSTRIDE_`."""

from functools import cache
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from service.access_settings import (
    ALLOWED,
    ALLOWED_FILE,
    ALLOWED_ORIGINS,
    digests_in,
    digests_of_file,
    origins_in,
)

JSON_DEPTH = 200
"""How deep the JSON parser goes before it refuses; fixed in pydantic-core."""


class Settings(BaseSettings):
    """What may be set: one field a limit, which `GET /v1/limits` shows; what is excluded there is no limit."""

    model_config = SettingsConfigDict(env_prefix="PADSTRIDE_", frozen=True)

    max_body_bytes: int = Field(64 * 2**20, ge=1, description="Bytes of a request body.")
    max_json_bytes: int = Field(32 * 2**20, ge=1, description="Bytes of a JSON body; larger arrays travel as `.npy`.")
    max_json_lists: int = Field(
        2**22, ge=1, description="Lists and objects of a JSON body, each of which takes memory."
    )
    large_json_bytes: int = Field(2**20, ge=1, description="Bytes from which a JSON body is read in a slot.")
    large_network_layers: int = Field(
        1000,
        ge=1,
        description="Layers from which a network is judged in a slot; counted again for each fix tried.",
    )
    max_array_elements: int = Field(2**24, ge=1, description="Elements of one posted array.")
    max_output_elements: int = Field(2**24, ge=1, description="Elements of a computed output.")
    max_scratch_elements: int = Field(2**26, ge=1, description="Elements of the padded copies a computation makes.")
    max_work: int = Field(4 * 10**9, ge=1, description="Multiply-accumulates of one request, or what takes as long.")
    max_layers: int = Field(10_000, ge=1, description="Layers of one network.")
    max_connections: int = Field(50_000, ge=1, description="Inputs of all layers of one network together.")
    max_outputs: int = Field(50_000, ge=1, description="Outputs of all layers of one network together.")
    max_batch_items: int = Field(10_000, ge=1, description="Items of one batch.")
    max_batch_layers: int = Field(50_000, ge=1, description="Layers of all networks of one batch together.")
    max_batch_outputs: int = Field(
        100_000, ge=1, description="Outputs of all layers of all networks of one batch together."
    )
    max_model_bytes: int = Field(256 * 2**20, ge=1, description="Bytes of a posted model file.")
    max_source_bytes: int = Field(4 * 2**20, ge=1, description="Bytes of all source files of a posted model together.")
    max_model_steps: int = Field(
        1_000_000,
        ge=1,
        description="Expressions and statements of a posted model that are interpreted; of a batch, all together.",
    )
    max_model_depth: int = Field(
        100, ge=1, description="Calls inside calls, brackets inside brackets, graphs inside graphs of a posted model."
    )
    max_model_elements: int = Field(
        1_000_000, ge=1, description="Elements of all lists, texts and arrays that a posted model makes."
    )
    max_model_nodes: int = Field(100_000, ge=1, description="Nodes of all graphs of a posted model file.")
    max_model_tensors: int = Field(
        200_000, ge=1, description="Tensors that a posted model file lists: weights, inputs, outputs, declared shapes."
    )
    max_model_members: int = Field(10_000, ge=1, description="Members of a posted zip file, or files of source.")
    max_unpacked_bytes: int = Field(
        64 * 2**20,
        ge=1,
        description="Bytes that are read of a posted model file: members of a zip file, JSON, a graph without weights.",
    )
    max_input_sizes: int = Field(4096, ge=1, description="Sizes tried in one question about input sizes.")
    max_trials: int = Field(
        50_000,
        ge=1,
        description="Outputs of layers placed to find the input sizes that a network accepts, and what takes as long.",
    )
    max_traced_layers: int = Field(
        10_000, ge=1, description="Layers walked through for the receptive fields of single outputs."
    )
    max_window_positions: int = Field(
        100_000, ge=1, description="Positions of all windows that one question about a size asks for."
    )
    max_explained: int = Field(100, ge=0, description="Output positions explained in one request.")
    max_explained_elements: int = Field(10_000, ge=1, description="Elements of the windows of one explanation.")
    compute_threads: int = Field(
        4, ge=1, description="Threads of one computation, of which no more than its share of the cores are used."
    )
    heavy_requests: int = Field(1, ge=1, description="Computation slots of one worker process.")
    heavy_waiting: int = Field(
        5, ge=0, description="Computations that may wait for a slot in one worker; one more is a 503 at once."
    )
    heavy_wait_seconds: float = Field(
        2.0, ge=0, le=3600, allow_inf_nan=False, description="Seconds that a computation may wait for a slot."
    )
    api_keys: Annotated[tuple[str, ...], NoDecode, BeforeValidator(digests_in)] = Field(
        (),
        exclude=True,
        repr=False,
        description="SHA-256 digests of the API keys that are taken; none: everyone may ask.",
        json_schema_extra={"allowed": ALLOWED},
    )
    api_keys_file: Annotated[tuple[str, ...], NoDecode, BeforeValidator(digests_of_file)] = Field(
        (),
        exclude=True,
        description="A file with further digests.",
        json_schema_extra={"allowed": ALLOWED_FILE},
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode, BeforeValidator(origins_in)] = Field(
        (),
        exclude=True,
        description="Origins whose pages may ask; none: only pages from here.",
        json_schema_extra={"allowed": ALLOWED_ORIGINS},
    )
    trusted_proxies: int = Field(
        0,
        ge=0,
        exclude=True,
        description="Proxies in front, each of which adds to `X-Forwarded-For` who asked it; the rest is not believed.",
    )


@cache
def settings() -> Settings:
    """The settings, read once."""
    return Settings()
