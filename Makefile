# make run    sets up what is missing, then prints the diagnosis of the shipped clusters
# make test   sets up what is missing, then runs every check and every test
# make docs   writes the pages of the vocabulary, in Spanish and English, to build/vocabulary
# make lint   style and types only        make format  rewrites the code in the house style
# make lock   renews requirements/lock.txt from pyproject.toml
# make clean  removes what these made
#
# PYTHON names the interpreter to build with; one that is too old is replaced by python3.13, 3.12 or 3.11 where found.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/set-up.stamp

.PHONY: run test docs lint format lock clean
.DELETE_ON_ERROR:

run: $(STAMP)
	@echo "Diagnosing the shipped clusters (data/clusters) …" >&2
	@$(BIN)/clusterkg check data/clusters --fail-on never

test: lint
	@echo "Tests …" >&2
	@$(BIN)/python -m pytest -n auto --dist loadfile

docs: $(STAMP)
	@$(BIN)/clusterkg ontology docs build/vocabulary

lint: $(STAMP)
	@echo "Style (ruff) …" >&2
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .
	@echo "Types (mypy) …" >&2
	@$(BIN)/python -m mypy

format: $(STAMP)
	@$(BIN)/python -m ruff check --fix .
	@$(BIN)/python -m ruff format .

# Exact versions and hashes for every platform and every Python from 3.11 on; no download addresses.
lock: $(STAMP)
	$(BIN)/uv pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 --extra dev --extra reasoning --extra turbo --extra entailments --extra docs \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --output-file requirements/lock.txt

$(STAMP): requirements/lock.txt pyproject.toml scripts/set-up
	@PYTHON="$(PYTHON)" sh scripts/set-up $(VENV)
	@touch $@

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
