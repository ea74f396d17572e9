"""What the tests of the graph share: the shipped data with its backing, read once, and the vocabulary."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from clusterkg.graph import Index
from clusterkg.vocabulary import shipped_vocabulary

# The scripts look at the data in the same way.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from facts import Data


@pytest.fixture(scope="session")
def data() -> Data:
    return Data.shipped()


@pytest.fixture(scope="session")
def vocabulary() -> Index:
    return Index(quad.triple for quad in shipped_vocabulary().store)
