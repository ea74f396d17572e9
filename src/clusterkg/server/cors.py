"""Pages from anywhere may read; what would need a token is theirs only where a person hands it over, so no credentials are ever allowed."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

EXPOSED = ("Content-Location", "ETag", "Link", "Location", "Retry-After", "X-Request-ID")
"""Answer headers that a script of another page may see."""


def install(app: FastAPI) -> None:
    """Open every route for reading by pages of other origins: GET, HEAD and POST (queries are posted), never with credentials."""
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "HEAD", "POST"],
        allow_headers=["Accept", "Content-Type"],
        allow_credentials=False,
        expose_headers=list(EXPOSED),
        max_age=86400,
    )
