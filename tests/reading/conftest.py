"""One small description that uses every form of value, and how to read it from text."""

from __future__ import annotations

from pathlib import Path

import pytest

from clusterkg.vocabulary import Vocabulary, shipped_vocabulary

YAML = """\
id: description/acme-2021
type: Description
described: 2021-03
completeList: [members, champions]
source: {document: source/cbm, locator: {es: "página 3", en: "page 3"}}
assesses:
  id: initiative/acme
  type: ClusterInitiative
  label: {es: Iniciativa Acme, en: Acme initiative}
  founded: 2004
  serves:
    id: cluster/acme
    type: Cluster
    label: Acme
    field: {id: field/aerospace, type: Field, label: Aerospace}
  membership:
    - actor: organisation/acme
      actorKind: largeFirm
      since: 2004-05-01
    - type: Membership
      actor: {id: organisation/beta, type: Firm, label: Beta}
  funding: {publicShare: 40.50, privateShare: 60}
  body:
    type: DecidingBody
    seatTotal: 9
    seat: {holder: {type: Person, label: {es: [Ana, Anita]}}, chairs: true}
"""


@pytest.fixture
def yaml_text() -> str:
    return YAML


@pytest.fixture
def yaml_file(tmp_path: Path) -> Path:
    path = tmp_path / "acme.yaml"
    path.write_text(YAML, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return shipped_vocabulary()
