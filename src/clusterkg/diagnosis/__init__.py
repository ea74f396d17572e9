"""From documents to a report: `check(documents, Settings(…))`."""

from clusterkg.diagnosis.checker import Checker, Settings
from clusterkg.diagnosis.run import check

__all__ = ["Checker", "Settings", "check"]
