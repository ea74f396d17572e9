"""SHACL engines behind one narrow interface."""

from clusterkg.engines.base import Engine, RawResult, Validator
from clusterkg.engines.choice import available_engines, choose_engine

__all__ = ["Engine", "RawResult", "Validator", "available_engines", "choose_engine"]
