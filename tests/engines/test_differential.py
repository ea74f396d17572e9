"""Every engine that is installed says the same: focus node, path, value, component, severity and shape, as often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterkg.descriptions import Description, descriptions_of
from clusterkg.engines import RawResult, available_engines, choose_engine
from clusterkg.engines.base import Validator
from clusterkg.namespaces import CKG, RDF, XSD
from clusterkg.reading import find_documents, read_document
from clusterkg.resources import resource
from clusterkg.view import Viewer

from ..rules.samples import DEFAULT_PROFILE, Case, cases, checker, description, neighbours, rules

DATE_TYPES = {XSD.date, XSD.gYearMonth, XSD.gYear}
KEPT = {CKG.assesses, CKG.described, CKG.serves}
LATER = "2027-01-31"


@cache
def _validators(profile: str) -> dict[str, Validator]:
    shapes = checker(profile=profile).shapes.ntriples
    return {name: choose_engine(name).prepare(shapes) for name in available_engines()}


@cache
def _viewer() -> Viewer:
    return Viewer(checker().vocabulary, resource("shapes"))


def _agree(found: Description, as_of: str, others: Iterable[ox.Triple] = (), profile: str = DEFAULT_PROFILE) -> None:
    view = _viewer().view(found, as_of, others)
    data = checker(profile=profile).shapes.relevant(view.triples)
    answers = {name: _counted(validator.validate(data)) for name, validator in _validators(profile).items()}
    first, *rest = answers
    for name in rest:
        assert answers[first] - answers[name] == Counter(), f"only {first}"
        assert answers[name] - answers[first] == Counter(), f"only {name}"


def _counted(results: Iterable[RawResult]) -> Counter[RawResult]:
    return Counter(results)


def test_there_is_something_to_compare() -> None:
    if len(available_engines()) < 2:
        pytest.skip("only one engine is installed")
    assert "pyshacl" in available_engines()


def _once() -> list[Case]:
    """Samples that change the same model alike are compared once."""
    return list({(case.profile, case.update, case.others, case.as_of): case for case in cases()}.values())


@pytest.mark.slow
@pytest.mark.parametrize("case", _once(), ids=lambda case: case.id)
def test_samples(case: Case) -> None:
    found = description(case.update, case.profile)
    _agree(found, case.as_of or found.described, neighbours(case.others), case.profile)


@pytest.mark.parametrize("path", find_documents([resource("data")]), ids=lambda path: path.name)
def test_shipped_data(path: Path) -> None:
    for found in descriptions_of(read_document(path), checker().vocabulary):
        _agree(found, found.described)
        _agree(found, LATER)


@pytest.mark.parametrize("profile", sorted({profile for profile, _ in rules()} - {DEFAULT_PROFILE}))
def test_shipped_data_in_other_profiles(profile: str) -> None:
    for path in find_documents([resource("data", "clusters")]):
        for found in descriptions_of(read_document(path), checker().vocabulary):
            _agree(found, found.described, profile=profile)


# --- random edits of the model cluster


@cache
def _quads() -> tuple[ox.Quad, ...]:
    return tuple(sorted(description().quads, key=str))


@st.composite
def _dates(draw: st.DrawFn) -> ox.Literal:
    day = draw(st.dates(min_value=date(2016, 1, 1), max_value=date(2026, 12, 31))).isoformat()
    length, kind = draw(st.sampled_from([(4, XSD.gYear), (7, XSD.gYearMonth), (10, XSD.date)]))
    return ox.Literal(day[:length], datatype=kind)


@st.composite
def _edits(draw: st.DrawFn) -> Sequence[ox.Quad]:
    """Drops some quads, gives others a second object of the same property, and changes dates."""
    quads = list(_quads())
    loose = [
        n
        for n, q in enumerate(quads)
        if q.predicate not in KEPT and (q.predicate, q.object) != (RDF.type, CKG.Description)
    ]
    dropped = draw(st.sets(st.sampled_from(loose), max_size=12))
    doubled = draw(st.lists(st.sampled_from(loose), max_size=8))
    dated = [n for n in loose if isinstance(quads[n].object, ox.Literal) and quads[n].object.datatype in DATE_TYPES]
    redated = draw(st.dictionaries(st.sampled_from(dated), _dates(), max_size=6))
    extra = []
    for number in doubled:
        same = [q for q in quads if q.predicate == quads[number].predicate]
        other = draw(st.sampled_from(same))
        extra.append(ox.Quad(quads[number].subject, other.predicate, other.object))
    kept = [
        ox.Quad(q.subject, q.predicate, redated[n]) if n in redated else q
        for n, q in enumerate(quads)
        if n not in dropped
    ]
    return sorted(set(kept + extra), key=str)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(_edits())
def test_random_edits(quads: Sequence[ox.Quad]) -> None:
    found = replace(description(), quads=tuple(quads))
    _agree(found, found.described)
