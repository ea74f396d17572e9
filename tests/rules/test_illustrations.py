"""Each illustration of an error shows it, says that it is invented, and passes the lint of what a document may say."""

from __future__ import annotations

from pathlib import Path

import pytest

from clusterkg.descriptions import descriptions_of
from clusterkg.reading import read_document
from clusterkg.resources import resource

from .samples import checker

PATHS = sorted(resource("data", "illustrations").glob("te-*.yaml"))


def test_each_error_has_an_illustration() -> None:
    assert len(PATHS) == 10


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_it_shows_its_error(path: Path) -> None:
    (found,) = descriptions_of(read_document(path, vocabulary=checker().vocabulary), checker().vocabulary)
    diagnosis = checker().diagnose(found)
    verdicts = {verdict.error: verdict.verdict for verdict in diagnosis.verdicts}
    assert diagnosis.illustration
    assert verdicts[path.stem.upper()] == "present"
