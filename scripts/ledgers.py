"""The ledgers: data/passages/<document>/LEDGER*.csv, one row for every part of a document, with what is stated of it.

    passage                       the slug of its passage; empty where the part has none
    locator                       how the part is cited, in Spanish
    cited_as                      other beginnings of citations that mean this part, separated by semicolons
    in_schemes                    statements of the vocabulary's terms that cite it
    in_passages                   statements in the named graph of its passage
    reason_where_none_or_left_out why nothing is stated, or what was left out on purpose

A citation counts for the row that names its beginning at greatest length, and for that row only. `headings.csv` beside the folders
holds the headings of each document, as patterns of a line of its text, and the place that each stands for; the place `*` is a pattern
of whatever looks like a heading, so that none is forgotten.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from facts import Data, place_of
from pyoxigraph import Literal, NamedNode

from clusterkg.graph import Index
from clusterkg.namespaces import DCTERMS, GRAPH_BASE
from clusterkg.resources import resource
from clusterkg.vocabulary import shipped_vocabulary

COLUMNS = ("passage", "locator", "cited_as", "in_schemes", "in_passages", "reason_where_none_or_left_out")
FOLDER = resource("data", "passages")
_NUMBERS = {"dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8, "nueve": 9, "diez": 10}


@dataclass(frozen=True)
class Row:
    """One part of a document."""

    file: Path
    passage: str
    locator: str
    cited_as: tuple[str, ...]
    in_schemes: int
    in_passages: int
    reason: str

    @property
    def beginnings(self) -> list[str]:
        """The beginnings of citations that mean this part, folded."""
        return [folded(one) for one in (self.locator, *self.cited_as)]


@dataclass(frozen=True)
class Heading:
    """A heading of a document: the place that it stands for, and a pattern of the line."""

    document: str
    place: str
    pattern: re.Pattern[str]


def ledgers() -> dict[str, list[Row]]:
    """The rows of every document by its key. Raises ValueError for a ledger with other columns."""
    found: dict[str, list[Row]] = {}
    for path in sorted(FOLDER.glob("*/LEDGER*.csv")):
        found.setdefault(path.parent.name, []).extend(_rows(path))
    return found


def headings() -> dict[str, list[Heading]]:
    """The headings of every document by its key."""
    found: dict[str, list[Heading]] = {}
    with (FOLDER / "headings.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            pattern = re.compile(line["pattern"], re.IGNORECASE)
            found.setdefault(line["document"], []).append(Heading(line["document"], line["place"], pattern))
    return found


def recounted(rows: Mapping[str, list[Row]], data: Data) -> dict[str, list[Row]]:
    """The rows with the counts that the graph has now."""
    stated = {one.iri: len(one.triples) for one in data.passages}
    found = {}
    for document, its in rows.items():
        # A set, for a term that cites two places of one part states its things once.
        terms_of: dict[int, set[NamedNode]] = defaultdict(set)
        for locator, terms in _cited(document).items():
            for at in _meant(locator, its):
                terms_of[at] |= terms
        found[document] = [
            replace(
                row,
                in_schemes=sum(len(_vocabulary().about(term)) for term in terms_of[at]),
                in_passages=stated.get(passage_iri(document, row), 0),
            )
            for at, row in enumerate(its)
        ]
    return found


def problems(rows: Mapping[str, list[Row]], data: Data) -> Iterator[str]:
    """What is wrong with the ledgers, a line each."""
    true = recounted(rows, data)
    for document in sorted({one.parent.name for one in FOLDER.glob("*/*.yaml")} | set(headings()) | set(rows)):
        its = rows.get(document, [])
        yield from _uncovered(document, its, data)
        for row, counted in zip(its, true.get(document, []), strict=True):
            name = f"{row.file.parent.name}/{row.file.name}, {row.locator}"
            for column in ("in_schemes", "in_passages"):
                if getattr(row, column) != getattr(counted, column):
                    yield f"{name}: {column} says {getattr(row, column)}, the graph has {getattr(counted, column)}"
            if not (counted.in_schemes or counted.in_passages or row.reason):
                yield f"{name}: nothing is stated, and no reason given"


def unknown_headings(document: str, text: str) -> Iterator[str]:
    """Lines of the document's text that look like a heading and are none of those listed; listed ones that it lacks."""
    known = [one for one in headings()[document] if one.place != "*"]
    wild = [one.pattern for one in headings()[document] if one.place == "*"]
    lines = text.splitlines()
    for one in known:
        if not any(one.pattern.search(line) for line in lines):
            yield f"{document}: no line is like the heading of “{one.place}”"
    for number, line in enumerate(lines, 1):
        if any(one.search(line) for one in wild) and not any(one.pattern.search(line) for one in known):
            yield f"{document}, line {number}: a heading that the ledger does not know"


