# Everything needs Python 3.11 or newer and make, nothing else: each target makes the environment that it runs in.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
ARGS ?=

UV_VERSION = 0.13.9
FRAMEWORK = pytorch
RECORDED_pytorch = torch==2.13.0 numpy
RECORDED_keras = keras==3.15.1 tensorflow-cpu==2.21.0
RECORDED_onnx = onnx==1.23.2 onnxruntime==1.31.1
RECORDED_jax = jax==0.10.2 jaxlib==0.10.2
CASES_pytorch = 6600
CASES_keras = 6000
CASES_onnx = 5600
CASES_jax = 3900

INSTALL = -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:
LOCK = .venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
	--only-binary :all: --generate-hashes --no-emit-index-url --custom-compile-command "make lock"

.PHONY: help serve test lint format openapi golden bench lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

# In the foreground of a terminal (`+`) the shell leaves make's process group, and hands Ctrl-C on itself: make then ends
# as gunicorn ends, with 0. Ctrl-Z is ignored, for make would not notice that everything has stopped.
serve: .venv/.installed ## serve on http://127.0.0.1:8000 (HOST=, PORT=), until Ctrl-C
	@export HOST='$(HOST)' PORT='$(PORT)'; \
	case "$$(ps -o stat= -p $$$$ 2>/dev/null)" in *+*) trap '' TSTP; set -m ;; esac; \
	.venv/bin/gunicorn --config deploy/gunicorn.conf.py & \
	trap 'kill $$!; wait $$!; exit $$?' HUP INT TERM; wait $$!

test: .venv-dev/.installed ## run the tests (ARGS="-k padding")
	@.venv-dev/bin/python -m pytest $(ARGS)

lint: .venv-dev/.installed ## check style, types and the direction of imports
	@.venv-dev/bin/ruff check
	@.venv-dev/bin/ruff format --check
	@.venv-dev/bin/mypy
	@.venv-dev/bin/lint-imports --no-logo

format: .venv-dev/.installed ## mend what ruff can mend by itself
	@.venv-dev/bin/ruff check --fix
	@.venv-dev/bin/ruff format

openapi: .venv/.installed ## write openapi.yaml anew from the models
	@.venv/bin/python -m service.openapi

golden: .venv-golden-$(FRAMEWORK)/.installed ## record what FRAMEWORK=pytorch (keras, onnx, jax) does; installs it
	@.venv-golden-$(FRAMEWORK)/bin/python -m tests.golden.record --framework $(FRAMEWORK) \
		--cases $(CASES_$(FRAMEWORK)) --out tests/golden/$(FRAMEWORK) $(ARGS)

bench: .venv-dev/.installed ## measure the engine and the server
	@.venv-dev/bin/python -m benchmarks $(ARGS)

lock: .venv-lock/.installed ## resolve pyproject.toml into the lock files (ARGS=--upgrade takes newer releases)
	$(LOCK) $(ARGS) --output-file requirements.lock pyproject.toml
	$(LOCK) $(ARGS) --group test --group lint --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml

clean: ## remove the environments and all caches
	rm -rf .venv .venv-dev .venv-golden-* .venv-lock .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Only a finished installation leaves the stamp, so one that broke off is begun again.
.venv/.installed: requirements.lock
.venv-dev/.installed: requirements-dev.lock
.venv/.installed .venv-dev/.installed:
	$(call make_environment,$(@D))
	@$(@D)/bin/python $(INSTALL) --requirement $<
	@touch $@

# The frameworks come without hashes: which of their builds is wanted depends on the machine.
.venv-golden-%/.installed: Makefile
	$(call make_environment,$(@D))
	@$(@D)/bin/python -m pip install --quiet --disable-pip-version-check $(RECORDED_$*)
	@touch $@

.venv-lock/.installed: Makefile
	$(call make_environment,$(@D))
	@$(@D)/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

define make_environment
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	echo "Padstride needs Python 3.11 or newer, and $(PYTHON) is not: name one, as in make PYTHON=python3.13" >&2; exit 1; }
@echo "Installing into $(1)" >&2
@rm -rf $(1)
@$(PYTHON) -m venv $(1)
endef
