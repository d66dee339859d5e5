# Everything needs Python 3.11 or newer and make, nothing else: each target makes the environment that it needs.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
ARGS ?=

UV_VERSION = 0.13.9
FRAMEWORK = pytorch
OF = torchvision
OF_FUZZ = json npy tensors models
SECONDS = 600
CHROMIUM ?=

INSTALL = -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:
LOCK = .venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
	--only-binary :all: --generate-hashes --no-emit-index-url --custom-compile-command "make lock"

.PHONY: help serve test test-browser test-client test-generated docs screenshots shown resilience fuzz lint format openapi golden models bench bench-client bench-page lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

# In the foreground of a terminal (`+`) the shell leaves make's process group and passes Ctrl-C on by itself, so that make
# ends with gunicorn's exit code, 0. Ctrl-Z is ignored: make would not notice that everything has stopped.
serve: .venv/.compiled ## serve on http://127.0.0.1:8000 (HOST=, PORT=), until Ctrl-C
	@export HOST='$(HOST)' PORT='$(PORT)'; \
	case "$$(ps -o stat= -p $$$$ 2>/dev/null)" in *+*) trap '' TSTP; set -m ;; esac; \
	.venv/bin/python -m service & \
	trap 'kill $$!; wait $$!; exit $$?' HUP INT TERM; wait $$!

test: .venv-dev/.installed ## run the tests (ARGS="-k padding")
	@.venv-dev/bin/python -m pytest --numprocesses auto --dist loadfile $(ARGS)

test-browser: .venv-browser/.installed ## run the tests of the explorer in Chromium (CHROMIUM=path), which root installs
	$(require_chromium)
	@CHROMIUM='$(CHROMIUM)' .venv-browser/bin/python -m pytest --confcutdir tests/browser tests/browser \
		--numprocesses auto --dist worksteal $(ARGS)

