"""The documentation of the vocabulary: a static site made from the ontology, the schemes, the shapes and the view.

catalogue   what has a page, where it lies, what it is called
facts       what the vocabulary says of a thing, and what points to it, as fields
reading     which terms a rule reads and a view query derives; code with links
drawing     boxes, lines and labels; the diagrams made of them
content     the contents of each kind of page
site        renders and writes
"""

from clusterkg.vocabulary_pages.site import Built, build_site

__all__ = ["Built", "build_site"]
