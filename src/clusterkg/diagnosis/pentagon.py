"""The pentagon's status, computed from the kinds of the current members."""

from __future__ import annotations

import pyoxigraph as ox

from clusterkg.diagnosis.knowledge import Knowledge
from clusterkg.diagnosis.model import Pentagon
from clusterkg.namespaces import CKG, NOW, RDFS, SKOS
from clusterkg.view import View

INCOMPLETE, UNKNOWN = "incomplete", "unknown"


def pentagon_of(view: View, initiative: str, knowledge: Knowledge) -> Pentagon:
    """The highest status whose kinds are all there.

    "incomplete" is said only where the member list is complete and every member's kind is known.
    """
    node = ox.NamedNode(initiative)
    index = view.index
    corners = sorted({kind for status in knowledge.statuses for kind in status.requires})
    there = {kind.value for kind in index.nodes(node, NOW.memberKind) if isinstance(kind, ox.NamedNode)}
    decided = index.has(node, NOW.closedFor, CKG.members) and not index.objects(node, NOW.memberOfUnknownKind)
    absent = [corner for corner in corners if corner not in there]
    reached = next((s for s in knowledge.statuses if s.requires and there.issuperset(s.requires)), None)
    status = reached.notation if reached else (INCOMPLETE if decided else UNKNOWN)
    names = {corner: knowledge.index.text(ox.NamedNode(corner), SKOS.notation) or corner for corner in corners}
    labels = {s.notation: s.label for s in knowledge.statuses}
    return Pentagon(
        status=status,
        status_label=labels.get(status, {}),
        present=tuple(sorted(names[c] for c in corners if c in there)),
        missing=tuple(sorted(names[c] for c in absent)) if decided else (),
        unknown=() if decided else tuple(sorted(names[c] for c in absent)),
        labels={names[c]: knowledge.index.texts(ox.NamedNode(c), RDFS.label) for c in corners},
    )
