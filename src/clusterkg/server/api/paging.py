"""Pages of a list: how many there are, and the Link header that leads through them (RFC 8288)."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response
from starlette.datastructures import URL


def counted(total: int, page: int, per_page: int) -> dict[str, Any]:
    """The fields that every page of a list has."""
    return {"total": total, "page": page, "per_page": per_page, "pages": -(-total // per_page)}


def set_links(request: Request, response: Response, total: int, page: int, per_page: int) -> None:
    """Name the neighbouring pages, relative to this one."""
    last = max(1, -(-total // per_page))
    near = {"first": 1, "prev": min(page - 1, last), "next": page + 1, "last": last}
    links = [f'<{_address(request.url, number)}>; rel="{name}"' for name, number in near.items() if 1 <= number <= last]
    response.headers["Link"] = ", ".join(links)


def _address(url: URL, page: int) -> str:
    return "?" + url.include_query_params(page=page).query
