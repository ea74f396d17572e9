"""The documentation of the vocabulary: a static site made from the ontology, the schemes, the shapes and the view.

catalogue   what has a page, where it lies, what it is called
speaking    texts and links in one language
facts       what the vocabulary says of a thing, and what points at it; expressions: those of OWL, in words
reading     which terms a rule reads and a view query derives; code with links
drawing     boxes, rows and edges; class_diagram, rule_diagrams: the diagrams made of them
page        a page as data; content, rule_content: what each kind of page holds
site        renders (templates/, static/) and writes
"""

from clusterkg.vocabulary_pages.site import Built, build_site

__all__ = ["Built", "build_site"]
