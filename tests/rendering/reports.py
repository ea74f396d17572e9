"""Reports made by hand, so that renderers are tested without rules or engines."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from clusterkg.diagnosis.model import (
    CauseTally,
    Citation,
    Decision,
    Diagnosis,
    Engine,
    Evidence,
    Finding,
    InputFile,
    Location,
    Pentagon,
    Question,
    Remedy,
    Report,
    Stage,
    StageReason,
    Term,
    Verdict,
)

ROOT = "https://w3id.org/clusterkg/"
VERDICTS = ("present", "at-risk", "absent", "not-enough-evidence")
VERDICT_LABELS = {
    "present": {"es": "presente", "en": "present"},
    "at-risk": {"es": "en riesgo", "en": "at risk"},
    "absent": {"es": "ausente", "en": "absent"},
    "not-enough-evidence": {"es": "faltan evidencias", "en": "not enough evidence"},
}


def text(es: str, en: str) -> dict[str, str]:
    return {"es": es, "en": en}


def citation(document: str = "mhcluster", locator: str = "error 7") -> Citation:
    return Citation(document, f"{ROOT}id/source/{document}", {"es": locator, "en": locator})


def remedy(name: str) -> Remedy:
    return Remedy(
        f"{ROOT}id/action/{name}", text(f"Haga {name} este mes.", f"Do {name} this month."), (citation("adezs", "2"),)
    )


def finding(rule: str, *, role: str = "detects", file: str = "a.yaml", line: int | None = 12) -> Finding:
    return Finding(
        rule=rule,
        rule_iri=f"{ROOT}rule/{rule}",
        role=role,
        severity="http://www.w3.org/ns/shacl#" + ("Violation" if role == "detects" else "Warning"),
        component="http://www.w3.org/ns/shacl#SPARQLConstraintComponent",
        focus=Term(f"{ROOT}id/initiative/a", text("Iniciativa A", "Initiative A")),
        path=f"{ROOT}ontology#membership",
        path_label=text("membresía", "membership"),
        value=Term(f"{ROOT}id/project/p", text("Proyecto P", "Project P")),
        message=text(f"Nadie lidera el proyecto ({rule}).", f"Nobody champions the project ({rule})."),
        sources=(citation(),),
        statement_sources=(citation("cbm", "9.1"),),
        location=Location(file, line),
        remedies=(remedy("name-champion"),),
        decisions=(
            Decision("contests", "cluster manager", "It has one.", "2021-04-01", "Noted.", "Show it.", "2021-06", ()),
        ),
        repairs=(text("Nombre a alguien.", "Name somebody."),),
    )


def question(code: str) -> Question:
    return Question(
        "open-list",
        Term(f"{ROOT}id/initiative/a", text("Iniciativa A", "Initiative A")),
        text("¿Están en la lista todos los miembros?", "Are all members listed?"),
        (f"{code}-2",),
    )


def verdict(code: str, kind: str, *, file: str = "a.yaml") -> Verdict:
    roles = {"present": ("detects", "signals"), "at-risk": ("signals",)}.get(kind, ())
    evidence = Evidence(
        f"{code}-5",
        text("Hay líder", "There is a champion"),
        Term(f"{ROOT}id/person/b", text("Ana Ñáñez", "Ana Ñáñez")),
        "declared",
        (citation("cbm", "2"),),
        Location(file, 20),
    )
    return Verdict(
        error=code,
        iri=f"{ROOT}id/error/{code}",
        label=text(f"Creer algo falso, caso {code}", f"Believing something false, case {code}"),
        success=text(f"Saberlo mejor, caso {code}", f"Knowing better, case {code}"),
        verdict=kind,
        verdict_label=VERDICT_LABELS[kind],
        standing="declared" if kind == "absent" else "",
        findings=tuple(finding(f"{code}-{n}", role=role, file=file) for n, role in enumerate(roles, 1)),
        evidence=(evidence,) if kind == "absent" else (),
        questions=(question(code),) if kind == "not-enough-evidence" else (),
        not_checked=(f"{code}-9",) if kind == "not-enough-evidence" else (),
        not_applicable=(),
        remedies=(remedy("hold-workshop"),),
        sources=(citation(),),
    )


def diagnosis(slug: str = "a", label: str = "Clúster Alfa", *, shift: int = 0, errors: int = 10) -> Diagnosis:
    file = f"{slug}.yaml"
    stage = Term(f"{ROOT}ontology#clusterCreation", text("creación del clúster", "cluster creation"))
    reason = StageReason(
        stage.value,
        stage.label,
        "TE-00-1",
        text("hay organización y líder", "there are an organisation and a champion"),
        True,
        (Term(f"{ROOT}id/person/b", text("Ana Ñáñez", "Ana Ñáñez")),),
    )
    return Diagnosis(
        iri=f"{ROOT}id/description/{slug}",
        initiative=f"{ROOT}id/initiative/{slug}",
        clusters=(f"{ROOT}id/cluster/{slug}",),
        label=text(label, label),
        described="2021-03-01",
        as_of="2021-03-01",
        period="own",
        illustration=False,
        location=Location(file, 1),
        stage=Stage(None, stage, None, (reason,)),
        pentagon=Pentagon(
            "triple-helix",
            text("triple hélice", "triple helix"),
            ("academia", "corporations", "government"),
            ("capital",),
            ("entrepreneurs",),
            {
                "academia": text("academia", "academia"),
                "capital": text("capital", "capital"),
                "corporations": text("empresas", "corporations"),
                "entrepreneurs": text("emprendedores", "entrepreneurs"),
                "government": text("gobierno", "government"),
            },
        ),
        verdicts=tuple(verdict(f"TE-{n:02}", VERDICTS[(n + shift) % 4], file=file) for n in range(1, errors + 1)),
        causes=(CauseTally(f"{ROOT}id/cause/k", text("falta de conocimiento", "lack of knowledge"), ("TE-04",)),),
        focus_nodes={"TE-01-1": 1},
    )


def report(*diagnoses: Diagnosis, skipped: tuple[str, ...] = ()) -> Report:
    counts = Counter(v.verdict for d in diagnoses for v in d.verdicts)
    return Report(
        version="0.1.0",
        profile="ten-errors",
        profile_label=text("Los diez errores", "The ten errors"),
        as_of=None,
        inputs=tuple(InputFile(d.location.file, f"{n:064x}") for n, d in enumerate(diagnoses)),
        skipped=skipped,
        engine=Engine("shacl", "0.3.4"),
        ontology_sha256="a" * 64,
        shapes_sha256="b" * 64,
        verdict_labels=VERDICT_LABELS,
        summary={"descriptions": len(diagnoses), **{kind: counts[kind] for kind in VERDICTS}},
        diagnoses=diagnoses,
    )


def one() -> Report:
    return report(diagnosis())


def several() -> Report:
    return report(
        diagnosis(),
        diagnosis("b", "Clúster de Tecnologías de la Información y la Comunicación de la Zona Sur", shift=1),
        diagnosis("c", "Gamma", shift=2),
        skipped=("notes.ttl",),
    )


def hostile() -> Report:
    """A label that tries markup, escape sequences, direction overrides and a spreadsheet formula."""
    nasty = "=HYPERLINK(1)[bold red]x[/] \x1b[31mred\x1b[0m \u202etxet\nline two"
    return report(replace(diagnosis("h", "x"), label=text(nasty, nasty)))
