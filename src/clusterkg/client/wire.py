"""From the core's requests to httpx and back, for the blocking client and the asynchronous one."""

from __future__ import annotations

from typing import Any

import httpx

from clusterkg.client.errors import ConnectionFailed
from clusterkg.client.messages import Request, Response
from clusterkg.errors import UsageError, text


def base_url(address: str) -> httpx.URL:
    """The root of a server. Raises UsageError for what is no address of a web server."""
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, TypeError) as error:
        raise _no_address(address) from error
    if url.scheme not in ("http", "https") or not url.host:
        raise _no_address(address)
    return url.copy_with(query=None, fragment=None)


def outgoing(request: Request) -> dict[str, Any]:
    """The arguments of httpx's `request`."""
    return {
        "method": request.method,
        "url": request.path,
        "params": dict(request.query) or None,
        "headers": dict(request.headers),
        "content": request.content,
        "files": [("file", (one.name or "-", one.content, one.media_type)) for one in request.files] or None,
    }


def incoming(response: httpx.Response) -> Response:
    """What the core gets to see."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Response(response.status_code, headers, response.content)


def no_answer(error: httpx.HTTPError, url: httpx.URL) -> ConnectionFailed:
    """The error for a server that is not there, or not in time; it names the address without credentials."""
    place = str(url.copy_with(userinfo=b""))
    if isinstance(error, httpx.TimeoutException):
        return ConnectionFailed(text(f"{place} no respondió a tiempo.", f"{place} did not answer in time."))
    return ConnectionFailed(
        text(f"No se pudo hablar con {place}: {error}", f"{place} could not be reached: {error}"),
        hint=text("¿Está en marcha el servidor?", "Is the server running?"),
    )


def closed() -> UsageError:
    """The error for a client that is asked after it was closed."""
    return UsageError(text("Este cliente ya se cerró.", "This client has been closed."))


def _no_address(address: object) -> UsageError:
    return UsageError(
        text(f"«{address}» no es la dirección de un servidor.", f"“{address}” is no address of a server."),
        hint=text("Por ejemplo: http://localhost:8000", "For example: http://localhost:8000"),
    )
