# Two commands: `make grade` sets up and grades the sample class, `make test` sets up and tests.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export GRADE_RUNTIMES ?= $(CURDIR)/.runtimes

.PHONY: grade test lint clean

grade: $(VENV)/.ready
	@sh scripts/confinement.sh
	$(BIN)/grade runtime add torch --if-missing
	$(BIN)/grade submissions/ --out out

test: lint
	@sh scripts/confinement.sh
	for name in torch tensorflow mindspore1; do $(BIN)/grade runtime add $$name --if-missing || exit 1; done
	$(BIN)/pytest -n auto --dist loadfile

lint: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

$(VENV)/.ready: pyproject.toml scripts/environment.sh
	sh scripts/environment.sh $(PYTHON) $(VENV)
	touch $@

clean:
	rm -rf $(VENV) .runtimes out
