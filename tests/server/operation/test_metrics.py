from __future__ import annotations

from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families


def figures(client) -> dict[tuple[str, ...], float]:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return {
        (sample.name, *(f"{name}={value}" for name, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_requests_are_counted_by_template(client):
    asking = client()
    for name in ("ana", "luis", "sofía"):
        asking.post(f"/odd/echo/{name}", content=b"x")
    asking.get("/odd/broken")
    found = figures(asking)
    counted = "clusterkg_http_requests_total"
    assert found[counted, "method=POST", "route=/odd/echo/{name}", "status=200"] == 3
    assert found[counted, "method=GET", "route=/odd/broken", "status=500"] == 1
    assert found["clusterkg_http_request_seconds_count", "method=POST", "route=/odd/echo/{name}"] == 3
    assert found["clusterkg_http_response_bytes_total", "route=/odd/echo/{name}"] == 3 * len(b'{"bytes":1}')
    assert not any("ana" in part for key in found for part in key)


def test_the_template_is_whole_within_an_included_router(client):
    asking = client()
    asking.post("/within/odd/echo/ana", content=b"x")
    asking.get("/within/odd/echo/ana")
    found = figures(asking)
    for method, status in (("POST", 200), ("GET", 405)):
        route = "route=/within/odd/echo/{name}"
        assert found["clusterkg_http_requests_total", f"method={method}", route, f"status={status}"] == 1


def test_an_odd_method_makes_no_series_of_its_own(client):
    asking = client()
    for number in range(5):
        asking.request(f"ODD{number}", "/odd/broken")
    assert {part for key in figures(asking) for part in key if part.startswith("method=")} <= {
        "method=other",
        "method=GET",
    }


def test_the_store_and_its_processes(client, store):
    store.query("SELECT * { ?s ?p ?o }")
    asking = client()
    found = figures(asking)
    state = store.state()
    assert found[("clusterkg_store_up",)] == 1
    assert found[("clusterkg_store_triples",)] == state.triples == 1
    assert found[("clusterkg_store_graphs",)] == 1
    assert found[("clusterkg_store_state",)] == state.number
    assert found[("clusterkg_store_diagnoses",)] == 0
    for name in ("served_total", "killed_total", "refused_total", "busy", "waiting", "started_total"):
        assert ("clusterkg_pool_" + name, "pool=query") in found
    assert found["clusterkg_pool_served_total", "pool=query"] == 1
    assert figures(asking)["clusterkg_http_requests_total", "method=GET", "route=/metrics", "status=200"] == 1


def test_a_store_that_does_not_answer_leaves_the_other_figures(client, store, tmp_path):
    asking = client()
    (tmp_path / "store" / "current").write_text("damaged")
    found = figures(asking)
    assert found[("clusterkg_store_up",)] == 0
    assert ("clusterkg_store_triples",) not in found
    assert ("clusterkg_http_requests_running",) in found


def test_two_applications_share_no_figures(client):
    one, other = client(), client()
    one.get("/odd/headers")
    key = "clusterkg_http_requests_total", "method=GET", "route=/odd/headers", "status=200"
    assert figures(one)[key] == 1
    assert key not in figures(other)
    assert not any(family.name.startswith("clusterkg") for family in REGISTRY.collect())
