"""POST /api/diagnose."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import threading
import time
from importlib.resources import files
from pathlib import Path

import html5lib
import httpx
import jsonschema
import pyoxigraph as ox
import pytest

from clusterkg.cli import main
from clusterkg.conversion import convert
from clusterkg.reading import parse_quads
from clusterkg.server.api.report import Report

ROOT = Path(__file__).resolve().parents[3]
HEALTH = ROOT / "data/clusters/health-valley.yaml"
TOYS = ROOT / "data/illustrations/te-07.yaml"
YAML = {"content-type": "application/yaml"}
SCHEMA = json.loads((files("clusterkg") / "schemas/diagnosis.schema.json").read_text())
DEEP = b"@prefix : <http://a/> . :s :p " + b"( " * 100_000 + b") " * 100_000 + b"."

FORMS = [
    ("application/json", "json"),
    ("application/ld+json", "jsonld"),
    ("text/turtle", "turtle"),
    ("text/csv", "csv"),
    ("text/plain", "text"),
]


@pytest.fixture
def checked(monkeypatch, capfdbinary):
    """What `clusterkg check -` writes for a file."""

    def call(path: Path, *options: str) -> bytes:
        monkeypatch.setenv("COLUMNS", "100")
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(path.read_bytes())))
        main(["check", "-", "--input-format", "yaml", "--lang", "es", *options])
        return capfdbinary.readouterr().out

    return call


@pytest.mark.parametrize(("media_type", "form"), FORMS)
def test_answers_what_the_command_writes(empty, checked, media_type, form):
    for path in (HEALTH, TOYS):
        answer = empty.post("/api/diagnose?lang=es", content=path.read_bytes(), headers=YAML | {"accept": media_type})
        assert answer.status_code == 200
        assert answer.headers["content-type"].partition(";")[0] == media_type
        assert answer.content == checked(path, "--format", form)


def test_profile_and_date_are_those_of_the_command(empty, checked):
    answer = empty.post("/api/diagnose?profile=pentagon&as-of=2030-05", content=HEALTH.read_bytes(), headers=YAML)
    assert answer.content == checked(HEALTH, "--format", "json", "--profile", "pentagon", "--as-of", "2030-05")
    assert answer.json()["asOf"] == "2030-05"


def test_json_is_the_default_and_as_published(empty):
    answer = empty.post("/api/diagnose", content=HEALTH.read_bytes(), headers=YAML)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["link"] == '</schema/diagnosis.schema.json>; rel="describedby"'
    jsonschema.validate(answer.json(), SCHEMA)


@pytest.mark.parametrize("path", sorted((ROOT / "data/illustrations").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_models_hold_what_is_answered_and_nothing_else(empty, path):
    report = empty.post("/api/diagnose", content=path.read_bytes(), headers=YAML).json()
    assert Report.model_validate(report, extra="forbid").model_dump(by_alias=True) == report


SENT = [
    ("turtle", "text/turtle"),
    ("trig", "application/trig"),
    ("ntriples", "application/n-triples"),
    ("nquads", "application/n-quads"),
    ("rdfxml", "application/rdf+xml"),
    ("rdfxml", "text/xml; charset=utf-8"),
    ("jsonld", "application/ld+json"),
    ("json", "application/json"),
    ("yaml", "application/yaml"),
    ("yaml", "text/yaml; charset=UTF-8"),
    ("yaml", "application/x-yaml"),
]


@pytest.mark.parametrize(("form", "media_type"), SENT)
@pytest.mark.parametrize("told", ["named", "plain", "unnamed"])
def test_every_syntax_is_read_by_its_media_type_and_by_its_content(empty, form, media_type, told):
    content = convert(parse_quads(TOYS), form)
    names = {"named": media_type, "plain": "text/plain", "unnamed": ""}
    answer = empty.post("/api/diagnose", content=content, headers={"content-type": names[told]} if names[told] else {})
    assert answer.status_code == 200, answer.text
    assert answer.json()["summary"]["present"] == 1


def test_a_form_with_files(empty):
    sent = [
        ("file", ("C:\\Users\\ximena\\health.yaml", HEALTH.read_bytes(), "application/octet-stream")),
        ("other", ("/home/ximena/toys.ttl", convert(parse_quads(TOYS), "turtle"), "text/vnd.trolltech.linguist")),
    ]
    answer = empty.post("/api/diagnose", files=sent, data={"comment": "no file"})
    assert answer.status_code == 200, answer.text
    assert [one["path"] for one in answer.json()["inputs"]] == ["health.yaml", "toys.ttl"]
    assert answer.json()["summary"]["descriptions"] == 2
    assert "ximena" not in answer.text


def test_files_of_a_form_are_judged_together_as_the_command_does(empty, tmp_path, capfdbinary, monkeypatch):
    monkeypatch.chdir(ROOT / "data/clusters")
    names = ["medellin-tic.yaml", "medellin-construccion.yaml"]
    main(["check", *names, "--format", "json"])
    answer = empty.post("/api/diagnose", files=[("file", (name, Path(name).read_bytes())) for name in names])
    assert answer.content == capfdbinary.readouterr().out


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"", "multipart/form-data; boundary=x"),
        (b"nothing", "multipart/form-data; boundary=x"),
        (b"--x--", "multipart/form-data; boundary=x"),
        (b"--x--", "multipart/form-data"),
        (b"--x\r\n\r\n\r\n--x--", "multipart/form-data; boundary=x"),
        (
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nid: x',
            "multipart/form-data; boundary=x",
        ),
        (
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="../.."\r\n\r\n\r\n--x--',
            "multipart/form-data; boundary=x",
        ),
    ],
)
def test_a_broken_form_is_refused(empty, content, media_type):
    answer = empty.post("/api/diagnose", content=content, headers={"content-type": media_type})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "image/png"},
        {"content-type": "text/turtle; charset=latin-1"},
        {"content-type": "text/turtle", "content-encoding": "gzip"},
        {"content-type": "turtle"},
        {"content-type": "/"},
    ],
)
def test_what_is_not_read_is_415(empty, headers):
    answer = empty.post("/api/diagnose", content=HEALTH.read_bytes(), headers=headers)
    assert answer.status_code == 415
    assert answer.headers.get("accept-post") or answer.headers.get("accept-encoding")


def test_what_curl_sends_without_a_word_is_read(empty):
    answer = empty.post(
        "/api/diagnose", content=HEALTH.read_bytes(), headers={"content-type": "application/x-www-form-urlencoded"}
    )
    assert answer.status_code == 200


def test_no_acceptable_format_is_406(empty):
    answer = empty.post("/api/diagnose", content=HEALTH.read_bytes(), headers=YAML | {"accept": "image/png"})
    assert answer.status_code == 406
    assert "text/turtle" in answer.json()["hint"]


def test_too_much_is_413_by_its_declared_length_and_by_what_comes(empty):
    large = b"#" * (1 << 20) + b"\n"
    for declared in (True, False):
        request = empty.build_request("POST", "/api/diagnose", content=large, headers={"content-type": "text/turtle"})
        if not declared:
            del request.headers["content-length"]
        answer = empty.send(request)
        assert answer.status_code == 413
        assert "1 MiB" in answer.json()["detail"]
    sent = empty.post("/api/diagnose", content=large[: 1 << 20], headers={"content-type": "text/turtle"})
    assert sent.status_code == 422  # it was read: there is nothing in it


def test_every_problem_is_told_with_its_place(empty):
    content = convert(parse_quads(TOYS), "turtle")
    content = content.replace(b"ckg:assesses", b"ckg:asseses").replace(b"ckg:described", b"ckg:describd")
    answer = empty.post("/api/diagnose?lang=es", content=content, headers={"content-type": "text/turtle"})
    assert answer.status_code == 422
    problem = answer.json()
    lines = [number for number, line in enumerate(content.splitlines(), 1) if b"asseses" in line or b"describd" in line]
    assert sorted(one["line"] for one in problem["problems"]) == lines
    assert {one["hint"] for one in problem["problems"]} == {"¿Quiso decir «assesses»?", "¿Quiso decir «described»?"}
    assert problem["line"] in lines
    assert answer.headers["content-language"] == "es"


def test_a_mistake_of_syntax_has_line_and_column(empty):
    answer = empty.post(
        "/api/diagnose", content=b"@prefix a: <http://a/> .\na:b a:c ]", headers={"content-type": "text/turtle"}
    )
    assert answer.status_code == 422
    assert (answer.json()["line"], answer.json()["column"]) == (2, 9)


def test_contradictions_are_all_told(empty, description):
    more = ", field: {id: field/x, type: Field}"
    content = description(more=more) + "  membership:\n" + "    - {type: Membership, since: 2020, until: 2019}\n" * 2
    answer = empty.post("/api/diagnose", content=content.encode(), headers=YAML)
    assert answer.status_code == 422
    assert answer.json()["type"].endswith("/problem/input")
    assert [one["line"] for one in answer.json()["problems"]] == [11, 12]


def test_one_of_several_descriptions_is_not_silently_left_out(empty, description):
    good, bad = description(), description("beta").replace("serves:", "label: {en: x}  #")
    sent = [("file", ("good.yaml", good)), ("file", ("bad.yaml", bad))]
    answer = empty.post("/api/diagnose", files=sent)
    assert answer.status_code == 422
    assert answer.json()["file"] == "bad.yaml"


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ("profile=tenerrors", "ten-errors"),
        ("as-of=2021-13", "2021-03-01"),
        ("as-of=2021-02-30", "2021-03-01"),
        ("as-of=", "2021-03-01"),
        ("as-of=٢٠٢١", "2021-03-01"),
        ("as_of=2021", "as-of"),
        ("lang=eo", "es"),
    ],
)
def test_an_unknown_profile_date_or_parameter_is_400_and_helped(empty, query, hint):
    answer = empty.post(f"/api/diagnose?{query}", content=HEALTH.read_bytes(), headers=YAML)
    assert answer.status_code == 400
    assert hint in answer.json()["hint"]


def test_nothing_is_stored(empty):
    before = empty.store.state()
    assert empty.post("/api/diagnose", content=HEALTH.read_bytes(), headers=YAML).status_code == 200
    assert empty.store.state() == before


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("path", [HEALTH, TOYS], ids=lambda path: path.stem)
def test_the_page_is_valid_and_tells_every_verdict(empty, language, path):
    accept = {"accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
    answer = empty.post(f"/api/diagnose?lang={language}", content=path.read_bytes(), headers=YAML | accept)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    page = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(answer.text)
    assert page.get("lang") == language
    report = empty.post("/api/diagnose", content=path.read_bytes(), headers=YAML).json()
    sections = ["".join(heading.itertext()) for heading in page.iter("h2")]
    for verdict, heading in zip(report["diagnoses"][0]["verdicts"], sections, strict=True):
        assert verdict["error"] in heading
        assert heading.endswith(verdict["verdictLabel"][language])
        for finding in verdict["findings"]:
            assert finding["message"][language] in "".join(page.itertext())
    assert not list(page.iter("script")) + list(page.iter("style"))


def test_what_is_sent_runs_nowhere(empty, description):
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    content = description(label=hostile).encode()
    page = empty.post("/api/diagnose", content=content, headers=YAML | {"accept": "text/html"})
    assert "&lt;script&gt;" in page.text
    assert "<script" not in page.text
    assert "<img" not in page.text
    rows = empty.post(
        "/api/diagnose", content=description(label="=1+1").encode(), headers=YAML | {"accept": "text/csv"}
    )
    assert "=" not in {cell[:1] for row in csv.reader(io.StringIO(rows.text)) for cell in row}


def test_rdf_answers_are_the_same_triples(empty):
    def triples(media_type: str, form: ox.RdfFormat) -> set[str]:
        answer = empty.post("/api/diagnose", content=TOYS.read_bytes(), headers=YAML | {"accept": media_type})
        return {str(quad.triple) for quad in ox.parse(answer.content, format=form)}

    turtle = triples("text/turtle", ox.RdfFormat.TURTLE)
    assert turtle
    assert turtle == triples("application/ld+json", ox.RdfFormat.JSON_LD)


def test_a_deadline_is_kept_and_the_next_diagnosis_works(serve):
    with serve(diagnosis_seconds=1.0) as client:
        assert client.post("/api/diagnose", content=HEALTH.read_bytes(), headers=YAML).status_code == 200
        started = time.monotonic()
        answer = client.post("/api/diagnose", content=DEEP, headers={"content-type": "text/turtle"})
        assert answer.status_code == 504
        assert answer.headers["retry-after"]
        assert time.monotonic() - started < 3
        assert client.post("/api/diagnose", content=HEALTH.read_bytes(), headers=YAML).status_code == 200


def test_a_crash_of_the_process_is_a_problem_and_the_next_diagnosis_works(empty):
    assert empty.post("/api/diagnose", content=HEALTH.read_bytes(), headers=YAML).status_code == 200
    answers: list[httpx.Response] = []
    headers = {"content-type": "text/turtle"}
    asking = threading.Thread(target=lambda: answers.append(empty.post("/api/diagnose", content=DEEP, headers=headers)))
    asking.start()
    time.sleep(0.5)
    for pid in empty.app.state.diagnosers.pool.pids():
        os.kill(pid, signal.SIGSEGV)
    asking.join()
    assert answers[0].status_code == 422
    assert "brought down" in answers[0].json()["detail"]
    assert empty.post("/api/diagnose", content=HEALTH.read_bytes(), headers=YAML).status_code == 200


def test_no_process_is_left_behind(serve):
    with serve() as client:
        assert client.post("/api/diagnose", content=HEALTH.read_bytes(), headers=YAML).status_code == 200
        pids = client.app.state.diagnosers.pool.pids()
        assert pids
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
