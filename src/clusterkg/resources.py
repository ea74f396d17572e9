"""Where the vocabulary, the shapes, the queries and the data lie.

An installed wheel carries them in `clusterkg/_resources/`; a source checkout has them beside `src/`. Nothing depends
on the current folder.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from clusterkg.errors import ConfigurationError, text


@cache
def resources() -> Path:
    """The folder that holds ontology/, shapes/, queries/ and data/.

    Raises ConfigurationError when neither place holds an ontology.
    """
    package = Path(__file__).resolve().parent
    candidates = (package / "_resources", package.parent.parent)
    for folder in candidates:
        if (folder / "ontology").is_dir():
            return folder
    raise ConfigurationError(
        text(
            "La instalación está incompleta: falta la carpeta «ontology».",
            "The installation is incomplete: the folder “ontology” is missing.",
        )
    )


def resource(*parts: str) -> Path:
    """A path below the resources folder, whether or not it exists: `resource("ontology", "context.jsonld")`."""
    return resources().joinpath(*parts)
