# `make report` and `make test` do all the set-up they need; `make` alone lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

CORES ?= all
BIN := .venv/bin
PYTHON ?= python3
# A uv on the PATH, else one of the project's own.
UV := $(or $(shell command -v uv 2>/dev/null),.uv/bin/uv)
READY := .venv/.ready
FAST_TESTS := --numprocesses=auto --dist=loadfile -m "not slow and not slurm and not faults and not gpu and not mirror" --ignore=tests/workflow
QUARTO := .venv/.quarto-tried
# Of a shell that is set up for other Pythons nothing reaches this one.
unexport PYTHONPATH PYTHONHOME PYTHONOPTIMIZE PYTHONWARNINGS PYTHONSAFEPATH
# Containers often forbid Python to keep what it has compiled. Then every job compiles Snakemake, torch and
# the rest anew: three to five seconds of a core each time.
unexport PYTHONDONTWRITEBYTECODE

ifneq ($(findstring :,$(CURDIR)),)
$(error proofsheet: $(CURDIR) has a colon in its name, which separates folders in PATH; rename the folder)
endif
# Python finds the project by its path: an environment that was moved with its folder is set up anew.
MOVED := $(shell [ "$$(cat $(READY) 2>/dev/null)" = "$$(pwd -P)" ] || echo moved)

.PHONY: help report html verify check test test-more test-lowest test-slurm test-faults lint format lock rulegraph benchmarks problem mirror clean moved

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

report: $(READY) $(QUARTO) ## run everything that is configured; leaves results/submission.pdf
	@PATH="$$PWD/$(BIN):$$PATH" snakemake --cores $(CORES)

html: $(READY) ## the same document as a page for the browser; leaves results/submission.html
	@PATH="$$PWD/$(BIN):$$PATH" snakemake --cores $(CORES) html

verify: $(READY) ## do the notebooks print the numbers of the report? and each bar with its value
	@PYTHONPATH=src $(BIN)/python -m proofsheet.notebooks.agreement

check: $(READY) lint ## lint, unit tests and derivations: what to run after each edit
	@$(BIN)/python -m pytest $(FAST_TESTS)

test: $(READY) ## the tests, with an end-to-end run to the PDF; without those of the targets below
	@$(BIN)/python -m pytest --numprocesses=auto --dist=loadfile

test-more: $(READY) ## every training on a GPU or a stand-in for one, and the real data of PROOFSHEET_MIRROR
	@$(BIN)/python -m pytest --numprocesses=auto --dist=loadfile -m "gpu or mirror"

test-lowest: | $(UV) ## the tests of make check with the oldest versions that pyproject.toml allows
	@$(UV) venv --quiet --clear --python 3.11 .venv-lowest
	@$(UV) pip install --quiet --python .venv-lowest/bin/python --resolution lowest-direct \
	  --editable '.[test,build]'
	@.venv-lowest/bin/python -m pytest $(FAST_TESTS)

test-slurm: $(READY) ## the SLURM profile on a real cluster of three nodes on this machine (root, Debian)
	@$(BIN)/python -m pytest -m slurm tests/slurm

test-faults: $(READY) ## kills, full disks, edited results, cut downloads, bad input (small disks as root)
	@$(BIN)/python -m pytest -m faults tests/faults

lint: $(READY) ## ruff, snakefmt and snakemake --lint
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/snakefmt --check Snakefile workflow/rules workflow/problems
	@$(BIN)/snakemake --lint

format: $(READY) ## write Python and Snakemake in the project's form
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format
	@$(BIN)/snakefmt Snakefile workflow/rules workflow/problems

lock: | $(UV) ## pin the dependencies of pyproject.toml anew
	@$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --all-extras pyproject.toml --output-file requirements.lock
	@$(BIN)/python envs/pin.py

rulegraph: $(READY) ## the picture of the workflow in the README
	@$(BIN)/python docs/rulegraph.py

benchmarks: $(READY) ## mytorch against PyTorch, and where the last run spent its time
	@for benchmark in benchmarks/*.py; do echo "== $$benchmark"; $(BIN)/python $$benchmark; done

problem: $(READY) ## a new problem that runs at once: make problem SET=my_course PROBLEM=p1_title
	@$(BIN)/python -m proofsheet.planning.new_problem "$(SET)" "$(PROBLEM)"

mirror: $(READY) ## a manifest for a folder of downloaded data: make mirror DIR=folder
	@$(BIN)/python -m proofsheet.data.write_mirror "$(DIR)"

clean: ## remove what the workflow made (the environment stays)
	rm -rf results .snakemake

.uv/bin/uv:
	@echo "proofsheet: installing uv into .uv"
	@$(PYTHON) -m venv .uv 2>/dev/null && .uv/bin/pip install --quiet uv \
	  || $(PYTHON) -m pip install --quiet --target .uv uv \
	  || { echo "proofsheet: uv could not be installed with '$(PYTHON) -m pip'; install uv by hand and run again" >&2; exit 1; }

# The stamp comes last: a set-up that was interrupted is simply done again.
$(READY): requirements.lock pyproject.toml $(MOVED) | $(UV)
	@echo "proofsheet: setting up .venv from requirements.lock"
	@grep -qs '^relocatable = true' .venv/pyvenv.cfg || rm -rf .venv
	@told=$$($(UV) venv --quiet --relocatable --allow-existing --python '>=3.11,<3.14' .venv 2>&1) \
	  || { echo "$$told"; [[ "$$told" =~ "No interpreter found"|"Failed to download" ]] \
	  && echo "proofsheet: needs Python 3.11, 3.12 or 3.13 and can neither find nor download one; install it and run again"; exit 1; } >&2
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@rm -f $(QUARTO)
	@pwd -P > $@

# Quarto is not a Python package: the one on the PATH is used, else its wrapper from the registry is
# tried once; without either the same sources are rendered by pandoc and typst.
$(QUARTO): $(READY)
	@command -v quarto >/dev/null \
	  || timeout 300 $(UV) pip install --quiet --python $(BIN)/python quarto-cli==1.9.38 >/dev/null 2>&1 \
	  || true
	@touch $@
