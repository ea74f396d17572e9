"""The hand-made reports, for every test of this folder."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from clusterkg.rendering.language import language


def _load() -> ModuleType:
    path = Path(__file__).with_name("reports.py")
    spec = importlib.util.spec_from_file_location("clusterkg_tests_reports", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def reports() -> ModuleType:
    return _load()


@pytest.fixture(params=["one", "several", "hostile"])
def report(request, reports):
    return getattr(reports, request.param)()


@pytest.fixture(params=["es", "en"])
def speaks(request):
    return language(request.param)
