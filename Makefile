# Two commands: `make grade` sets up and grades the sample class, `make test` sets up and tests.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export GRADE_RUNTIMES ?= $(CURDIR)/.runtimes

.PHONY: grade test lint setup clean

grade: setup
	$(BIN)/grade submissions/ --out out

test: setup lint
	$(BIN)/pytest

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

setup: $(VENV)/.ready
	$(BIN)/grade runtime add torch --if-missing
	@sh scripts/confinement.sh

$(VENV)/.ready: pyproject.toml scripts/environment.sh
	sh scripts/environment.sh $(PYTHON) $(VENV)
	touch $@

clean:
	rm -rf $(VENV) .runtimes out