def write(rows: Mapping[str, list[Row]]) -> None:
    """Write the ledgers anew, each row into the file it came from."""
    by_file: dict[Path, list[Row]] = {}
    for row in (row for its in rows.values() for row in its):
        by_file.setdefault(row.file, []).append(row)
    for path, its in by_file.items():
        with path.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(COLUMNS)
            for row in its:
                counts = (row.in_schemes, row.in_passages)
                out.writerow((row.passage, row.locator, "; ".join(row.cited_as), *counts, row.reason))


def passage_iri(document: str, row: Row) -> str:
    """The IRI of a row's passage, which is that of its graph."""
    return f"{GRAPH_BASE}source/{document}/{row.passage}"


def folded(locator: str) -> str:
    """A locator without case, quotation marks and differences of spelling: "parte cinco" is "parte 5", "2b" is "2 b"."""
    plain = re.sub(r"[«»“”\"]", "", locator.casefold())
    plain = re.sub(r"\bparte (\w+)", lambda found: f"parte {_NUMBERS.get(found[1], found[1])}", plain)
    return " ".join(re.sub(r"(\d)([a-d])\b", r"\1 \2", plain).split())


def begins(locator: str, beginning: str) -> bool:
    """Whether a folded locator is `beginning`, or goes on after it with another word."""
    return locator.startswith(beginning) and not locator[len(beginning) :][:1].isalnum()


def _uncovered(document: str, rows: list[Row], data: Data) -> Iterator[str]:
    if document not in headings():
        yield f"{document}: headings.csv has none of its headings"
    for one in headings().get(document, []):
        if one.place != "*" and not any(begins(mine, folded(one.place)) for row in rows for mine in row.beginnings):
            yield f"{document}: no row for “{one.place}”"
    for locator in _cited(document):
        if not _meant(locator, rows):
            yield f"{document}: no row for what the vocabulary cites as “{locator}”"
    places = {passage_iri(document, row): row for row in rows if row.passage}
    if len(places) < sum(bool(row.passage) for row in rows):
        yield f"{document}: two rows for one passage"
    known = {one.iri: one for one in data.passages if one.iri.startswith(f"{GRAPH_BASE}source/{document}/")}
    yield from (f"{document}: no row for the passage {iri}" for iri in known if iri not in places)
    for iri, row in places.items():
        if iri not in known:
            yield f"{document}: there is no passage {row.passage}"
        elif known[iri].place.es != row.locator:
            yield f"{document}: the passage {row.passage} says “{known[iri].place.es}”, the ledger “{row.locator}”"


def _meant(locator: str, rows: list[Row]) -> list[int]:
    """The row that a citation means: the one that names most of its beginning. Empty where there is none."""
    given = folded(locator)
    fits = [(len(mine), -at) for at, row in enumerate(rows) for mine in row.beginnings if begins(given, mine)]
    return [-max(fits)[1]] if fits else []


@cache
def _cited(document: str) -> dict[str, set[NamedNode]]:
    """Locators (Spanish) of a document that the vocabulary cites → the terms that cite them."""
    index = _vocabulary()
    found: dict[str, set[NamedNode]] = {}
    for citation in index.objects_of(DCTERMS.source):
        if not isinstance(citation, Literal) and (place := place_of(index, citation)).document == document:
            terms = (one for one in index.subjects(DCTERMS.source, citation) if isinstance(one, NamedNode))
            found.setdefault(place.es, set()).update(terms)
    return found


@cache
def _vocabulary() -> Index:
    return Index(quad.triple for quad in shipped_vocabulary().store)


def _rows(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.DictReader(file)
        if tuple(lines.fieldnames or ()) != COLUMNS:
            raise ValueError(f"{path.parent.name}/{path.name}: the columns are {lines.fieldnames}, not {COLUMNS}")
        for line in lines:
            cited_as = tuple(one.strip() for one in line["cited_as"].split(";") if one.strip())
            counts = int(line["in_schemes"]), int(line["in_passages"])
            yield Row(path, line["passage"], line["locator"], cited_as, *counts, line[COLUMNS[-1]])
