"""What the clients send and what they make of answers, with a transport that records the one and makes up the other."""

from __future__ import annotations

import asyncio
import inspect
import json
from datetime import date
from decimal import Decimal
from urllib.parse import parse_qs

import httpx
import pytest
import rdflib

from clusterkg import errors
from clusterkg.client import (
    AnswerNotUnderstood,
    AsyncClient,
    Client,
    ClientError,
    ConnectionFailed,
    DescriptionNotUsable,
    NotAllowed,
    NotAvailable,
    NotFound,
    QueryNotUnderstood,
    RequestNotUsable,
    TooBusy,
    TookTooLong,
    TooLarge,
)

ADDRESS = "http://graph.example/below/"
EMPTY = {"head": {"vars": ["x"]}, "results": {"bindings": []}}
RESULTS = {"content-type": "application/sparql-results+json"}


class Server:
    """Answers with what it was given, in turn, the last one for ever; keeps what it was asked."""

    def __init__(self, *answers: httpx.Response):
        self.answers, self.asked = list(answers), []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def client(self, **options) -> Client:
        return Client(ADDRESS, transport=httpx.MockTransport(self), **options)

    def sparql(self, place: int = -1) -> str:
        return parse_qs(self.asked[place].content.decode())["query"][0]


def results(tree=EMPTY) -> httpx.Response:
    return httpx.Response(200, headers=RESULTS, content=json.dumps(tree))


def problem(status: int, name: str = "", **more) -> httpx.Response:
    kind = f"https://w3id.org/clusterkg/problem/{name}" if name else "about:blank"
    content = json.dumps({"type": kind, "title": "T", "status": status, "detail": "D", **more})
    return httpx.Response(status, headers={"content-type": "application/problem+json"}, content=content)


def test_a_query_is_posted_as_a_form_with_our_prefixes_in_a_line_of_their_own():
    server = Server(results())
    server.client(language="es", token="secret").query("SELECT ?x WHERE {\n ?x a ckg:Cluster }")
    [request] = server.asked
    assert (request.method, str(request.url)) == ("POST", ADDRESS + "sparql")
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.headers["accept-language"] == "es"
    assert request.headers["authorization"] == "Bearer secret"
    prologue, rest = server.sparql().split("\n", 1)
    assert prologue.strip() == "PREFIX ckg: <https://w3id.org/clusterkg/ontology#>"
    assert rest == "SELECT ?x WHERE {\n ?x a ckg:Cluster }"


def test_a_shipped_query_gets_its_parameters_by_their_declared_types():
    server = Server(results())
    server.client(language="es").query("verdicts", error="error:TE-07", illustrations=True)
    assert "FILTER(?error = <https://w3id.org/clusterkg/id/error/TE-07>)" in server.sparql()
    assert "FILTER(true || " in server.sparql().replace('"true"^^<http://www.w3.org/2001/XMLSchema#boolean>', "true")
    assert 'LANG(?name) = "es"' in server.sparql()


def test_parameters_of_a_query_of_ones_own_are_terms_and_cannot_leave_their_place():
    server = Server(results())
    given = {"a": 'x" } #', "b": 2, "c": Decimal("1.50"), "d": date(2021, 3, 1), "e": False}
    server.client().query(
        "SELECT * { ?s ?p $a, $b, $c, $d, $e, $f, '$a' }", **given, f=rdflib.URIRef("http://example.org/x")
    )
    xsd = "http://www.w3.org/2001/XMLSchema#"
    expected = [
        r'"x\" } #"',
        f'"2"^^<{xsd}integer>',
        f'"1.50"^^<{xsd}decimal>',
        f'"2021-03-01"^^<{xsd}date>',
        f'"false"^^<{xsd}boolean>',
        "<http://example.org/x>",
        "'$a'",
    ]
    assert server.sparql().strip() == "SELECT * { ?s ?p " + ", ".join(expected) + " }"


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("verdictz", {}),
        ("verdicts", {"eror": "error:TE-07"}),
        ("clusters", {"year": "x"}),
        ("ASK { ?s ?p $x }", {"x": []}),
    ],
)
def test_what_cannot_be_asked_is_said_before_anything_is_sent(query, parameters):
    server = Server(results())
    with pytest.raises(errors.UsageError):
        server.client().query(query, **parameters)
    assert server.asked == []


