"""Descriptions see of one another all that a rule could find, and no description is judged otherwise for seeing no more."""

from __future__ import annotations

from functools import cache

import pyoxigraph as ox
import pytest

from clusterkg.descriptions import Description, descriptions_of
from clusterkg.diagnosis import Checker, Settings
from clusterkg.diagnosis.surroundings import Presence, Surroundings, presence_of
from clusterkg.namespaces import CKG, RDF
from clusterkg.reading import find_documents, read_document
from clusterkg.resources import resource
from clusterkg.vocabulary import shipped_vocabulary


@cache
def shipped() -> tuple[Description, ...]:
    paths = find_documents([resource("data", "clusters"), resource("data", "illustrations")])
    return tuple(d for path in paths for d in descriptions_of(read_document(path), shipped_vocabulary()))


@cache
def checker() -> Checker:
    return Checker(Settings())


@pytest.mark.parametrize("description", shipped(), ids=lambda one: one.iri.rsplit("/", 1)[-1])
def test_who_sees_only_those_that_it_can_meet_is_judged_as_if_it_saw_all(description: Description) -> None:
    present = [presence_of(one) for one in shipped()]
    own = presence_of(description)
    narrow = Surroundings(present).seen_by(own)
    everything = [t for one in present if not one.clusters & own.clusters for t in one.offered]
    assert set(narrow) <= set(everything)
    assert checker().diagnose(description, narrow) == checker().diagnose(description, everything)


def one(name: str, *, field: str = "f", place: str = "p", offers: bool = True) -> Presence:
    cluster = ox.NamedNode(f"http://x/cluster/{name}")
    triple = ox.Triple(cluster, RDF.type, CKG.Cluster)
    return Presence(
        name, frozenset({cluster.value}), (triple,) if offers else (), frozenset({field}), frozenset({place})
    )


def test_that_there_are_others_is_seen_where_none_can_be_met() -> None:
    apart = Surroundings([one("a"), one("b", field="g"), one("c", field="g", place="q")])
    assert len(apart.seen_by(one("a"))) == 1
    assert Surroundings([one("a")]).seen_by(one("a")) == []
    assert Surroundings([one("a"), one("b", offers=False)]).seen_by(one("a")) == []


def test_a_change_concerns_those_who_can_meet_it() -> None:
    crowd = [one(f"n{number}", field=f"f{number % 3}") for number in range(9)]
    all_ = Surroundings(crowd)
    moved = one("n0", field="f1")
    all_.remove("n0")
    all_.add(moved)
    assert all_.who_sees({"n0": crowd[0]}, {"n0": moved}) == []  # it offers what it offered
    gone = Surroundings(crowd[1:])
    assert gone.who_sees({"n0": crowd[0]}, {}) == ["n3", "n6"]


def test_the_second_cluster_concerns_the_first_however_far_it_is() -> None:
    first, second = one("a"), one("b", field="g", place="q")
    assert Surroundings([first, second]).who_sees({}, {"b": second}) == ["a"]


def test_an_illustration_sees_and_is_not_seen() -> None:
    real, invented = one("a"), one("i", offers=False)
    all_ = Surroundings([real, invented])
    assert all_.seen_by(invented) == list(real.offered)
    assert all_.seen_by(real) == []
    assert all_.who_sees({}, {"i": invented}) == []
