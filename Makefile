# make chat       installs Wenda into .venv and serves the web chat on http://127.0.0.1:7860
# make test       formatting, lint, types and the whole test suite
# make test-fast  the same without the slow tests
#
# Tests run in WORKERS processes at once, a file in one of them; each process computes on one thread.
#
# Options of the chat go into ARGS:  make chat ARGS="--article paper.txt --port 8000"
# pip reads its own variables (PIP_EXTRA_INDEX_URL and so on) from the environment.

PYTHON ?= python3
ARGS ?=
WORKERS ?= 2
BIN := .venv/bin
PYTEST := HF_HUB_OFFLINE=1 OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile
# At a terminal pip shows its progress bars; in a log it keeps quiet.
QUIET := $(shell test -t 2 || echo --quiet)
PIP_INSTALL := $(BIN)/python -m pip --disable-pip-version-check install $(QUIET)

export GRADIO_ANALYTICS_ENABLED := False

.PHONY: chat test test-fast check clean

chat: .venv/.installed
	@$(BIN)/wenda chat $(ARGS)

test: check
	@$(PYTEST)

test-fast: check
	@$(PYTEST) -m "not slow"

check: .venv/.installed-test
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

# The stamps make a second run quick; a change of pyproject.toml installs again.
.venv/.installed: pyproject.toml | $(BIN)/pip
	@echo "Installing Wenda and what it needs into .venv (the first time takes a few minutes)"
	@$(PIP_INSTALL) --editable .
	@touch $@

.venv/.installed-test: pyproject.toml | $(BIN)/pip
	@echo "Installing Wenda and its test tools into .venv (the first time takes a few minutes)"
	@$(PIP_INSTALL) --editable ".[test]"
	@touch $@ .venv/.installed

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit("Wenda needs Python 3.11 or newer: make PYTHON=python3.12 ..." if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv .venv