def test_each_kind_of_answer_has_its_type():
    ask = results({"head": {}, "boolean": True})
    line = '<http://example.org/s> <http://example.org/p> "¿qué?"@es .\n'.encode()
    graph = httpx.Response(200, headers={"content-type": "application/n-triples"}, content=line)
    client = Server(ask, graph, graph, results()).client()
    assert client.query("ASK { ?s ?p ?o }") is True
    [(_, _, text)] = client.query("CONSTRUCT WHERE { ?s ?p ?o }")
    assert (str(text), text.language) == ("¿qué?", "es")
    assert len(client.construct("CONSTRUCT WHERE { ?s ?p ?o }")) == 1
    assert client.query("SELECT ?x {}").columns == ("x",)


def test_a_helper_for_one_kind_of_answer_refuses_another():
    client = Server(results()).client()
    with pytest.raises(errors.UsageError):
        client.construct("SELECT ?x {}")
    with pytest.raises(errors.UsageError):
        Server(results({"head": {}, "boolean": True})).client().table("ASK {}")


@pytest.mark.parametrize(
    ("given", "iri"),
    [
        ("error:TE-07", "https://w3id.org/clusterkg/id/error/TE-07"),
        ("cluster/x", "https://w3id.org/clusterkg/id/cluster/x"),
        ("http://example.org/x", "http://example.org/x"),
    ],
)
def test_describe_takes_iris_in_three_forms(given, iri):
    server = Server(httpx.Response(200, headers={"content-type": "application/n-triples"}))
    server.client().describe(given)
    assert server.sparql().strip() == f"DESCRIBE <{iri}>"


def test_describe_takes_nothing_that_would_end_the_iri():
    with pytest.raises(errors.UsageError):
        Server(results()).client().describe("http://example.org/> } #")


PROBLEMS = [
    (problem(400, "query", line=3, column=7), QueryNotUnderstood, errors.QueryError),
    (problem(403, "refused"), NotAllowed, errors.QueryRefused),
    (problem(401), NotAllowed, errors.UsageError),
    (problem(404), NotFound, errors.UsageError),
    (problem(406), RequestNotUsable, errors.UsageError),
    (problem(422, "input", line=4), DescriptionNotUsable, errors.InputError),
    (problem(422, "malformed-description"), DescriptionNotUsable, errors.InputError),
    (problem(422, "nothing-checked"), errors.NothingChecked, ClientError),
    (problem(413, "answer-too-large"), TooLarge, errors.AnswerTooLarge),
    (problem(429), TooBusy, errors.Busy),
    (problem(503, "busy"), TooBusy, errors.Busy),
    (problem(503, "memory"), NotAvailable, errors.ServiceError),
    (problem(504, "deadline"), TookTooLong, errors.DeadlineExceeded),
    (problem(500, "internal"), NotAvailable, errors.StoreUnavailable),
    (
        httpx.Response(502, text="<h1>Bad gateway</h1>", headers={"content-type": "text/html"}),
        NotAvailable,
        ClientError,
    ),
]


@pytest.mark.parametrize(
    ("answer", "kind", "also"), PROBLEMS, ids=[f"{p.status_code}-{k.__name__}" for p, k, _ in PROBLEMS]
)
def test_problems_become_errors_of_one_tree_that_fit_those_of_the_store(answer, kind, also):
    with pytest.raises(kind) as caught:
        Server(answer).client(retries=0).query("ASK {}")
    assert isinstance(caught.value, also)
    assert isinstance(caught.value, ClientError)
    assert isinstance(caught.value, errors.ClusterkgError)
    assert caught.value.problem.status == answer.status_code


def test_a_problem_carries_what_the_document_says_with_the_line_as_the_caller_wrote_it():
    answer = problem(400, "query", line=3, column=7, hint="H", problems=[{"detail": "P"}], more="M")
    with pytest.raises(QueryNotUnderstood) as caught:
        Server(answer).client().query("SELECT * {\n ?x ?y }")
    said = caught.value.problem
    assert (said.name, said.title, said.detail, said.hint) == ("query", "T", "D", "H")
    assert (said.line, said.column, caught.value.line, caught.value.column) == (2, 7, 2, 7)
    assert (said.problems, said.extra) == (({"detail": "P"},), {"more": "M"})
    assert str(caught.value) == ":2:7: D — H"


@pytest.fixture
def pauses(monkeypatch):
    taken = []
    monkeypatch.setattr("time.sleep", taken.append)
    return taken


