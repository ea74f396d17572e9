"""clusterkg: knowledge graph and rules engine for industrial and innovation clusters.

Descriptions of cluster initiatives go in (RDF, YAML, JSON); verdicts with their evidence, sources and open questions
come out. What the words mean is kept in `ontology/`, when an error is present in `shapes/`; the program itself knows
only how to read, to validate and to explain.
"""

__version__ = "0.1.0"
