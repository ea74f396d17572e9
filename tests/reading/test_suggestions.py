"""Whoever writes a word of the vocabulary in their own language is told the right one."""

from __future__ import annotations

import pytest

from clusterkg.errors import InputError
from clusterkg.reading import read_document
from clusterkg.vocabulary import shipped_vocabulary

HEAD = "type: Description\ndescribed: 2020\n"


@pytest.mark.parametrize(
    ("body", "right"),
    [
        ("evalúa: initiative/x", "assesses"),
        ("asesses: initiative/x", "assesses"),
        ("assesses: {type: Empresa}", "Firm"),
        ("assesses: {serves: {type: Cluster, declaredStage: maduro}}", "matureCluster"),
        ("assesses: {serves: {type: Cluster, declaredStage: matureClusters}}", "matureCluster"),
    ],
)
def test_the_right_word_is_named(body: str, right: str) -> None:
    with pytest.raises(InputError) as raised:
        read_document((HEAD + body).encode(), name="x.yaml", format="yaml", vocabulary=shipped_vocabulary())
    assert raised.value.hint is not None
    assert right in raised.value.hint["es"]
