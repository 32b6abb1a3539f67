# `make demo` shows the product, `make test` checks it. Both need Python 3.11 or newer, pip and make only.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: demo install test format bench lock clean
.DELETE_ON_ERROR:

demo: $(VENV)/installed
	@$(BIN)/counterclaim demo

install: $(VENV)/installed

test: $(VENV)/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -n auto

format: $(VENV)/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# All but the first need the local stand-ins for the platforms, which are the tests'.
bench: $(VENV)/installed-dev
	$(BIN)/python -m benchmarks.check
	$(BIN)/python -m benchmarks.mentions
	$(BIN)/python -m benchmarks.soak
	$(BIN)/python -m benchmarks.stale

# Needs uv. Names, versions and hashes only: no download address is recorded.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-header --no-annotate --extra build --extra vectors --extra multilingual --extra large \
		-o requirements.lock pyproject.toml
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-header --no-annotate --all-extras -o requirements-dev.lock pyproject.toml

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis

# Each stamp says that the lock file it was made from is installed.
$(VENV)/installed: requirements.lock pyproject.toml
	@echo "Setting up $(VENV) (once, about a minute) …"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/installed-dev: requirements-dev.lock $(VENV)/installed
	@echo "Adding the tools for tests …"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@
