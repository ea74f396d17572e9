"""A server for each module of tests."""

from __future__ import annotations

import pytest

from .serving import serving


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("served")) as served:
        yield served
