"""The OpenAPI document: valid, complete, good enough to make a client from; and the server keeps to it."""

from __future__ import annotations

import importlib
import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from openapi_spec_validator import validate
from schemathesis import GenerationMode, checks
from schemathesis.config import SchemathesisConfig
from schemathesis.python import asgi

from clusterkg.server.app import create_app
from clusterkg.server.settings import Settings
from clusterkg.store import EmbeddedStore

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
)
EXAMPLES = 12  # of each operation, right ones and wrong ones
BOUNDS = """
[generation]
mode = "all"
[checks.not_a_server_error]
expected-statuses = ["2xx", "3xx", "4xx", 503, 504]
"""
"""503 and 504 are answers of a server that is well: too many wait, or a query took too long."""


class Nothing:
    """No store: for what needs none."""

    def close(self) -> None:
        pass


DOCUMENT = create_app(Settings(), Nothing()).openapi()
OPERATIONS = [
    found.ok()
    for found in schemathesis.openapi.from_dict(
        DOCUMENT, config=SchemathesisConfig.from_str(BOUNDS)
    ).get_all_operations()
]


@pytest.fixture(scope="module")
def document() -> dict:
    return DOCUMENT


@pytest.fixture(scope="module")
def session(shipped_folder: Path) -> Iterator[asgi.ASGIClient]:
    """A server that was told of no tokens: whatever would write is refused."""
    chosen = Settings(upload_size=1, diagnosis_seconds=10, query_seconds=5)
    with asgi.get_client(create_app(chosen, EmbeddedStore(shipped_folder, read_only=True))) as client:
        yield client
    asgi.shutdown_lifespans()


def _operations(document: dict) -> Iterator[tuple[str, str, dict]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_the_document_is_openapi_3_1(document):
    assert document["openapi"].startswith("3.1")
    validate(document)
    assert document["servers"] == [{"url": "/", "description": "This server."}]


def test_operations_have_names_of_their_own_and_a_tag(document):
    names = [operation["operationId"] for _, _, operation in _operations(document)]
    assert len(names) == len(set(names))
    assert all(name.isalnum() and name[0].islower() for name in names), names
    tags = {tag["name"] for tag in document["tags"]}
    for _, _, operation in _operations(document):
        assert operation["tags"]
        assert operation.get("summary")
        if operation["tags"][0] in ("diagnosis", "clusters", "portfolio", "knowledge"):
            assert operation["tags"][0] in tags


def test_every_problem_is_a_problem_document(document):
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path, method, operation in _operations(document):
        assert operation["responses"]["default"]["content"] == problem, (path, method)
        for status, response in operation["responses"].items():
            if status.startswith("4"):
                assert response.get("content") == problem, (path, method, status)
    assert "HTTPValidationError" not in json.dumps(document)


def test_parameters_and_models_are_described(document):
    for path, _, operation in _operations(document):
        if path.startswith("/api/"):
            assert all(one.get("description") for one in operation.get("parameters", ())), path
    for name in ("ClusterPage", "ClusterDetail", "PortfolioPage", "Report", "Problem"):
        assert document["components"]["schemas"][name]["description"]


def test_whatever_writes_names_its_credentials(document):
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    for path, method, operation in _operations(document):
        writes = path == "/sparql/update" or (path == "/rdf-graph-store" and method != "get")
        assert (operation.get("security") == [{"bearer": []}]) is writes, (path, method)


def test_a_client_made_from_the_document_works(shipped, document, tmp_path):
    (tmp_path / "openapi.json").write_text(json.dumps(document))
    (tmp_path / "config.yaml").write_text("post_hooks: []\n")
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none", "--config", "config.yaml"]
    command += ["--path", "openapi.json", "--output-path", "made_client"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    made = _package(tmp_path / "made_client")
    client = made("client").Client(base_url="http://test")
    client.set_httpx_client(shipped)
    _use(made, client)


def _use(made, client):
    page = made("api.clusters.list_clusters").sync(client=client, country=["colombia"], per_page=3)
    assert (page.total, len(page.items)) == (6, 3)
    one = made("api.clusters.get_cluster").sync(page.items[0].slug, client=client)
    assert one.iri == page.items[0].iri
    report = made("api.diagnosis.get_cluster_diagnosis").sync(one.slug, client=client, as_of="2012")
    assert report.diagnoses[0].as_of == "2012"
    assert len(report.diagnoses[0].verdicts) == 10
    whole = made("api.portfolio.get_portfolio").sync(client=client, per_page=1000)
    assert whole.total == len(whole.items) == 16
    nothing = made("api.clusters.get_cluster").sync_detailed("nope", client=client)
    assert nothing.status_code == 404
    assert nothing.parsed.detail


WAYS = [
    pytest.param(one, mode, id=f"{one.label} {mode.value}")
    for one in OPERATIONS
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or one.definition.raw.get("parameters") or one.definition.raw.get("requestBody")
]
"""Nothing can be wrong about a request that takes nothing."""


@pytest.mark.parametrize(("operation", "mode"), WAYS)
def test_the_server_keeps_to_the_document(session, operation, mode):
    chosen = [getattr(checks, name) for name in CHECKS]

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    def keeps(case: schemathesis.Case) -> None:
        response = case.call(session=session, base_url=session.base_url)
        case.validate_response(response, checks=chosen)
        assert "Traceback" not in response.text

    keeps()


def _package(folder):
    """Imports modules of a package that lies in a folder: `made("api.clusters")`."""
    spec = importlib.util.spec_from_file_location(
        folder.name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules[folder.name] = module
    spec.loader.exec_module(module)
    return lambda name: importlib.import_module(f"{folder.name}.{name}")
