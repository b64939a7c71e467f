# make demo   sets everything up in .venv and runs the main job on samples/
# make test   sets everything up and runs every check and test
VENV := .venv
PYTHON ?= python3
BIN := $(VENV)/bin

.PHONY: demo test check format messages samples bench clean

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("omr needs Python 3.11 or newer, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test,check]'
	touch $@

demo: $(VENV)/installed
	$(BIN)/omr demo

# The samples, made anew from their seeds.
samples: $(VENV)/installed
	$(BIN)/python samples/make.py

# Accuracy by both generators, then speed and memory, on pages made anew; half an hour. SEED continues where
# an earlier run ended. Tables go to bench/results and into docs/accuracy.md and docs/speed.md.
SEED ?= 60000
bench: $(VENV)/installed
	-$(BIN)/python -m bench.accuracy --generator 1 --first-seed $(SEED) --keep
	-$(BIN)/python -m bench.accuracy --generator 2 --first-seed $(SEED) --stacks 8 --keep
	$(BIN)/python -m bench.speed

test: check
	$(BIN)/python tests/browser/setup_browser.py
	$(BIN)/python -m pytest

check: $(VENV)/installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/installed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The Vietnamese catalogue follows the messages of the code; translate what is new in omr.po, run it again.
CATALOGUE := omr/locale/vi/LC_MESSAGES/omr
messages: $(VENV)/installed
	$(BIN)/pybabel -q extract --mapping=pyproject.toml --no-location --no-wrap --sort-output --omit-header --output=omr/locale/omr.pot omr
	$(BIN)/pybabel -q update --no-wrap --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --input-file=omr/locale/omr.pot --output-file=$(CATALOGUE).po --locale=vi
	$(BIN)/pybabel -q compile --input-file=$(CATALOGUE).po --output-file=$(CATALOGUE).mo --locale=vi

clean:
	rm -rf $(VENV) demo build dist .mypy_cache .pytest_cache .ruff_cache
