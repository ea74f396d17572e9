"""No sentence of a source document is held here: no run of eight words of theirs, but for names, titles and names of indicators.

The documents are not part of this repository; CLUSTERKG_SOURCES names the folder that holds their text. A name or title that
exceptions.txt lists counts as one word, here and there.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import Literal, parse

from clusterkg.reading import find_documents, read_document
from clusterkg.resources import resource

RUN = 8
EXCEPTIONS = Path(__file__).with_name("exceptions.txt")
FOLDER = os.environ.get("CLUSTERKG_SOURCES")
_MARKUP = re.compile(r"<[^<>]*>|\]\([^)]*\)")
_COMMENTS = re.compile(r"(?:^[ \t]*#.*\n?)+", re.MULTILINE)


def folded(text: str) -> list[str]:
    """The words of a text without case, accents and punctuation."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return re.findall(r"[^\W_]+", plain)


def exceptions() -> dict[str, str]:
    """Names and titles, folded → the reason why each may stand."""
    lines = EXCEPTIONS.read_text(encoding="utf-8").splitlines()
    pairs = [line.split(" | ") for line in lines if line and not line.startswith("#")]
    return {" ".join(folded(name)): reason.strip() for name, reason in pairs}


def words(text: str, names: list[str]) -> list[str]:
    """The words of a text, each name of the list as one word; the longer name goes first."""
    joined = f" {' '.join(folded(text))} "
    for name in names:
        joined = joined.replace(f" {name} ", f" {name.replace(' ', '_')} ")
    return joined.split()


def runs(found: list[str]) -> Iterator[tuple[str, ...]]:
    """Runs of eight words; figures alone are nobody's wording."""
    every = (tuple(found[i : i + RUN]) for i in range(len(found) - RUN + 1))
    return (run for run in every if not all(word.isdigit() for word in run))


@cache
def texts() -> tuple[tuple[str, str], ...]:
    return tuple(_texts())


def _texts() -> Iterator[tuple[str, str]]:
    """Every text that is held here, with the file it stands in: literals, and comments as they are read by people."""
    for folder in ("ontology", "shapes"):
        for path in sorted(resource(folder).rglob("*.ttl")):
            yield from ((path.name, q.object.value) for q in parse(path=path) if isinstance(q.object, Literal))
    for document in map(read_document, find_documents([resource("data")])):
        name = Path(document.path).name
        yield from ((name, q.object.value) for q in document.quads if isinstance(q.object, Literal))
    for folder in ("ontology", "shapes", "data", "queries"):
        for path in sorted(
            path for path in resource(folder).rglob("*") if path.suffix in {".ttl", ".yaml", ".rq", ".md"}
        ):
            written = path.read_text(encoding="utf-8")
            whole = [written] if path.suffix == ".md" else _COMMENTS.findall(written)
            yield from ((path.name, comment) for comment in whole)


def shared() -> list[str]:
    names = sorted(exceptions(), key=len, reverse=True)
    files = sorted(Path(str(FOLDER)).glob("*.txt"))
    assert len(files) == 5, "five documents are compared with"
    known = {
        run: path.name
        for path in files
        for run in runs(words(_MARKUP.sub(" ", path.read_text(encoding="utf-8")), names))
    }
    found = {
        f"{name}: …{' '.join(run)}… ({known[run]})": None
        for name, text in texts()
        for run in runs(words(text, names))
        if run in known
    }
    return list(found)


@pytest.mark.sources
@pytest.mark.skipif(not FOLDER, reason="CLUSTERKG_SOURCES does not name the folder of the source documents")
def test_no_run_of_eight_words_is_copied() -> None:
    copied = shared()
    assert not copied, "paraphrase these, or list a name or title in exceptions.txt:\n" + "\n".join(copied)


def test_every_exception_has_its_reason_and_is_in_use() -> None:
    held = "\n".join(" ".join(folded(text)) for _, text in texts())
    for name, reason in exceptions().items():
        assert len(reason.split()) >= 2, f"why may “{name}” stand?"
        assert name in held, f"“{name}” no longer stands anywhere: take it off the list"


@pytest.mark.parametrize(
    ("held", "copied"),
    [
        ("Así, LOS clústeres «crecen» donde hay\n confianza entre empresas.", True),
        ("Así, los clústeres crecen donde hay confianza", False),
        ("Así, los clústeres crecen siempre donde hay confianza entre empresas", False),
        ("2004 2006 2008 2010 2012 2014 2016 2018", False),
    ],
)
def test_a_run_is_seen_whatever_its_dress(held: str, copied: bool) -> None:
    said = "asi los clusteres crecen donde hay confianza entre empresas; 2004 2006 2008 2010 2012 2014 2016 2018"
    assert bool(set(runs(words(held, []))) & set(runs(words(said, [])))) is copied


def test_a_name_counts_as_one_word() -> None:
    name = "agencia para el desarrollo economico de la zona sur"
    assert len(words(f"La {name} convoca", [name])) == 3
