"""Flags, environment, file: where a setting comes from, and what is said of one that cannot be used."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from clusterkg.errors import UsageError
from clusterkg.server.serve import load_settings, store_settings
from clusterkg.server.settings import Settings


@pytest.fixture(autouse=True)
def no_settings(monkeypatch):
    for name in list(os.environ):
        if name.startswith("CLUSTERKG_"):
            monkeypatch.delenv(name)


@pytest.fixture
def config(tmp_path):
    def written(text: str) -> Path:
        path = tmp_path / "clusterkg.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


def test_a_flag_before_the_environment_before_the_file(config, monkeypatch):
    file = config('port = 1\nworkers = 3\nrate = "5/minute"\n')
    monkeypatch.setenv("CLUSTERKG_PORT", "2")
    monkeypatch.setenv("CLUSTERKG_WORKERS", "4")
    found = load_settings(file, {"port": 3, "workers": None, "rate": None})
    assert (found.port, found.workers, found.rate, found.queue) == (3, 4, "5/minute", Settings().queue)
    assert "CLUSTERKG_CONFIG" not in os.environ


def test_the_file_may_come_from_the_environment(config, monkeypatch):
    monkeypatch.setenv("CLUSTERKG_CONFIG", str(config("port = 7")))
    assert load_settings(None, {}).port == 7


def test_words_are_separated_by_commas(config, monkeypatch):
    monkeypatch.setenv("CLUSTERKG_TRUSTED_PROXIES", "10.0.0.1, 10.0.0.2")
    assert load_settings(None, {}).trusted_proxies == ("10.0.0.1", "10.0.0.2")
    file = config('allowed_services = ["https://example.org/sparql"]')
    assert load_settings(file, {"trusted_proxies": "::1"}).allowed_services == ("https://example.org/sparql",)


def test_an_empty_variable_is_none(monkeypatch):
    monkeypatch.setenv("CLUSTERKG_TOKENS", "")
    monkeypatch.setenv("CLUSTERKG_PORT", "")
    assert (load_settings(None, {}).tokens, load_settings(None, {}).port) == (None, 8000)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("prot = 80", "Did you mean “port”?"),
        ("[server]\nport = 80", "no setting “server”"),
        ("port = ", "not valid TOML"),
        ("port = 70000", "--port (CLUSTERKG_PORT)"),
        ("query_seconds = 0", "--query-seconds"),
        ('log_format = "xml"', "--log-format"),
    ],
)
def test_what_cannot_be_used(config, text, said):
    with pytest.raises(UsageError) as raised:
        load_settings(config(text), {})
    assert said in str(raised.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        load_settings(tmp_path / "none.toml", {})


def test_the_store_is_set_up_as_asked():
    found = store_settings(
        Settings(workers=3, query_memory=1, answer_size=2, query_seconds=4, public_url="https://x.org")
    )
    assert (found.workers, found.query_memory, found.answer_bytes, found.query_seconds) == (3, 1 << 20, 2 << 20, 4)
    assert found.base == "https://x.org"
