# `make help` lists the targets. Nothing but make and Python is needed: the first one
# that runs makes .venv.

# The first of these that runs: 3.11 has the set of TensorFlow 2.17, the others that of
# the newest. A name may be there and not run, as pyenv's do.
runs = $(shell for python in $(1); do $$python --version >/dev/null 2>&1 && \
  echo $$python && break; done)
PYTHON ?= $(or $(call runs,python3.11 python3.13 python3.12),python3)
LATEST_PYTHON ?= $(or $(call runs,python3.13 python3.12),python3.13)
RUN_DIR ?= runs/quickstart
TESTS ?= tests
FUZZ_EXAMPLES ?= 20000
SEED ?= 0
SEEDS ?= 5
BIN := .venv/bin
SOURCES := keras_drnet export tests android_demo docs
PYTEST_FLAGS := -q --durations=15
PYTEST := $(BIN)/python -m pytest $(PYTEST_FLAGS)
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help quickstart test test-latest test-all test-litert test-arm64 test-kserve fuzz \
  test-beam test-jax torture lint format docs results bench bench-peers peers \
  android web web-test bazel clean

help:  ## Lists the targets.
	@sed -n 's/^\([a-z0-9-]*\):.*  ## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | \
	  while IFS='|' read -r target text; do printf '%-13s %s\n' "$$target" "$$text"; done

quickstart: .venv/ready  ## Trains on Moving MNIST, predicts, evaluates, exports.
	$(BIN)/drnet quickstart --run_dir=$(RUN_DIR)

# What shares a costly fixture stays in one process.
test: .venv/ready  ## Runs the tests.
	$(PYTEST) --numprocesses=2 --dist=loadgroup tests

test-latest: .venv-latest/ready  ## Runs the tests with the newest TensorFlow (TESTS=path for some).
	.venv-latest/bin/python -m pytest $(PYTEST_FLAGS) --numprocesses=2 --dist=loadgroup $(TESTS)

test-all: .venv/ready  ## Runs the tests, the long ones too.
	$(PYTEST) --numprocesses=2 --dist=loadgroup --run_slow tests

test-litert: .venv/ready .venv-litert/ready  ## Runs a .tflite bundle with LiteRT alone (BUNDLE=path for another).
	LITERT_PYTHON=.venv-litert/bin/python $(PYTEST) -s tests/export/test_runtimes.py::test_litert

test-arm64: .venv/ready .cache/arm64/ready  ## The same on an emulated arm64 (root and Debian's qemu needed).
	ARM64_ROOT=.cache/arm64 $(PYTEST) -s tests/export/test_runtimes.py::test_arm64

test-kserve: .venv/ready .venv-kserve/ready  ## Runs the serving client against KServe.
	KSERVE_PYTHON=.venv-kserve/bin/python $(PYTEST) --run_slow tests/export/test_kserve.py

test-jax: .venv/ready .venv-jax/ready  ## Trains on JAX, without TensorFlow, and compares.
	JAX_PYTHON=$(abspath .venv-jax/bin/python) $(PYTEST) tests/training/test_backends.py

test-beam: .venv/ready .venv-beam/ready  ## Runs the preparation of data on Apache Beam.
	BEAM_PYTHON=$(abspath .venv-beam/bin/python) $(PYTEST) tests/data/test_preparation_on_beam.py

fuzz: .venv/ready  ## Reads damaged and hostile files for long (FUZZ_EXAMPLES=number for each parser).
	FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) $(PYTEST) -k changed tests/fuzz

torture: .venv/ready  ## Kills training, preparation and export 60 times (SEED=number for other moments).
	KILLS=20 SEED=$(SEED) $(PYTEST) --run_slow tests/programs/test_kills.py

lint: .venv/ready  ## Checks style, layers and types.
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/lint-imports
	$(BIN)/mypy

format: .venv/ready  ## Formats the code and mends what ruff can.
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

# Drift is no matter here: the screen shows one roll-out, not its distance from another.
BUNDLE_FOR_ANDROID := android_demo/bundles/moving_mnist
BUNDLE_FOR_WEB := web_demo/bundles/moving_mnist
$(BUNDLE_FOR_WEB)/manifest.json: SCHEMES := --quantize=none,float16
$(BUNDLE_FOR_ANDROID)/manifest.json $(BUNDLE_FOR_WEB)/manifest.json: \
    $(shell find export -name "*.py") \
    keras_drnet/pretrained/moving_mnist/config.json | .venv/ready
	rm -rf $(@D)
	$(BIN)/python -m export.main --run_dir=pretrained:moving_mnist --output_dir=$(@D) \
	  --formats=tflite --force $(SCHEMES)

android: .venv/ready $(BUNDLE_FOR_ANDROID)/manifest.json  ## Tests the Android app on the JVM and packs the APK (Java 17, Maven, gcc).
	@for tool in java mvn gcc readelf; do command -v $$tool >/dev/null || { echo "make" \
	  "android needs Java 17, Maven, gcc and binutils, but '$$tool' is missing: apt-get" \
	  "install openjdk-17-jdk-headless maven gcc binutils, or the like." >&2; exit 2; }; done
	mvn --quiet --batch-mode --file android_demo/pom.xml \
	  -Dpython=$(abspath $(BIN)/python) package
	ANDROID_APP=$(abspath android_demo/app) $(PYTEST) tests/test_android.py

web: .venv/ready web_demo/node_modules/ready $(BUNDLE_FOR_WEB)/manifest.json  ## Checks and builds the page for the browser (Node 20, npm).
	$(NPM) run check
	$(NPM) run build

web-test: web  ## Tests the page, in Chromium, too (CHROMIUM=path for another).
	$(NPM) test
	$(NPM) run test:browser

