# Every target stands on .venv, made by plain `python3 -m venv` and pip from requirements/lock.txt.
# Another Python beside it:  make test PYTHON=python3.13 VENV=.venv-3.13

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
FRAMEWORKS := $(VENV)/.frameworks

.DEFAULT_GOAL := help
.PHONY: help report test lint types docs dist installed frameworks bench bench-history bench-site gate gate-self-test peers checkers calibration diagnosis mutation foreign operators lock clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

report: $(INSTALLED) ## verify every formula, run the experiments, write reports/
	$(BIN)/gradproof report

# Processes that share the tests; JOBS=0 runs them in this one, for a debugger.
JOBS ?= logical
test: $(INSTALLED) ## run all tests, the formulas' checks and the docstrings' examples
	$(BIN)/python -m pytest --numprocesses $(JOBS) --maxprocesses 8

lint: $(INSTALLED) ## check style, layering and formatting
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(INSTALLED) ## check the types of the four packages
	$(BIN)/mypy

# The same bytes each time: hatchling dates all files alike, and takes no other order than that of their names.
dist: $(INSTALLED) ## build the sdist and the wheel into dist/, and check them
	rm -rf dist
	$(BIN)/python -m hatchling build
	$(BIN)/twine check --strict dist/*
	$(BIN)/check-wheel-contents dist/*.whl

# Each in an environment of its own, in a temporary folder.
installed: $(INSTALLED) ## test what users install: the oldest NumPy and Hypothesis, the pre-commit hook, the action
	$(BIN)/python -m pytest --numprocesses $(JOBS) --maxprocesses 8 tests/environments.py

# The same sources give the same pages: nothing is asked of the network, and all pages are read anew.
docs: $(INSTALLED) ## build the documentation into docs/_build/html; a warning is an error
	$(BIN)/sphinx-build --fail-on-warning --keep-going --nitpicky --fresh-env --quiet \
		--doctree-dir docs/_build/doctrees docs docs/_build/html

frameworks: $(FRAMEWORKS) ## run the tests that need torch, JAX or autograd, which it installs
	$(BIN)/python -m pytest tests/test_frameworks_*.py

# Each of these prints a table of docs/, and fails where a figure that the docs promise is missed.
peers: $(FRAMEWORKS) ## time the training loops beside jax, torch, scikit-learn and plain NumPy
	$(BIN)/python benchmarks/peers.py
checkers: $(FRAMEWORKS) ## time checks beside those of scipy, torch and JAX, and see who notices what
	$(BIN)/python benchmarks/checker_peers.py
calibration: $(INSTALLED) ## count how often a bound is exceeded, over 100,000 exact derivatives
	$(BIN)/python benchmarks/calibration.py
diagnosis: $(INSTALLED) ## count how many causes of planted errors are named, and named rightly
	$(BIN)/python benchmarks/diagnosis.py
mutation: $(INSTALLED) ## count how many errors planted in the reference are caught
	$(BIN)/python benchmarks/mutation.py
foreign: $(INSTALLED) ## examine the gradients of scipy and scikit-learn
	$(BIN)/python benchmarks/foreign.py
operators: $(FRAMEWORKS) ## examine torch's own operators and modules, and 550 functions of JAX: a quarter of an hour
	$(BIN)/python benchmarks/frameworks.py

bench: $(INSTALLED) ## run each benchmark once, on the code as it stands; fail where one is broken or none ran
	$(BIN)/python benchmarks/run_suite.py
COMMITS ?= HEAD
bench-history: $(INSTALLED) ## measure COMMITS="REV ..." into benchmarks/results, about five minutes each
	$(BIN)/python benchmarks/run_suite.py --commits $(COMMITS)

# Counts but those of instructions, which take valgrind forty seconds, and what a third of a minute allows of the rest; GATE_BENCH= takes all benchmarks.
GATE_BASE ?= HEAD~1
GATE_BENCH ?= ^(?!instructions\.).*(track_|CheckMLP\.peakmem.*\(1330, True|time_check_gradient\((100|133, True)\)|Perceptron|CrossEntropy.*\(48|time_train_mlp\((1|48)\)|Parameters.*\(65536|import_)
gate: $(INSTALLED) ## fail where HEAD is slower than GATE_BASE, its parent by default
	$(BIN)/gradproof bench gate --base '$(GATE_BASE)' --bench '$(GATE_BENCH)'
gate-self-test: $(INSTALLED) ## count the gate's false alarms and misses, into benchmarks/results/gate.json
	$(BIN)/python benchmarks/gate_self_test.py --bench '$(GATE_BENCH)'

bench-site: export HOME := $(CURDIR)/benchmarks/.asv/home
bench-site: $(INSTALLED) ## publish asv's pages of the committed results, measuring nothing
	@mkdir -p $(HOME)
	$(BIN)/python benchmarks/history_pages.py

# One version of everything for all supported Pythons; torch and jax have a file of their own, requirements/frameworks.txt.
lock: $(INSTALLED) ## resolve requirements/lock.txt anew from pyproject.toml
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --upgrade \
		--generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
		--extra experiments --extra bench --extra distributed --group dev --output-file requirements/lock.txt pyproject.toml

clean: ## remove environments, caches and builds; reports/ stays
	rm -rf .venv .venv-* dist docs/_build docs/_figures .hypothesis .mypy_cache .pytest_cache .ruff_cache benchmarks/.asv reports/.run
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(INSTALLED): requirements/lock.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "gradproof needs Python 3.11 or newer; got $(PYTHON)=$$($(PYTHON) --version 2>&1)." \
			"Name a newer one: make $(MAKECMDGOALS) PYTHON=python3.13" >&2; exit 1; }
	@echo "Installing the locked versions into $(VENV): a minute or two, once."
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/lock.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(FRAMEWORKS): requirements/frameworks.txt $(INSTALLED)
	$(BIN)/python -m pip install --quiet --requirement requirements/frameworks.txt
	@touch $@
