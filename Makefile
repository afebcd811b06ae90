# Two commands: `make grade` sets up and grades the sample class, `make test` sets up and tests.
# `make attack` runs what of the tests takes longest: see tests/hostile.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIMES := torch tensorflow mindspore1
# More than there are cores: tests wait a good deal, for what hangs to be ended.
WORKERS := $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN) * 3 / 2 )))
export GRADE_RUNTIMES ?= $(CURDIR)/.runtimes

.PHONY: grade test attack lint clean $(RUNTIMES)

grade: torch
	@sh scripts/confinement.sh
	$(BIN)/grade submissions/ --out out

test: $(VENV)/.ready
	@sh scripts/confinement.sh
	$(MAKE) --jobs --output-sync $(RUNTIMES) lint
	$(BIN)/pytest -n $(WORKERS) --dist loadfile -m "not thorough"

attack: $(VENV)/.ready
	@sh scripts/confinement.sh
	$(BIN)/pytest -n $(WORKERS) --dist loadfile -m thorough tests/hostile

$(RUNTIMES): $(VENV)/.ready
	$(BIN)/grade runtime add $@ --if-missing

lint: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

$(VENV)/.ready: pyproject.toml scripts/environment.sh
	sh scripts/environment.sh $(PYTHON) $(VENV)
	touch $@

clean:
	rm -rf $(VENV) .runtimes out