def test_a_busy_server_is_asked_again_when_it_says_so(pauses):
    busy = problem(503, "busy")
    busy.headers["retry-after"] = "3"
    server = Server(busy, busy, results())
    server.client().query("SELECT ?x {}")
    assert pauses == [3, 3]
    assert len({request.content for request in server.asked}) == 1


def test_without_a_time_the_pauses_double_and_end(pauses):
    server = Server(problem(503, "busy"))
    with pytest.raises(TooBusy):
        server.client(retries=3).query("SELECT ?x {}")
    assert pauses == [0.5, 1, 2]


def test_nobody_waits_longer_than_a_minute(pauses):
    busy = problem(503, "busy")
    busy.headers["retry-after"] = "3600"
    with pytest.raises(TooBusy):
        Server(busy).client().query("SELECT ?x {}")
    assert pauses == []


def test_a_deadline_is_no_reason_to_ask_again(pauses):
    server = Server(problem(504, "deadline"))
    with pytest.raises(TookTooLong):
        server.client().query("SELECT ?x {}")
    assert (len(server.asked), pauses) == (1, [])


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>"),
        httpx.Response(200, headers=RESULTS, text="{"),
        httpx.Response(200, headers=RESULTS, text="[]"),
        httpx.Response(200, headers=RESULTS, text='{"head": {"vars": ["x"]}, "results": {"bindings": [3]}}'),
        httpx.Response(302, headers={"location": "https://elsewhere.example/"}),
    ],
)
def test_an_answer_of_something_else_is_said_to_be_none(answer):
    with pytest.raises(AnswerNotUnderstood):
        Server(answer).client(token="secret").query("SELECT ?x {}")


def test_a_server_that_is_not_there_and_one_that_is_slow():
    def fails(request):
        raise httpx.ConnectError("refused") if request.url.host == "a" else httpx.ReadTimeout("slow")

    for host in ("a", "b"):
        client = Client(f"http://user:secret@{host}/", transport=httpx.MockTransport(fails))
        with pytest.raises(ConnectionFailed) as caught:
            client.query("ASK {}")
        assert isinstance(caught.value, errors.StoreUnavailable)
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize("address", ["", "graph.example", "ftp://graph.example", "http://", "http://host:port"])
def test_an_address_has_to_be_one(address):
    with pytest.raises(errors.UsageError):
        Client(address)


def test_both_clients_have_the_same_methods_with_the_same_parameters():
    def public(kind):
        return {name: member for name, member in vars(kind).items() if not name.startswith("_")}

    blocking, awaited = public(Client), public(AsyncClient)
    assert blocking.keys() == awaited.keys()
    for name in blocking:
        ours, theirs = inspect.signature(blocking[name]), inspect.signature(awaited[name])
        assert ours.parameters == theirs.parameters, name
        assert ours.return_annotation == theirs.return_annotation.replace("Async", ""), name


def test_the_asynchronous_client_gives_the_same_answers():
    server = Server(problem(503, "busy"), results(), problem(404))

    async def asked():
        async with AsyncClient(ADDRESS, transport=httpx.MockTransport(server)) as client:
            table = await client.query("SELECT ?x {}")
            with pytest.raises(NotFound):
                await client.cluster("nobody")
            return table

    assert asyncio.run(asked()).columns == ("x",)
    assert [str(request.url) for request in server.asked] == [ADDRESS + "sparql"] * 2 + [
        ADDRESS + "api/clusters/nobody"
    ]


def listed(*numbers: int, pages: int, **more) -> httpx.Response:
    items = [{"slug": f"c{number}", "label": {"es": "C"}, "new": [1]} for number in numbers]
    return httpx.Response(200, json={"items": items, "page": 1, "pages": pages, "new": {}, **more})


def test_clusters_are_fetched_page_by_page_as_they_are_reached():
    server = Server(listed(1, 2, pages=2), listed(3, pages=2))
    found = server.client().clusters(country=["colombia", "spain"], per_page=2, illustration="all", q=None)
    assert next(found).slug == "c1"
    assert len(server.asked) == 1
    assert [one.slug for one in found] == ["c2", "c3"]
    urls = [str(request.url) for request in server.asked]
    filters = "country=colombia&country=spain&per-page=2&illustration=all"
    assert urls == [f"{ADDRESS}api/clusters?{filters}&page={page}" for page in (1, 2)]


