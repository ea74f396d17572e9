"""`clusterkg.open` without a server: over what ships, and over a folder of one's own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import clusterkg
from clusterkg import errors
from clusterkg.client import NotFound, TookTooLong

SRC = Path(__file__).resolve().parents[2] / "src"

pytestmark = pytest.mark.slow

DESCRIPTION = """\
id: description/alpha-2024
type: Description
label: {es: "Alfa, 2024", en: "Alpha, 2024"}
described: 2024-03-01
completeList: [champions]
assesses:
  id: initiative/alpha
  type: ClusterInitiative
  label: {es: "Iniciativa Alfa", en: "Alpha initiative"}
  serves: {id: cluster/alpha, type: Cluster, label: {es: "Clúster Alfa", en: "Alpha cluster"}}
"""


@pytest.fixture(scope="module")
def shipped():
    with clusterkg.open(language="es") as graph:
        yield graph


def test_what_ships_is_asked_as_a_server_is(shipped):
    assert len(shipped.table("clusters")) > 10
    assert shipped.query("ASK { ?x a ckg:Cluster }") is True
    assert len(shipped.describe("error:TE-07")) > 5
    clusters = [one.slug for one in shipped.clusters()]
    assert shipped.cluster(clusters[0]).slug == clusters[0]
    assert len(shipped.portfolio(descriptions="all", illustration="all")) >= len(clusters)
    assert shipped.diagnose(DESCRIPTION)[0].verdict("TE-07").verdict == "present"
    with pytest.raises(NotFound, match="nadie"):
        shipped.cluster("nadie")


def test_what_ships_cannot_be_changed(shipped):
    with pytest.raises(errors.ClusterkgError):
        shipped.put(DESCRIPTION)
    assert (
        shipped.query("ASK { GRAPH <https://w3id.org/clusterkg/graph/description/alpha-2024> { ?s ?p ?o } }") is False
    )


def test_a_folder_is_made_filled_and_opened_again(tmp_path):
    with clusterkg.open(tmp_path / "mine") as graph:
        assert len(list(graph.clusters(illustration="all"))) == 0
        graph.put(DESCRIPTION)
        assert [one.slug for one in graph.clusters()] == ["alpha"]
    with clusterkg.open(str(tmp_path / "mine")) as again:
        assert again.diagnosis("alpha")[0].verdict("TE-07").verdict == "present"
        again.delete("alpha-2024")
        assert list(again.clusters()) == []


def test_a_folder_takes_the_settings_of_a_server(tmp_path):
    numbers = "VALUES ?{0} {{ " + " ".join(map(str, range(200))) + " }}"
    runaway = f"SELECT (COUNT(*) AS ?n) {{ {' '.join(numbers.format(name) for name in 'abcdef')} }}"
    with clusterkg.open(tmp_path / "mine", query_seconds=0.5) as graph, pytest.raises(TookTooLong):
        graph.query(runaway)


@pytest.mark.parametrize("settings", [{"query_second": 1}, {"query_seconds": "long"}, {"query_seconds": -1}])
def test_a_setting_that_there_is_not_is_refused(tmp_path, settings):
    with pytest.raises(errors.UsageError, match="query"):
        clusterkg.open(tmp_path / "mine", **settings)


def test_an_address_takes_none():
    with pytest.raises(TypeError, match="query_seconds"):
        clusterkg.open("http://localhost:1", query_seconds=1)


def test_a_file_is_no_folder(tmp_path):
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(errors.UsageError):
        clusterkg.open(file)


def test_a_program_that_forgets_to_close_ends_all_the_same(shipped, tmp_path):
    code = "import clusterkg\ngraph = clusterkg.open()\nprint(graph.query('ASK { ?x a ckg:Cluster }'))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(SRC)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "True\n", "")


def test_nothing_is_left_behind_when_it_is_closed(shipped, tmp_path):
    def children() -> set[str]:
        listed = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
        return set(listed.read_text().split()) if listed.exists() else set()

    before = children()
    graph = clusterkg.open(tmp_path / "mine")
    graph.query("ASK { ?s ?p ?o }")
    graph.diagnose(DESCRIPTION)
    graph.close()
    assert children() == before
    with pytest.raises(errors.ClusterkgError):
        graph.query("ASK { ?s ?p ?o }")
