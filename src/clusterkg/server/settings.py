"""What can be set: by a flag of `clusterkg serve`, else by CLUSTERKG_… in the environment, else in a TOML file, else as below."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)


def _words(given: object) -> object:
    """`a, b` from a flag, the environment or the file as two words; a list as it is."""
    return tuple(filter(None, re.split(r"[,\s]+", given))) if isinstance(given, str) else given


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)]


class Settings(BaseSettings):
    """Settings of one server. Sizes in MiB, times in seconds."""

    model_config = SettingsConfigDict(env_prefix="CLUSTERKG_", extra="ignore", frozen=True, env_ignore_empty=True)

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    store: str = Field(
        "",
        description="Folder of the embedded store, or address of a SPARQL 1.1 service. Empty: the user's data folder.",
    )
    public_url: str = Field(
        "", description="Address under which readers reach the server, if not the one of their request."
    )
    language: str = Field("en", description="Language for readers who prefer none that the server speaks.")

    workers: int = Field(2, ge=1, le=256, description="Processes that answer queries.")
    query_seconds: float = Field(20, gt=0, description="Deadline of a query.")
    query_memory: int = Field(2048, ge=0, description="Memory of a process that answers queries; 0 for no limit.")
    answer_size: int = Field(64, ge=1, description="Size of an answer.")
    queue: int = Field(32, ge=0, description="Queries that may wait.")
    queue_seconds: float = Field(5, gt=0, description="How long a query may wait.")
    write_seconds: float = Field(60, gt=0, description="Deadline of an update.")
    diagnosis_workers: int = Field(1, ge=1, le=256, description="Processes that diagnose what is sent.")
    diagnosis_seconds: float = Field(30, gt=0, description="Deadline of a diagnosis.")

    upload_size: int = Field(16, ge=1, description="Size of what may be sent.")
    rate: str = Field("", description="Requests that one address may make, as “600/minute”; empty for no limit.")
    trusted_proxies: Words = Field(
        (), description="Addresses of proxies whose X-Forwarded headers are believed, separated by commas."
    )
    allowed_services: Words = Field(
        (), description="Endpoints that SERVICE may ask, separated by commas. None: SERVICE is refused."
    )
    tokens: Path | None = Field(
        None, description="File of hashed tokens (clusterkg token). Without it nothing can be written."
    )
    audit_log: Path | None = Field(
        None, description="File that gets a line for every write. Default: audit.log in the store's folder."
    )
    log_format: str = Field("json", pattern="^(json|text)$", description="How the server writes its log: json or text.")
    shutdown_seconds: float = Field(
        10, ge=0, description="How long requests may still run when the server is told to stop."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags, then environment, then the file that CLUSTERKG_CONFIG names."""
        import os

        file = os.environ.get("CLUSTERKG_CONFIG")
        return (init_settings, env_settings, *((TomlConfigSettingsSource(settings_cls, Path(file)),) if file else ()))
