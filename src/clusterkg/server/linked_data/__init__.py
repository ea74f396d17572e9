"""Linked data: every IRI of ours, as a page that a person can read and as data.

addresses       where an IRI answers, and in which formats; replies: 303, 304, ETag, Link …
asking          questions to the store; neighbourhood, names, provenance, diagnoses: what is asked
formats, jsonld triples in Turtle, JSON-LD, N-Triples and RDF/XML: the same in each
views, pages    what is shown (templates/, static/, locales/)
resources       a thing, a rule, a term; lists, graphs, vocabulary, shapes, questions, catalogue, dumps, documents: all else
routes          which path is answered by which
"""

from clusterkg.server.linked_data.documents import problem_page
from clusterkg.server.linked_data.routes import router

__all__ = ["problem_page", "router"]
