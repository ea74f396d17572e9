"""The server: SPARQL, linked data and diagnostics over HTTP (extra `server`).

settings.py      what can be set, by flag, environment or file
app.py           puts the parts together
problems.py      every error as a problem document (RFC 9457)
negotiation.py   which format and which language the reader gets
sparql.py, update.py, graph_store.py, service_description.py     the protocols of SPARQL 1.1
linked_data/     every IRI of ours, as a page and as data; dumps, VoID, DCAT
api/             diagnoses, clusters and the portfolio as JSON
operation/       health, metrics, logs, limits, tokens
"""
