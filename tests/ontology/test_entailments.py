"""What follows from the vocabulary, and what must not: the table in entailments.yaml, decided by HermiT."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from pyoxigraph import RdfFormat, Triple, parse

from clusterkg import hermit
from clusterkg.hermit import Entailments, Hermit, find_hermit
from clusterkg.merged import Merged, merge
from clusterkg.namespaces import PREFIXES
from clusterkg.ontology_check import ontology_files
from clusterkg.resources import resources

HERE = Path(__file__).parent
TABLE: dict[str, dict[str, str]] = yaml.safe_load((HERE / "entailments.yaml").read_text(encoding="utf-8"))
NAMES = PREFIXES | {"": "http://example.org/situation/"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hermit.is_available(), reason="no reasoner here: pip install 'clusterkg[reasoning]'"),
]


def rows(heading: str) -> list[object]:
    return [pytest.param(statement, why, id=statement) for statement, why in TABLE[heading].items()]


@pytest.fixture(scope="module")
def reasoner() -> Hermit:
    return find_hermit()


@pytest.fixture(scope="module")
def situation() -> Merged:
    """The vocabulary and the situation, without citations: these are many, and nothing follows from them."""
    merged = merge(ontology_files(resources()), [HERE / "situation.ttl"])
    wanted = {one: its for one, its in merged.statements.items() if "Citation" not in str(merged.stated_classes(one))}
    return Merged(merged.background, wanted)


@pytest.fixture(scope="module")
def entailed(reasoner: Hermit, situation: Merged) -> Entailments:
    return reasoner.classify(situation.all())


def holds(statement: str, entailed: Entailments) -> bool:
    subject, predicate, value = statement.split()
    one, other = expand(subject), expand(value)
    if predicate == "subClassOf":
        return (one, other) in entailed.subclasses
    if predicate == "a":
        return (one, other) in entailed.types
    return (one, expand(predicate), other) in entailed.relations


def expand(name: str) -> str:
    prefix, local = name.split(":", 1)
    return NAMES[prefix] + local


@pytest.mark.parametrize(("statement", "why"), rows("follows"))
def test_follows(statement: str, why: str, entailed: Entailments) -> None:
    assert holds(statement, entailed), why


@pytest.mark.parametrize(("statement", "why"), rows("does not follow"))
def test_does_not_follow(statement: str, why: str, entailed: Entailments) -> None:
    assert not holds(statement, entailed), why


def test_the_table_speaks_of_terms_that_exist(situation: Merged) -> None:
    """A misspelt term would make every "does not follow" come true."""
    known = {str(term) for triple in situation.all() for term in (triple.subject, triple.predicate, triple.object)}
    used = {name for heading in ("follows", "does not follow") for row in TABLE[heading] for name in row.split()}
    assert [name for name in sorted(used - {"a", "subClassOf"}) if f"<{expand(name)}>" not in known] == []


def test_silence_entails_nothing(entailed: Entailments) -> None:
    """An initiative of which nothing is said is an initiative, and that is all."""
    silent = expand(":silent")
    assert {kind for one, kind in entailed.types if one == silent} <= {
        expand("ckg:ClusterInitiative"),
        expand("owl:Thing"),
    }
    assert not [relation for relation in entailed.relations if silent in (relation[0], relation[2])]


def test_every_class_can_have_something_in_it(entailed: Entailments) -> None:
    assert entailed.unsatisfiable == frozenset()


def with_vocabulary(statements: str, situation: Merged) -> list[Triple]:
    prefixes = "".join(f"@prefix {prefix}: <{stem}> .\n" for prefix, stem in NAMES.items())
    quads = parse(prefixes + statements, format=RdfFormat.TURTLE)
    return [*situation.background, *(quad.triple for quad in quads)]


def test_what_can_be_true_is_possible(reasoner: Hermit, situation: Merged) -> None:
    cases = list(TABLE["possible"])
    found = reasoner.first_inconsistent([with_vocabulary(case, situation) for case in cases])
    assert found is None, cases[found or 0]


@pytest.mark.parametrize(("statements", "why"), rows("impossible"))
def test_what_cannot_be_true_is_impossible(statements: str, why: str, reasoner: Hermit, situation: Merged) -> None:
    assert reasoner.first_inconsistent([with_vocabulary(statements, situation)]) == 0, why