NPM := npm --prefix web_demo --silent
web_demo/node_modules/ready: web_demo/package.json web_demo/package-lock.json
	@node -e '[a, b] = process.versions.node.split("."); process.exit(a * 100 + +b < 2019 ? 1 : 0)' \
	  2>/dev/null && command -v npm >/dev/null || { echo "make web needs Node 20.19 or" \
	  "later and npm; install them (https://nodejs.org)." >&2; exit 2; }
	$(NPM) ci --no-audit --no-fund
	touch $@

bench: .venv/ready  ## Times a training step and the sources of clips.
	$(BIN)/python -m keras_drnet.benchmark

bench-peers: .venv/ready .venv-peers/ready  ## The same beside the authors' form of a step, in PyTorch.
	$(BIN)/python -m keras_drnet.benchmark --torch_python=.venv-peers/bin/python

peers: .venv/ready .venv-peers/ready  ## Compares with fairlearn, adapt and pythae (DATA=folder, SEEDS=number).
	$(BIN)/python -m keras_drnet.adversarial.experiments --peers --seeds=$(SEEDS) \
	  $(if $(DATA),--data_dir=$(DATA))

# Bazel takes the first python3 on PATH, and the packages that come with it.
BAZEL := PATH="$(CURDIR)/$(BIN):$$PATH" bazel
bazel: .venv/ready  ## Builds and tests with Bazel (to be installed).
	@command -v bazel >/dev/null || { echo "make bazel needs bazel on PATH: install" \
	  "Debian's bazel-bootstrap, or see https://bazel.build/install" >&2; exit 2; }
	! command -v buildifier || \
	  buildifier -mode=check -lint=warn BUILD MODULE.bazel WORKSPACE* tools/*
	$(BAZEL) build //...
	$(BAZEL) test //...

results: .venv/ready  ## Writes the tables of README.md and docs/ from docs/results.
	$(BIN)/python docs/tables.py

docs: .venv/ready  ## Builds the documentation into site/; a warning is an error.
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@if [ -f web_demo/dist/index.html ]; then cp -r web_demo/dist site/demo; else echo \
	  "site/ lacks the page demo/, as it is not built: run make web first." >&2; fi

clean:  ## Removes what these targets made, but for runs.
	rm -rf .venv .venv-latest .venv-litert .venv-kserve .venv-beam .venv-jax .venv-peers .cache site \
	  $(BUNDLE_FOR_ANDROID) android_demo/app/target android_demo/jvm/*/target \
	  $(BUNDLE_FOR_WEB) web_demo/dist web_demo/node_modules web_demo/screenshots

# The mark is made last: an installation that was cut short is done again.
define environment
	@$(1) -c 'import sys; sys.exit(not $(2) <= sys.version_info[:2] <= (3, 13))' \
	  2>/dev/null || { echo "keras_drnet needs Python $(3), but '$(1)' is missing or" \
	  "another version; install it, or name it:" \
	  "make $(4)=/path/to/python3.13 $(MAKECMDGOALS)" >&2; exit 2; }
	$(1) -m venv --clear $(@D)
	$(@D)/bin/python $(PIP_INSTALL) -r requirements.txt
	$(@D)/bin/python $(PIP_INSTALL) --no-deps --editable .
	touch $@
endef

.venv/ready: requirements.txt pyproject.toml setup.py
	$(call environment,$(PYTHON),(3, 11),3.11 to 3.13,PYTHON)

.venv-latest/ready: requirements.txt pyproject.toml setup.py
	$(call environment,$(LATEST_PYTHON),(3, 12),3.12 or 3.13,LATEST_PYTHON)

# Without what the package asks for besides: its interpreter does not import it.
.venv-litert/ready: Makefile | .venv/ready
	$(BIN)/python -m venv --clear .venv-litert
	.venv-litert/bin/python $(PIP_INSTALL) --no-deps ai-edge-litert==2.3.0 numpy==1.26.4
	touch $@

.venv-kserve/ready: Makefile | .venv/ready
	$(BIN)/python -m venv --clear .venv-kserve
	.venv-kserve/bin/python $(PIP_INSTALL) kserve==0.21.0 tensorflow-cpu==2.21.0
	touch $@

# adapt is for Keras 2, which tf_keras is.
.venv-peers/ready: Makefile | .venv/ready
	$(BIN)/python -m venv --clear .venv-peers
	.venv-peers/bin/python $(PIP_INSTALL) torch==2.15.0 fairlearn==0.15.0 \
	  pythae==0.1.2 adapt==0.4.5 tensorflow==2.21.0 tf_keras==2.21.0
	touch $@

# What training imports, and no TensorFlow. A GPU needs jax[cuda12] in place of jax.
.venv-jax/ready: Makefile | .venv/ready
	$(BIN)/python -m venv --clear .venv-jax
	.venv-jax/bin/python $(PIP_INSTALL) jax==0.10.2 keras==3.15.1 absl-py==2.5.1 \
	  huggingface_hub==2.4.0 numpy==2.4.6 pyyaml==6.0.4 scikit-learn==1.9.1
	touch $@

# With a newer TensorFlow than that of Python 3.11's set, and an older Pillow.
.venv-beam/ready: Makefile pyproject.toml | .venv/ready
	$(BIN)/python -m venv --clear .venv-beam
	.venv-beam/bin/python $(PIP_INSTALL) apache-beam==2.77.0 tensorflow==2.21.0 \
	  keras==3.15.1 av==18.1.0 pillow==12.3.0 --editable '.[beam,video]'
	touch $@

.cache/arm64/ready: tests/support/arm64_root.sh | .venv/ready
	tests/support/arm64_root.sh .cache/arm64 $(BIN)/python
