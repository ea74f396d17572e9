"""From documents to a report: `check(documents, Settings(…))`."""

from clusterkg.diagnosis.checker import Checker, Settings, check

__all__ = ["Checker", "Settings", "check"]