test-client: .venv-client/.installed .venv/.installed ## build the Python client, and run its tests against the service
	@.venv-client/bin/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir .venv-client/wheels clients/python
	@.venv-client/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --force-reinstall .venv-client/wheels/*.whl
	@cd clients/python && ../../.venv-client/bin/python -m mypy
	@cd clients/python && ../../.venv-client/bin/python scripts/write_answers.py --check
	@cd clients/python && ../../.venv-client/bin/python -m pytest $(ARGS)

test-generated: .venv-generated/.installed tests/generated/node_modules/.installed ## generate clients from openapi.yaml, and ask the service with them; wants node 20 and Java
	@.venv-generated/bin/python -m pytest --confcutdir tests/generated tests/generated $(ARGS)

docs: .venv-docs/.installed ## build the documentation as a site: build/site/index.html, which needs no server
	@.venv-docs/bin/python -m documentation
	@NO_MKDOCS_2_WARNING=1 .venv-docs/bin/python -m mkdocs build --quiet --config-file documentation/mkdocs.yml
	@echo "Built build/site/index.html"

screenshots: ## take the pictures of docs/images anew
	@$(MAKE) --no-print-directory test-browser ARGS="-k test_screenshots --screenshots"

shown: ## run the notebook, and take the picture of the terminal anew; its live module where .venv-client has PyTorch
	@$(MAKE) --no-print-directory test-client ARGS="-k test_shown --anew"

resilience: .venv-dev/.installed ## run the fault suite in full, about 45 minutes (ARGS="--soak 5"); wants nginx
	@.venv-dev/bin/python -m pytest tests/resilience --resilience $(ARGS)

lint: .venv-dev/.installed ## check style, types and the direction of imports
	@.venv-dev/bin/ruff check
	@.venv-dev/bin/ruff format --check
	@.venv-dev/bin/mypy
	@.venv-dev/bin/lint-imports --no-logo

format: .venv-dev/.installed ## format, and fix what ruff can fix by itself
	@.venv-dev/bin/ruff check --fix
	@.venv-dev/bin/ruff format

openapi: .venv/.installed ## write openapi.yaml from the models
	@.venv/bin/python -m service.openapi

golden: .venv-golden-$(FRAMEWORK)/.installed ## record what a framework does (FRAMEWORK=keras, onnx, jax); installs it
	@.venv-golden-$(FRAMEWORK)/bin/python -m tests.golden.record --framework $(FRAMEWORK) \
		--out tests/golden/$(FRAMEWORK) $(ARGS)

models: .venv-models-$(OF)/.installed ## record real models (OF=torchvision, timm, keras); installs what they need
	@.venv-models-$(OF)/bin/python -m tests.golden.record.models --of $(OF) --out tests/golden/models $(ARGS)

fuzz: .venv-dev/.installed ## post hostile requests for SECONDS=600 each; guided by coverage where atheris is installed
	@for what in $(OF_FUZZ); do .venv-dev/bin/python -m tests.fuzz.$$what --seconds $(SECONDS) $(ARGS) || exit 1; done
	@.venv-dev/bin/python -m tests.fuzz.contract -- --max-time $(SECONDS)

bench: .venv-dev/.installed ## measure the engine and the server
	@.venv-dev/bin/python -m benchmarks $(ARGS)

bench-client: .venv-client/.installed .venv/.installed ## measure the Python client beside requests
	@PYTHONPATH=clients/python/src .venv-client/bin/python -m benchmarks.client

bench-page: .venv-browser/.installed ## measure the explorer in Chromium (CHROMIUM=path)
	$(require_chromium)
	@CHROMIUM='$(CHROMIUM)' .venv-browser/bin/python -m benchmarks.page

lock: .venv-lock/.installed ## write the lock files from pyproject.toml (ARGS=--upgrade for newer releases)
	$(LOCK) $(ARGS) --output-file requirements.lock pyproject.toml
	$(LOCK) $(ARGS) --extra traces --group test --group lint --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml
	$(LOCK) $(ARGS) --group browser --constraint requirements-dev.lock --output-file requirements-browser.lock pyproject.toml
	$(LOCK) $(ARGS) --group generated --constraint requirements-dev.lock --output-file requirements-generated.lock pyproject.toml
	$(LOCK) $(ARGS) --group docs --constraint requirements-dev.lock --output-file requirements-docs.lock pyproject.toml
	$(LOCK) $(ARGS) --all-extras --group clients/python/pyproject.toml:test --output-file clients/python/requirements-test.lock clients/python/pyproject.toml
	$(LOCK) $(ARGS) --extra mcp --constraint clients/python/requirements-test.lock --output-file clients/python/requirements-mcp.lock clients/python/pyproject.toml

clean: ## remove the environments and all caches
	rm -rf build .venv .venv-dev .venv-browser .venv-client .venv-docs .venv-generated tests/generated/node_modules tests/generated/out .venv-golden-* .venv-models-* .venv-lock .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Only a finished installation leaves the stamp, so that one that was interrupted starts again.
.venv/.installed: requirements.lock
.venv-dev/.installed: requirements-dev.lock
.venv-browser/.installed: requirements-browser.lock
.venv-client/.installed: clients/python/requirements-test.lock
.venv-docs/.installed: requirements-docs.lock
.venv-generated/.installed: requirements-generated.lock
.venv/.installed .venv-dev/.installed .venv-browser/.installed .venv-client/.installed .venv-docs/.installed .venv-generated/.installed:
	$(call make_environment,$(@D))
	@$(@D)/bin/python $(INSTALL) --requirement $<
	@touch $@

tests/generated/node_modules/.installed: tests/generated/package-lock.json
	@cd $(dir $(@D)) && npm ci --silent --no-audit --no-fund --ignore-scripts
	@touch $@

# Bytecode for what is imported at the start, and for readers of models, which are imported later: by a worker that may
# not write any (PYTHONDONTWRITEBYTECODE).
.venv/.compiled: .venv/.installed $(shell find service -name '*.py')
	@.venv/bin/python -m compileall -q service
	@touch $@

# A framework's recorder names the packages that it needs, in one line. They have no hashes: the right build of them
# depends on the machine.
.venv-golden-%/.installed: tests/golden/record/frameworks/%.py
	$(install_packages_of)
.venv-models-%/.installed: tests/golden/record/models/%.py
	$(install_packages_of)

.venv-lock/.installed: Makefile
	$(call make_environment,$(@D))
	@$(@D)/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

define make_environment
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	echo "$(PYTHON) is older than Python 3.11; name a newer one, for example: make PYTHON=python3.13" >&2; exit 1; }
@echo "Installing into $(1)" >&2
@rm -rf $(1)
@$(PYTHON) -m venv $(1)
endef

define install_packages_of
$(call make_environment,$(@D))
@$(@D)/bin/python -m pip install --quiet --disable-pip-version-check $$(sed -n 's/^PACKAGES = "\(.*\)"$$/\1/p' $<)
@touch $@
endef

# Debian's Chromium, and a font with Chinese characters for the pictures.
define require_chromium
@test -n '$(CHROMIUM)' || command -v chromium >/dev/null || command -v google-chrome >/dev/null || \
	{ test "$$(id -u)" = 0 && command -v apt-get >/dev/null && \
		apt-get update >&2 && apt-get install --yes --no-install-recommends chromium fonts-noto-cjk >&2; } || { \
	echo "Chromium is missing: sudo apt-get install chromium fonts-noto-cjk, or name one: CHROMIUM=/path/to/chromium" >&2; exit 1; }
endef
