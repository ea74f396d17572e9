"""pyshacl-turbo: a compiled core behind pyshacl's interface, with wheels for every platform; the fast engine where `shacl` has none."""

from __future__ import annotations

from importlib.metadata import version

import pyshacl_turbo
import rdflib
from rdflib.namespace import SH

from clusterkg.engines.base import RawResult
from clusterkg.engines.referee import result_of
from clusterkg.errors import ConfigurationError, text


class Turbo:
    """pyshacl-turbo behind the engine interface."""

    name = "pyshacl-turbo"

    def __init__(self) -> None:
        """Note the version that is installed."""
        self.version = version("pyshacl-turbo")

    def prepare(self, shapes: bytes) -> TurboValidator:
        """Compile the shapes graph."""
        try:
            return TurboValidator(pyshacl_turbo.CompiledShapes(rdflib.Graph().parse(data=shapes, format="nt")))  # type: ignore[no-untyped-call]
        except pyshacl_turbo.ReportableRuntimeError as error:
            raise _broken(error) from error


class TurboValidator:
    """Compiled shapes."""

    def __init__(self, shapes: pyshacl_turbo.CompiledShapes) -> None:
        """Keep the compiled shapes."""
        self._shapes = shapes

    def validate(self, data: bytes) -> list[RawResult]:
        """Validate one graph; only `sh:result` counts, nested details do not."""
        try:
            _, report, _ = self._shapes.validate(rdflib.Graph().parse(data=data, format="nt"))  # type: ignore[no-untyped-call]
        except pyshacl_turbo.ReportableRuntimeError as error:
            raise _broken(error) from error
        return sorted(result_of(report, node) for node in report.objects(None, SH.result))


def _broken(error: Exception) -> ConfigurationError:
    return ConfigurationError(
        text(f"El motor no acepta las reglas: {error}", f"The engine does not accept the rules: {error}")
    )
