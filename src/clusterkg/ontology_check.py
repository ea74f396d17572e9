"""Is the vocabulary free of contradictions, and can there be something of every class? HermiT decides."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode

from clusterkg.contradictions import Contradiction, explain
from clusterkg.errors import ConfigurationError, text
from clusterkg.hermit import Hermit, Inconsistent, find_hermit
from clusterkg.merged import Merged, Name, merge
from clusterkg.namespaces import OWL


@dataclass(frozen=True)
class OntologyReport:
    """What HermiT found, and how much it looked at.

    When the whole is inconsistent, `explanation` says why, and `unsatisfiable` is about the vocabulary without the
    individuals (empty if that, too, contradicts itself). Dates are not checked: OWL has no such datatype.
    """

    classes: int
    properties: int
    individuals: int
    unsatisfiable: tuple[Name, ...]
    inconsistent: bool
    explanation: tuple[Contradiction, ...]
    seconds: float
    reasoner: str

    @property
    def sound(self) -> bool:
        """No contradiction, and no class that nothing can be of."""
        return not self.inconsistent and not self.unsatisfiable


def check_ontology(resources: Path, extra: Sequence[Path] = ()) -> OntologyReport:
    """Checks all modules of `resources`/ontology together, and with them the `extra` files (data, a module to try).

    Raises UsageError when HermiT or Java is missing, ConfigurationError for a broken ontology, InputError for an extra
    file that is not RDF.
    """
    started = time.monotonic()
    hermit = find_hermit()
    merged = merge(ontology_files(resources), extra)
    explanation: tuple[Contradiction, ...] = ()
    try:
        unsatisfiable = hermit.classify(merged.all(), individuals=False).unsatisfiable
    except Inconsistent:
        explanation = explain(merged, hermit)
        unsatisfiable = _without_individuals(merged, hermit)
    return OntologyReport(
        classes=merged.count(OWL.Class),
        properties=merged.count(OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty),
        individuals=len(merged.statements),
        unsatisfiable=tuple(merged.name(NamedNode(iri)) for iri in sorted(unsatisfiable)),
        inconsistent=bool(explanation),
        explanation=explanation,
        seconds=time.monotonic() - started,
        reasoner=hermit.name,
    )


def ontology_files(resources: Path) -> list[Path]:
    """The modules of the vocabulary, sorted. Raises ConfigurationError when there are none."""
    files = sorted((resources / "ontology").rglob("*.ttl"))
    if not files:
        raise ConfigurationError(
            text(f"No hay ontología en {resources}.", f"There is no ontology in {resources}."), file=str(resources)
        )
    return files


def _without_individuals(merged: Merged, hermit: Hermit) -> frozenset[str]:
    try:
        return hermit.classify(merged.background, individuals=False).unsatisfiable
    except Inconsistent:
        return frozenset()
