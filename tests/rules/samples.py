"""The samples of the rules: small changes to the model cluster, each with the diagnosis that must come of it.

`tests/rules/<CODE>.yaml` holds the cases of one rule:

    rule: TE-07-1
    profile: ten-errors              # optional: the profile that diagnoses; its model, where it has one, is
                                     # data/illustrations/model-<profile>.yaml (a "/" written "-"), else that of what stands
                                     # before its "/", else the model cluster
    cases:
      - name: no champion, and the list is complete
        kind: fail                   # fail, pass or edge
        as_of: 2024-06-01            # optional; the description's own date where it is missing
        update: |                    # optional: SPARQL Update; relative IRIs and the usual prefixes work
          DELETE WHERE { <cluster/model> ckg:championship ?term }
        others: |                    # optional: Turtle, what is known of other descriptions' clusters
        findings: [TE-07-1]          # exactly the D and S rules that fire, as often as they fire
        shortfalls: [TE-07-8]        # exactly the E rules that fall short, as often as they do
        questions: []                # exactly the rules that the questions decide
        verdicts: {TE-07: present}   # every error of the profile that is not named must be absent
        unmet: [LC-1-2]              # optional: exactly the conditions of stages that are not met
        stage: clusterDevelopment    # optional: the stage that is inferred; "none" for none
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import yaml

from clusterkg.descriptions import Description, descriptions_of
from clusterkg.diagnosis import Checker, Settings
from clusterkg.diagnosis.model import Diagnosis
from clusterkg.namespaces import CKG, ID_BASE, PREFIXES
from clusterkg.reading import Document, read_document
from clusterkg.resources import resource
from clusterkg.rulebook import RuleBook
from clusterkg.rules import Rule

FOLDER = Path(__file__).parent
ABSENT = "absent"
DEFAULT_PROFILE = Settings().profile
MODEL = "cluster"
PROLOGUE = f"BASE <{ID_BASE}>\n" + "".join(f"PREFIX {p}: <{iri}>\n" for p, iri in PREFIXES.items())
_LISTS = ("findings", "shortfalls", "questions", "verdicts", "unmet")
_KEYS = frozenset(("name", "kind", "as_of", "update", "others", "stage", *_LISTS))


@dataclass(frozen=True)
class Case:
    """One case of one rule's file. Lists are sorted; `unmet` and `stage` are None where the case is silent on them."""

    profile: str
    rule: str
    name: str
    kind: str
    as_of: str | None
    update: str
    others: str
    findings: tuple[str, ...]
    shortfalls: tuple[str, ...]
    questions: tuple[str, ...]
    verdicts: Mapping[str, str]
    unmet: tuple[str, ...] | None
    stage: str | None

    @property
    def id(self) -> str:
        """How the case is called in the test's output."""
        return f"{self.rule}: {self.name}"

    @property
    def fires(self) -> bool:
        """Whether the file's own rule fires, falls short, is asked about or is not met."""
        return self.rule in (*self.findings, *self.shortfalls, *self.questions, *(self.unmet or ()))


@dataclass(frozen=True)
class Outcome:
    """What a diagnosis says, in the terms of a case."""

    findings: tuple[str, ...]
    shortfalls: tuple[str, ...]
    questions: tuple[str, ...]
    verdicts: Mapping[str, str]
    unmet: tuple[str, ...]
    stage: str | None


@cache
def cases() -> tuple[Case, ...]:
    """Every case of every file, in the order of the files' names."""
    return tuple(case for path in sorted(FOLDER.glob("*.yaml")) for case in _cases_of(path))


def cases_of(rule: str) -> list[Case]:
    """The cases of one rule's file."""
    return [case for case in cases() if case.rule == rule]


@cache
def checker(as_of: str | None = None, profile: str = DEFAULT_PROFILE) -> Checker:
    """A profile, the default one unless told otherwise, made ready once for each date."""
    return Checker(Settings(profile=profile, as_of=as_of))


