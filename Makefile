# make quickstart   set up, train on Moving MNIST, predict, evaluate
# make test         set up, run the tests (make test-all: the long ones too)
# make lint         set up, check style and types
# make bench        set up, time a training step and the sources of clips
# Nothing but make and Python is needed: the first target sets up .venv.

# 3.11 where it is installed: the whole pinned set is proved there.
PYTHON ?= $(or $(shell command -v python3.11),python3)
RUN_DIR ?= runs/quickstart
BIN := .venv/bin
SOURCES := keras_drnet tests

.PHONY: quickstart test test-all lint format bench clean

quickstart: .venv/ready
	$(BIN)/python -m keras_drnet.train --preset=quickstart --run_dir=$(RUN_DIR)
	$(BIN)/python -m keras_drnet.evaluate --run_dir=$(RUN_DIR)
	$(BIN)/python -m keras_drnet.generate_video --run_dir=$(RUN_DIR) --num_future=15
	@echo "Pictures: $(RUN_DIR)/generated, $(RUN_DIR)/evaluation, $(RUN_DIR)/samples"

test: .venv/ready
	$(BIN)/python -m pytest -q --numprocesses=2 tests

test-all: .venv/ready
	$(BIN)/python -m pytest -q --numprocesses=2 --run_slow tests

lint: .venv/ready
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy

format: .venv/ready
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

bench: .venv/ready
	$(BIN)/python -m keras_drnet.benchmark

clean:
	rm -rf .venv

# The mark is made last: an installation that was cut short is done again.
.venv/ready: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	  2>/dev/null || { echo "keras_drnet needs Python 3.11 (3.12 and 3.13 at your own" \
	  "risk), but '$(PYTHON)' is missing or another version; install it, or name it:" \
	  "make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 2; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@
