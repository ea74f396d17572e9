"""A real server on a loopback port for tests, and requests to it byte by byte: no client library tidies them up."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import uvicorn

from clusterkg.server.app import create_app
from clusterkg.server.operation.tokens import Tokens
from clusterkg.server.settings import Settings
from clusterkg.store import EmbeddedStore, StoreSettings

HOST = "kg.example"
QUERY, UPDATE, STORE = "/sparql", "/sparql/update", "/rdf-graph-store"


@dataclass(frozen=True)
class Reply:
    """Status, headers (names in small letters) and body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Served:
    """A running server, and the token of an administrator; `others` are tokens by scope."""

    port: int
    token: str
    host: str = HOST
    others: dict[str, str] = field(default_factory=dict)

    def send(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | str = b"",
        *,
        token: str | None = None,
    ) -> Reply:
        """One request, with exactly these headers; `token` None sends the writer's, an empty one none."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            given = {"Host": self.host, **(headers or {})}
            bearer = self.token if token is None else token
            if bearer and "authorization" not in {name.lower() for name in given}:
                given["Authorization"] = f"Bearer {bearer}"
            content = body.encode() if isinstance(body, str) else body
            if (content or method in ("POST", "PUT", "PATCH")) and "Content-Length" not in given:
                given["Content-Length"] = str(len(content))
            for name, value in given.items():
                connection.putheader(name, value)
            connection.endheaders(content or None)
            response = connection.getresponse()
            return Reply(response.status, {n.lower(): v for n, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def ask(self, query: str, accept: str = "", **fields: Any) -> Reply:
        """A query by GET."""
        target = f"{QUERY}?" + urlencode({"query": query, **fields}, doseq=True)
        return self.send("GET", target, {"Accept": accept} if accept else {}, token="")

    def update(self, sparql: str) -> None:
        """An update that has to go through."""
        reply = self.send("POST", UPDATE, {"Content-Type": "application/sparql-update"}, sparql)
        assert reply.status == 204, reply.text

    def put(self, graph: str, body: bytes | str, media_type: str = "text/turtle") -> None:
        """A graph that has to be stored."""
        reply = self.send("PUT", f"{STORE}?graph={quote(graph, safe='')}", {"Content-Type": media_type}, body)
        assert reply.status in (201, 204), reply.text


@contextmanager
def serving(folder: Path, host: str = HOST, writing: bool = True, **settings: Any) -> Iterator[Served]:
    """A server over a new embedded store, until the block is left."""
    file = folder / "tokens.json"
    tokens = Tokens(file)
    others = {scope: tokens.add(scope, scope) for scope in ("read", "write", "admin")}
    given = Settings(tokens=file if writing else None, audit_log=folder / "audit.log", **settings)
    store = EmbeddedStore(
        folder / "store", StoreSettings(services=given.allowed_services, query_seconds=given.query_seconds)
    )
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(given, store), ws="none", log_config=None, lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        until = time.monotonic() + 30
        while not server.started and time.monotonic() < until:
            time.sleep(0.01)
        assert server.started
        yield Served(listener.getsockname()[1], others["admin"], host, others)
    finally:
        server.should_exit = True
        thread.join(30)
        listener.close()
        store.close()