@cache
def rules() -> tuple[tuple[str, Rule], ...]:
    """Every rule that a sample can speak of, with the profile that runs it: the default one where that does, else its own."""
    found = {rule.iri: (DEFAULT_PROFILE, rule) for rule in checker().rules}
    for code, profile in RuleBook.load(resource("shapes")).profiles.items():
        found = {rule.iri: (code, rule) for rule in profile.rules if rule.profile == profile.iri} | found
    return tuple(pair for pair in found.values() if pair[1].role != "forbids")


@cache
def model_document(profile: str = DEFAULT_PROFILE) -> Document:
    """The document of the profile's own model, else of the model cluster."""
    folder = resource("data", "illustrations")
    named = [folder / f"model-{name}.yaml" for name in (profile.replace("/", "-"), profile.partition("/")[0], MODEL)]
    return read_document(next(path for path in named if path.exists()))


def description(update: str = "", profile: str = DEFAULT_PROFILE) -> Description:
    """The description of a profile's model after a SPARQL Update."""
    store = ox.Store()
    document = model_document(profile)
    store.extend(document.quads)
    if update.strip():
        store.update(PROLOGUE + update)
    changed = replace(document, quads=sorted(store, key=str))
    (found,) = descriptions_of(changed, checker().vocabulary)
    return found


def neighbours(turtle: str) -> list[ox.Triple]:
    """What a case says of other clusters."""
    return [q.triple for q in ox.parse((PROLOGUE + turtle).encode(), format=ox.RdfFormat.TURTLE)] if turtle else []


def diagnose(case: Case) -> Diagnosis:
    """The diagnosis of a case."""
    found = description(case.update, case.profile)
    return checker(case.as_of, case.profile).diagnose(found, neighbours(case.others))


def outcome(diagnosis: Diagnosis) -> Outcome:
    """A diagnosis in the terms of a case."""
    found = [finding for verdict in diagnosis.verdicts for finding in verdict.findings]
    inferred = diagnosis.stage.inferred
    return Outcome(
        findings=_sorted(f.rule for f in found if f.role != "evidences"),
        shortfalls=_sorted(f.rule for f in found if f.role == "evidences"),
        questions=_sorted({code for v in diagnosis.verdicts for q in v.questions for code in q.decides}),
        verdicts={v.error: v.verdict for v in diagnosis.verdicts if v.verdict != ABSENT},
        unmet=_sorted(reason.rule for reason in diagnosis.stage.because if not reason.met),
        stage=CKG.local_name(inferred.value) if inferred else None,
    )


def expected(case: Case, real: Outcome) -> Outcome:
    """What a case asks for; of what it does not speak of it asks for what is there."""
    return Outcome(
        case.findings,
        case.shortfalls,
        case.questions,
        case.verdicts,
        real.unmet if case.unmet is None else case.unmet,
        real.stage if case.stage is None else None if case.stage == "none" else case.stage,
    )


def _cases_of(path: Path) -> Iterable[Case]:
    content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    if content["rule"] != path.stem:
        raise ValueError(f"{path.name} speaks of {content['rule']}")
    for stated in content["cases"]:
        if unknown := set(stated) - _KEYS:
            raise ValueError(f"{path.name}, “{stated.get('name')}”: unknown keys {sorted(unknown)}")
        yield Case(
            profile=content.get("profile", DEFAULT_PROFILE),
            rule=content["rule"],
            name=stated["name"],
            kind=stated["kind"],
            as_of=stated.get("as_of"),
            update=stated.get("update", ""),
            others=stated.get("others", ""),
            findings=_sorted(stated.get("findings", ())),
            shortfalls=_sorted(stated.get("shortfalls", ())),
            questions=_sorted(set(stated.get("questions", ()))),
            verdicts=dict(stated.get("verdicts", {})),
            unmet=_sorted(stated["unmet"]) if "unmet" in stated else None,
            stage=stated.get("stage"),
        )


def _sorted(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(codes))
