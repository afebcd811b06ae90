# Two commands: `make grade` sets up and grades the sample class, `make test` sets up and tests.
# `make thorough`, after `make test`, runs the tests that take longest.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIMES ?= torch tensorflow mindspore1
NODE := PATH="$(CURDIR)/$(BIN):$$PATH"
export GRADE_RUNTIMES ?= $(CURDIR)/.runtimes

.PHONY: grade test thorough lint test-scripts docs coverage clean $(RUNTIMES)

grade: torch
	@sh scripts/confinement.sh
	$(BIN)/grade submissions/ --out out

test: $(VENV)/.ready
	@sh scripts/confinement.sh
	$(MAKE) --jobs --output-sync $(RUNTIMES) lint test-scripts
	$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder -m "not thorough"

thorough: $(VENV)/.ready
	@sh scripts/confinement.sh
	$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder -m thorough

$(RUNTIMES): $(VENV)/.ready
	$(BIN)/grade runtime add $@ --if-missing

lint: $(VENV)/.ready node_modules/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(NODE) node_modules/.bin/biome ci --error-on-warnings .
	$(NODE) node scripts/lint_workflows.mjs .github/workflows/*.yml

test-scripts: $(VENV)/.ready
	$(NODE) node --test tests/scripts/*.test.js

node_modules/.ready: package-lock.json $(VENV)/.ready
	$(NODE) npm ci --ignore-scripts --no-audit --no-fund --silent
	touch $@

docs: $(VENV)/.ready
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

coverage: $(VENV)/.ready
	@sh scripts/confinement.sh
	$(MAKE) --jobs --output-sync $(RUNTIMES)
	$(BIN)/python -m pip install --quiet "pytest-cov>=5.0"
	$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder -m "not thorough" --cov --cov-report=term

$(VENV)/.ready: pyproject.toml scripts/environment.sh
	sh scripts/environment.sh $(PYTHON) $(VENV)
	touch $@

clean:
	rm -rf $(VENV) .runtimes node_modules out site