def test_a_server_that_counts_pages_it_does_not_have_is_not_asked_for_ever():
    server = Server(listed(1, pages=10**9), listed(pages=10**9))
    assert len(list(server.client().clusters())) == 1
    assert len(server.asked) == 2


def test_a_portfolio_is_fetched_as_a_whole_and_is_a_table():
    rows = [{"slug": f"c{n}", "label": {"es": f"C{n}"}, "verdicts": {"X": "present"}} for n in (1, 2)]
    totals = [{"error": "X", "counts": {"present": 2}}, {"error": "Y", "counts": {}}]
    pages = [httpx.Response(200, json={"items": [row], "totals": totals, "pages": 2, "profile": "p"}) for row in rows]
    found = Server(*pages).client().portfolio(sort="-present")
    assert (found.profile, len(found), found.totals[0].counts) == ("p", 2, {"present": 2})
    frame = found.table("es").to_pandas()
    assert list(frame.columns) == ["cluster", "slug", "described", "illustration", "X", "Y"]
    assert frame["cluster"].tolist() == ["C1", "C2"]
    assert frame["Y"].isna().all()
    assert str(frame["illustration"].dtype) == "boolean"


@pytest.mark.parametrize(
    "tree", [[], {}, {"items": 3}, {"items": [3]}, {"items": [{"slug": 3}]}, {"items": [], "pages": "2"}]
)
def test_another_list_is_not_understood(tree):
    with pytest.raises(AnswerNotUnderstood):
        list(Server(httpx.Response(200, json=tree)).client().clusters())


def test_several_files_are_sent_as_a_form_with_their_names(tmp_path):
    file = tmp_path / "alpha.yaml"
    file.write_text("id: x\n")
    report = {"diagnoses": [{"verdicts": [{"error": "X", "notChecked": ["X-1"], "new": 1}]}], "new": [1]}
    server = Server(httpx.Response(200, json=report))
    found = server.client().diagnose(file, str(file), b"<urn:a> <urn:b> <urn:c> .", "{\n}", as_of="2021", profile="p")
    assert found.tree["new"] == [1]
    assert found[0].verdict("X").not_checked == ("X-1",)
    with pytest.raises(KeyError):
        found[0].verdict("Z")
    [request] = server.asked
    assert str(request.url) == ADDRESS + "api/diagnose?profile=p&as-of=2021"
    body = request.content.decode()
    assert body.count('filename="alpha.yaml"') == 2
    assert body.count("application/yaml") == 2
    assert body.count("application/n-triples") == body.count("application/json") == 1


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path):
    with pytest.raises(errors.InputError):
        Server(results()).client().diagnose(tmp_path / "none.yaml")


DESCRIPTION = """
id: description/alpha-2024
type: Description
described: 2024
assesses: {id: initiative/a, type: ClusterInitiative, serves: {id: cluster/a, type: Cluster}}
"""


def test_each_description_is_put_into_the_graph_of_its_own():
    server = Server(httpx.Response(204))
    two = DESCRIPTION + "---" + DESCRIPTION.replace("alpha", "beta")
    base = "https://w3id.org/clusterkg/graph/description/"
    assert server.client(token="t").put(two) == (base + "alpha-2024", base + "beta-2024")
    assert [request.url.params["graph"] for request in server.asked] == [base + "alpha-2024", base + "beta-2024"]
    assert all(request.method == "PUT" for request in server.asked)
    assert "description/beta-2024>" not in server.asked[0].content.decode()
    assert "description/beta-2024>" in server.asked[1].content.decode()


@pytest.mark.parametrize(
    ("given", "graph"),
    [
        ("alpha-2024", "https://w3id.org/clusterkg/graph/description/alpha-2024"),
        ("description/alpha-2024", "https://w3id.org/clusterkg/graph/description/alpha-2024"),
        ("https://w3id.org/clusterkg/id/description/a", "https://w3id.org/clusterkg/graph/description/a"),
        ("https://example.org/notes", "https://example.org/notes"),
    ],
)
def test_a_graph_is_named_by_slug_or_iri(given, graph):
    server = Server(httpx.Response(204))
    server.client().delete(given)
    notes = rdflib.Graph().parse(data="<urn:a> <urn:b> <urn:c> .", format="nt")
    assert server.client().put(notes, graph=given) == (graph,)
    assert [(one.method, one.url.params["graph"]) for one in server.asked] == [("DELETE", graph), ("PUT", graph)]
