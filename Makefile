# The whole workshop: each target first makes the environment it needs, from pinned and hashed requirements.
#
#   make demo     a synthetic institution, adopted, audited, reported
#   make test     every test, of each sweep some of each kind, and every example of the documents
#   make test-all the same with every sweep whole (minutes)
#   make lint     ruff, mypy, import-linter
#   make docs     the documentation, in docs/_build/html
#   make mutation breaks each guard and veto of the packs in turn; their tests must notice (minutes)
#   make bench    measures beside DuckDB, Polars, NumPy, C and rule engines; writes docs/benchmarks.md (minutes)
#   make spark    pyspark into the environment, for the tests that ask for it (minutes; they need Java, too)
#   make lock     pin the requirements anew (needs uv)
#   make clean    remove the environment and everything built
#
# Another Python beside the first: make test PYTHON=python3.13 VENV=.venv-3.13
# Other pytest options: make test PYTEST_ARGS="tests/test_facts.py -x"

SHELL := /bin/sh
VENV ?= .venv
PYTHONS := python3.12 python3.11 python3.13 python3
# By file: the blocks of a document go on from each other. As they stand: those of few tests take longest, and last they
# would leave a core idle.
PYTEST_ARGS ?= -n auto --dist loadfile --no-loadscope-reorder
DEMO_ARGS ?=
BENCH_ARGS ?=
UV ?= uv

PACKS := $(patsubst %/pyproject.toml,%,$(wildcard policies/*/pyproject.toml))
PACK_SOURCES := $(wildcard $(addsuffix /src,$(PACKS)))
PACK_TESTS := $(wildcard $(addsuffix /tests,$(PACKS)))
RUN := $(VENV)/bin/python -m
INSTALL := $(RUN) pip install --quiet --disable-pip-version-check --no-build-isolation
LOCK := $(UV) pip compile --quiet --no-config --universal --fork-strategy fewest --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header --no-annotate

# What the workshop installs. Spark is not among it: it takes minutes, and tests that ask for it say where it is missing.
WORKSHOP := test bench lint docs

# A Python qualifies when it runs (a version manager's stub may not), is new enough, can make a complete
# environment, and has the C headers durable-rules is built with where durable-rules is used (below 3.13).
QUALIFIES := import os, sys, sysconfig, ensurepip, venv; \
	headers = os.path.join(sysconfig.get_path("include"), "Python.h"); \
	sys.exit(not (sys.version_info >= (3, 13) or sys.version_info >= (3, 11) and os.path.exists(headers)))

.PHONY: demo test test-all lint docs mutation bench spark lock clean
.DELETE_ON_ERROR:
# pip must not write to one environment twice at a time.
.NOTPARALLEL:

demo: $(VENV)/.project
	$(RUN) partyrules demo $(DEMO_ARGS)

test: $(VENV)/.dev $(VENV)/.project
	$(RUN) pytest $(PYTEST_ARGS)

test-all: $(VENV)/.dev $(VENV)/.project
	$(RUN) pytest --hypothesis-profile=all $(PYTEST_ARGS)

lint: $(VENV)/.dev $(VENV)/.project
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy src $(PACK_SOURCES) tests $(PACK_TESTS) conftest.py
	$(VENV)/bin/lint-imports

docs: $(VENV)/.dev $(VENV)/.project
	$(RUN) sphinx -W --keep-going -b html docs docs/_build/html

mutation: $(VENV)/.dev $(VENV)/.project
	$(RUN) tests.mutation --least 95

bench: $(VENV)/.dev $(VENV)/.project
	$(RUN) tests.benchmarks --write-docs $(BENCH_ARGS)

spark: $(VENV)/.dev
	$(INSTALL) --require-hashes -r requirements/spark.txt

# Without the old files beside it, uv takes the newest versions that the bounds in pyproject.toml allow.
lock:
	rm -f requirements/*.txt
	$(LOCK) requirements/build.in -o requirements/build.txt
	$(LOCK) $(addprefix --extra ,$(WORKSHOP)) pyproject.toml -o requirements/dev.txt
	$(LOCK) -c requirements/dev.txt pyproject.toml -o requirements/runtime.txt
	$(LOCK) -c requirements/dev.txt --extra spark pyproject.toml -o requirements/spark.txt

clean:
	rm -rf $(VENV) build dist docs/_build demo-output .mypy_cache .pytest_cache .ruff_cache .hypothesis \
		.import_linter_cache src/*.egg-info policies/*/src/*.egg-info policies/*/build
	find src policies tests docs -name __pycache__ -type d -prune -exec rm -rf {} +
	rm -rf __pycache__

# Three steps, each with its stamp: the environment with what runs, what the workshop needs besides,
# and the project itself, compiled, so that a command starts as soon where Python is told to keep no bytecode.
# A changed pin of the first starts the environment over.
$(VENV)/.runtime: requirements/build.txt requirements/runtime.txt
	@for python in $(or $(PYTHON),$(PYTHONS)); do \
		if $$python -c '$(QUALIFIES)' >/dev/null 2>&1; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "no usable Python among: $(or $(PYTHON),$(PYTHONS))" >&2; \
		echo "wanted: CPython 3.11 or newer with venv, and below 3.13 also its C headers (Debian: python3-venv, python3-dev)" >&2; \
		exit 1; \
	fi; \
	echo "setting up $(VENV) with $$found"; \
	$$found -m venv --clear $(VENV)
	$(INSTALL) --require-hashes -r requirements/build.txt
	$(INSTALL) --require-hashes -r requirements/runtime.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt
	$(INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.project: $(VENV)/.runtime pyproject.toml $(addsuffix /pyproject.toml,$(PACKS))
	$(INSTALL) --no-deps -e . $(addprefix -e ./,$(PACKS))
	$(RUN) compileall -q src $(PACK_SOURCES)
	@touch $@
