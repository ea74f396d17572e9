"""Everything in one file: N-Quads and TriG, compressed, made once for each state of the store."""

from __future__ import annotations

import gzip
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import BinaryIO, cast

from pyoxigraph import RdfFormat, parse, serialize
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from clusterkg.errors import text
from clusterkg.namespaces import PREFIXES
from clusterkg.server.app import services
from clusterkg.server.linked_data.replies import CODE_LICENCE, DATA_LICENCE, bodiless, standing, unchanged
from clusterkg.server.problems import Problem
from clusterkg.store.base import NQUADS, TRIG, Store

SOFTWARE_LICENCE = CODE_LICENCE
LICENCES = {DATA_LICENCE: "CC BY 4.0", CODE_LICENCE: "Apache 2.0"}


@dataclass(frozen=True, slots=True)
class Dump:
    """A file to download; `content_type` is that of what is compressed."""

    name: str
    ending: str
    title: str
    content_type: str
    licence: str = DATA_LICENCE

    @property
    def path(self) -> str:
        """Where it lies below the root."""
        return f"dump/{self.name}"


DUMPS = (
    Dump("clusterkg.nq.gz", "nq", "N-Quads", NQUADS),
    Dump("clusterkg.trig.gz", "trig", "TriG", TRIG),
)
_LEVEL = 6
_MAKING = Lock()


def dump(request: Request, name: str) -> Response:
    """A dump; a range of it where the reader asks for one.

    Raises:
        Problem: 404 for one that does not exist.
    """
    found = next((one for one in DUMPS if one.name == name), None)
    if found is None:
        raise Problem(404, text(f"No hay un archivo «{name}».", f"There is no file “{name}”."))
    store = services(request).store
    headers = standing(request, store.state(), "dump")
    headers.pop("Vary")
    headers |= {"Link": f'<{found.licence}>; rel="license", </catalog>; rel="describedby"'}
    if unchanged(request, headers):
        return Response(status_code=304, headers=headers)
    if request.method == "HEAD":
        return bodiless(headers, "application/gzip")
    folder = Path(tempfile.mkdtemp(prefix="clusterkg-dump-"))
    try:
        with _MAKING:  # one at a time: a dump reads all there is
            path = _write(store, found, folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    task = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    return FileResponse(path, headers=headers, media_type="application/gzip", filename=found.name, background=task)


def _write(store: Store, wanted: Dump, folder: Path) -> Path:
    path, plain = folder / wanted.name, folder / "plain.nq"
    with plain.open("wb") as output:
        store.dump(output)
    # No name and no time in the header: the same state gives the same bytes.
    with path.open("wb") as raw, gzip.GzipFile("", "wb", _LEVEL, raw, mtime=0) as packed:
        if wanted.content_type == NQUADS:
            with plain.open("rb") as content:
                shutil.copyfileobj(content, packed, 1 << 20)
        else:
            quads = parse(path=plain, format=RdfFormat.N_QUADS)
            serialize(quads, cast("BinaryIO", packed), format=RdfFormat.TRIG, prefixes=PREFIXES)
    plain.unlink()
    return path
