"""`shacl`: a compiled engine, chosen by measurement (docs/decisions/0004-engines.md); has no wheel on every platform."""

from __future__ import annotations

import shacl

from clusterkg.engines.base import RawResult
from clusterkg.errors import ConfigurationError, text


class Fast:
    """The compiled engine behind the engine interface."""

    name = "shacl"
    version: str = shacl.__version__

    def prepare(self, shapes: bytes) -> FastValidator:
        """Compile the shapes graph."""
        try:
            return FastValidator(shacl.Shapes.from_text(shapes.decode(), format="ntriples"))
        except ValueError as error:
            raise _broken(error) from error


class FastValidator:
    """Compiled shapes."""

    def __init__(self, shapes: shacl.Shapes) -> None:
        """Keep the compiled shapes."""
        self._shapes = shapes

    def validate(self, data: bytes) -> list[RawResult]:
        """Validate one graph."""
        try:
            report = self._shapes.validate_text(data.decode(), format="ntriples")
        except ValueError as error:
            raise _broken(error) from error
        return sorted(
            RawResult(
                focus_node=result.focus_node,
                path=result.path or "",
                value=result.value or "",
                component=result.component_iri,
                severity=result.severity_iri,
                source_shape=(result.source_shape or "")[1:-1],
            )
            for result in report.results
        )


def _broken(error: Exception) -> ConfigurationError:
    return ConfigurationError(
        text(f"El motor no acepta las reglas: {error}", f"The engine does not accept the rules: {error}")
    )
