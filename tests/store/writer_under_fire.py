"""A process that writes to a store for as long as it is let: `python writer_under_fire.py FOLDER FIRST`.

Write number n puts n into two graphs and into a description, in one step, and is acknowledged by a line with n.
"""

from __future__ import annotations

import sys
from pathlib import Path

from clusterkg.store import EmbeddedStore
from clusterkg.store.base import AddToGraph, PutGraph, Update

ROOT = "https://w3id.org/clusterkg/"
LEFT, RIGHT, LOG = "http://example.org/left", "http://example.org/right", "http://example.org/log"
DESCRIPTION = ROOT + "graph/description/under-fire"


def statement(number: int) -> bytes:
    return f"<http://example.org/counter> <http://example.org/says> {number} .\n".replace(
        f" {number} ", f' "{number}"^^<http://www.w3.org/2001/XMLSchema#integer> '
    ).encode()


def description(number: int) -> bytes:
    ckg, ident = ROOT + "ontology#", ROOT + "id/"
    a = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    date = f'"{2000 + number % 20}-01-01"^^<http://www.w3.org/2001/XMLSchema#date>'
    one, initiative, cluster = (f"<{ident}{kind}/under-fire>" for kind in ("description", "initiative", "cluster"))
    return (
        f"{one} {a} <{ckg}Description> .\n{one} <{ckg}described> {date} .\n{one} <{ckg}assesses> {initiative} .\n"
        f"{initiative} {a} <{ckg}ClusterInitiative> .\n{initiative} <{ckg}serves> {cluster} .\n{cluster} {a} <{ckg}Cluster> .\n"
        f'{cluster} <http://www.w3.org/2000/01/rdf-schema#label> "n {number}"@en .\n'
    ).encode()


def main(folder: str, first: int) -> None:
    store = EmbeddedStore(Path(folder))
    print("open", flush=True)
    number = first
    while True:
        kind = number % 3
        changes = [
            PutGraph(LEFT, statement(number)),
            PutGraph(RIGHT, statement(number)),
            AddToGraph(LOG, statement(number)),
        ]
        if kind == 1:
            changes.append(PutGraph(DESCRIPTION, description(number)))
        elif kind == 2:
            changes.append(Update(f"INSERT DATA {{ <http://example.org/default> <http://example.org/says> {number} }}"))
        store.write(changes)
        print(number, flush=True)
        number += 1


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
