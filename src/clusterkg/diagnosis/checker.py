"""From documents to a report: profile, shapes and engine are made ready once; each description is judged on its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import pyoxigraph as ox

from clusterkg.baking import bake
from clusterkg.descriptions import Description, is_illustration
from clusterkg.diagnosis import model
from clusterkg.diagnosis.knowledge import ErrorEntry, Knowledge
from clusterkg.diagnosis.outcome import Outcome, sort_results
from clusterkg.diagnosis.pentagon import pentagon_of
from clusterkg.diagnosis.speaker import Speaker
from clusterkg.diagnosis.stage import infer_stage
from clusterkg.diagnosis.verdicts import AT_RISK, PRESENT, UNDECIDED, Judge
from clusterkg.engines import choose_engine
from clusterkg.errors import InputError, MalformedDescription
from clusterkg.namespaces import CKG, NOW
from clusterkg.resources import resources
from clusterkg.rulebook import RuleBook
from clusterkg.rules import Rule
from clusterkg.view import View, Viewer, view_queries
from clusterkg.vocabulary import Vocabulary

BEFORE_FOUNDING = "before-founding"
FORBIDS = "forbids"


@dataclass(frozen=True, slots=True)
class Settings:
    """What to check with: profile code, as-of date (None: each description's own), engine name (None: the fastest here)."""

    profile: str = "ten-errors"
    as_of: str | None = None
    engine: str | None = None
    jobs: int = 1


class Checker:
    """A profile made ready: baked shapes, compiled engine, view maker. One per process; not shared between threads."""

    def __init__(self, settings: Settings, *, folder: Path | None = None) -> None:
        """Load what `settings` name from the resources folder.

        Raises:
            UsageError: for an unknown profile or engine.
            ConfigurationError: for broken shapes.
        """
        root = folder or resources()
        self.settings = settings
        self.vocabulary = Vocabulary.load(root)
        self.knowledge = Knowledge(self.vocabulary)
        book = RuleBook.load(root / "shapes")
        self.profile = book.profile(settings.profile)
        self.rules = book.applied(settings.profile)
        self.shapes = bake(self.rules)
        self.engine = choose_engine(settings.engine)
        self._validator = self.engine.prepare(self.shapes.ntriples)
        self._viewer = Viewer(self.vocabulary, root / "shapes")
        self._by_error = self._group()
        self.ontology_sha256 = _hash_of_files(sorted((root / "ontology").rglob("*.ttl")))
        queries = "".join(view_queries(root / "shapes").values())
        self.shapes_sha256 = sha256(self.shapes.ntriples + queries.encode()).hexdigest()

    def under(self, settings: Settings) -> Checker:
        """This checker for another date; it shares everything else. Profile and engine stay as they are."""
        other = copy(self)
        other.settings = replace(self.settings, as_of=settings.as_of, jobs=settings.jobs)
        return other

    def outcome(self, description: Description, as_of: str, others: Iterable[ox.Triple] = ()) -> Outcome:
        """View and validate one description as of one date."""
        view = self._viewer.view(description, as_of, others)
        if view.before_founding:
            return Outcome(view, {}, {}, {}, {})
        return sort_results(
            view, self.shapes, self._validator.validate(self.shapes.relevant(view.triples)), self._focus_nodes(view)
        )

    def diagnose(self, description: Description, others: Sequence[ox.Triple] = ()) -> model.Diagnosis:
        """Judge one description; `others` are triples about other descriptions' clusters."""
        as_of = self.settings.as_of or description.described
        outcome = self.outcome(description, as_of, others)
        now = Speaker(description, outcome, self.knowledge)
        self._refuse_malformed(now)
        later = outcome.view.period == "later"
        own = (
            Speaker(description, self.outcome(description, description.described, others), self.knowledge)
            if later
            else None
        )
        skipped = frozenset(r.iri for r in self.rules if r.needs_other_descriptions and not others)
        stage = infer_stage(outcome, self.rules, self.knowledge, now.labels)
        at = stage.declared or stage.inferred
        judge = Judge(now, own, self.knowledge, self.profile.minimum_standing, skipped, at.value if at else None)
        undecided = outcome.view.before_founding
        verdicts = tuple(
            self._undecided(now, error) if undecided else judge.verdict(_open(error, now), rules)
            for error, rules in self._by_error
        )
        return model.Diagnosis(
            iri=description.iri,
            initiative=description.initiative,
            clusters=tuple(sorted(description.clusters)),
            label=now.labels.of(ox.NamedNode(description.clusters[0])),
            described=description.described,
            as_of=as_of,
            period=outcome.view.period,
            illustration=is_illustration(description),
            location=model.Location(description.document.path, description.document.locations.of(description.iri)),
            stage=stage,
            pentagon=pentagon_of(outcome.view, description.initiative, self.knowledge),
            verdicts=verdicts,
            causes=self._causes(verdicts),
            focus_nodes={r.code: outcome.focus_nodes.get(r.iri, 0) for r in self.rules},
        )

    def _refuse_malformed(self, speaker: Speaker) -> None:
        """A description that contradicts itself is not diagnosed.

        Raises:
            MalformedDescription: with one problem for each contradiction.
        """
        hits = [hit for rule in self.rules if rule.role == FORBIDS for hit in speaker.outcome.failed.get(rule.iri, ())]
        findings = sorted((speaker.finding(hit) for hit in hits), key=lambda f: (f.location.line or 0, f.rule))
        problems = [InputError(f.message, file=f.location.file, line=f.location.line) for f in findings]
        if problems:
            raise MalformedDescription(problems)

    def _undecided(self, speaker: Speaker, error: ErrorEntry) -> model.Verdict:
        """Before the founding nothing is decided."""
        index = speaker.view
        initiative = ox.NamedNode(speaker.description.initiative)
        founded = index.text(initiative, CKG.founded)
        fields = {"founded": founded, "asOf": speaker.outcome.view.as_of}
        question = speaker.ask_template(BEFORE_FOUNDING, initiative, fields, [])
        return model.Verdict(
            error.code, error.iri, error.label, error.success, UNDECIDED, self.knowledge.verdicts.get(UNDECIDED, {}), "",
            (), (), (question,), (), (), error.remedies, error.sources,
        )  # fmt: skip

    def _group(self) -> list[tuple[ErrorEntry, tuple[Rule, ...]]]:
        grouped = [
            (error, tuple(rule for rule in self.rules if rule.concerns == iri))
            for iri, error in self.knowledge.errors.items()
        ]
        return sorted(((e, rules) for e, rules in grouped if rules), key=lambda pair: pair[0].code)

    def _focus_nodes(self, view: View) -> dict[str, int]:
        counts: dict[str, int] = {}
        for rule in self.rules:
            counts[rule.iri] = sum(len(view.index.objects_of(target)) for target in rule.targets)
        return counts

    def _causes(self, verdicts: Iterable[model.Verdict]) -> tuple[model.CauseTally, ...]:
        shown = {v.iri: v.error for v in verdicts if v.verdict in (PRESENT, AT_RISK)}
        return tuple(
            model.CauseTally(iri, label, tuple(sorted(shown[e] for e in errors if e in shown)))
            for iri, (label, errors) in self.knowledge.causes.items()
        )


def _open(error: ErrorEntry, speaker: Speaker) -> ErrorEntry:
    """An error with the remedies that the description does not say were put into practice: those are the next steps."""
    done = speaker.view.objects(ox.NamedNode(speaker.description.initiative), NOW.actionDone)
    return replace(error, remedies=tuple(r for r in error.remedies if ox.NamedNode(r.iri) not in done))


def _hash_of_files(paths: Iterable[Path]) -> str:
    digest = sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()
