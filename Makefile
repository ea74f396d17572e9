# make run    sets up what is missing, loads the shipped graph into the store, prints the diagnosis of the shipped clusters,
#             and serves it all (Ctrl-C ends it). CLUSTERKG_SERVE=no stops after the table; CLUSTERKG_PORT is another port than 8000
# make test   sets up what is missing, then runs every check and every test
# make docs   writes the pages of the vocabulary, in Spanish and English, to build/vocabulary
# make lint   style and types only        make format  rewrites the code in the house style
# make lock   renews the lock files in requirements/ from pyproject.toml
# make clean  removes what these made
#
# PYTHON names the interpreter to build with; one that is too old is replaced by python3.13, 3.12 or 3.11 where found.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/set-up.stamp

.PHONY: run test docs lint format lock clean
.DELETE_ON_ERROR:

# The store is the one that CLUSTERKG_STORE names, else one in the user's data folder; it is filled once.
run: $(STAMP)
	@$(BIN)/clusterkg load --shipped
	@echo "Diagnosing the shipped clusters (data/clusters) …" >&2
	@$(BIN)/clusterkg check data/clusters --fail-on never
	@if [ "$(CLUSTERKG_SERVE)" != no ]; then exec env CLUSTERKG_LOG_FORMAT="$${CLUSTERKG_LOG_FORMAT:-text}" $(BIN)/clusterkg serve; fi

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

# Exact versions and hashes for every platform and every Python from 3.11 on; no download addresses. server.txt and build.txt
# are parts of lock.txt: what the container image runs, and what builds the wheel in it.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header
lock: $(STAMP)
	$(COMPILE) --upgrade pyproject.toml --extra dev --extra reasoning --extra turbo --extra entailments --extra docs --extra server --extra client \
		--extra pandas --extra polars --extra notebook \
		--output-file requirements/lock.txt
	$(COMPILE) pyproject.toml --extra server --extra entailments --constraint requirements/lock.txt --output-file requirements/server.txt
	echo hatchling | $(COMPILE) - --constraint requirements/lock.txt --output-file requirements/build.txt

$(STAMP): requirements/lock.txt pyproject.toml scripts/set-up
	@PYTHON="$(PYTHON)" sh scripts/set-up $(VENV)
	@touch $@

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
