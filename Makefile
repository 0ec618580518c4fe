# Everything a contributor runs. `make repro` and `make test` set themselves up on a machine with Python, git and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
STARTED := $(shell date +%s)
export PATH := $(CURDIR)/$(BIN):$(PATH)
export MLFLOW_DISABLE_TELEMETRY := true
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
PINNED := --require-hashes --no-deps -r requirements.txt -r requirements-dev.txt
PINS := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-header

.PHONY: help repro test check quick bench clean requirements

help:  ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/'

repro: $(STAMP)  ## the main job: every experiment in params.yaml, from raw data to report
	enerqis doctor --unlock
	@ready=$$(date +%s); dvc repro || exit; echo "set-up $$((ready - $(STARTED))) s, run $$(($$(date +%s) - ready)) s; open data/report/index.html"

test: $(STAMP) check  ## all that CI runs
	pytest -n 2 --dist loadfile --no-loadscope-reorder

quick: $(STAMP)  ## the tests that take seconds
	pytest -m "not slow"

check: $(STAMP)  ## style, types, import contracts, schemas, pages, YAML
	ruff check .
	ruff format --check .
	mypy
	lint-imports
	yamllint --strict .
	enerqis schema --check
	enerqis docs --check
	enerqis repo generate --check
	enerqis lint
	enerqis secrets scan

bench: $(STAMP)  ## speed and memory beside named peers
	python -m benchmarks

# uv installs in seconds what takes pip minutes; where uv cannot be had, or does not reach pip's mirror, pip installs the same pins
$(STAMP): requirements.txt requirements-dev.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	sed -n '/^uv==/,/# via/p' requirements-dev.txt > $(VENV)/uv.txt
	$(PIP) --require-hashes --no-deps --requirement $(VENV)/uv.txt && \
		$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python $(PINNED) || $(PIP) $(PINNED)
	$(PIP) --no-deps --no-build-isolation --editable .
	touch $(STAMP)

requirements: $(STAMP)  ## make the pins anew from pyproject.toml
	$(PINS) --upgrade --extra sample --extra search --extra vault --output-file requirements.txt pyproject.toml
	$(PINS) --upgrade --group dev --constraint requirements.txt --output-file requirements-dev.txt
	enerqis environment conda

clean:  ## remove what can be made again; keeps downloaded and cached data
	rm -rf $(VENV) .venv-peers build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .enerqis/kernels
